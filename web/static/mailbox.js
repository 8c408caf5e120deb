// Keeps the list of messages as the mailbox is, and carries out what is pressed without leaving it.
"use strict";

const messages = document.getElementById("messages");
const said = document.getElementById("said");

let isStale = false;

function isPlaying() {
  return [...messages.querySelectorAll("audio")].some((audio) => !audio.paused && !audio.ended);
}

async function refresh() {
  // Whoever listens hears the end first: another list would cut it.
  isStale = isPlaying();
  if (isStale) return;
  const answer = await fetch(messages.dataset.list, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const html = await answer.text();
  if (isPlaying()) {
    isStale = true;
    return;
  }
  if (messages.dataset.html === html) return;
  const focused = messages.contains(document.activeElement) ? document.activeElement.closest("li")?.id : null;
  messages.innerHTML = html;
  messages.dataset.html = html;
  if (focused) (document.getElementById(focused)?.querySelector("button") ?? messages.querySelector("button"))?.focus();
}

async function act(event) {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  try {
    const answer = await fetch(event.submitter.formAction, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    const what = await answer.json();
    said.textContent = what.said;
    said.classList.toggle("error", !what.ok);
  } catch {
    location.reload();
  }
  refresh();
  window.clearTimeout(act.timer);
  act.timer = window.setTimeout(() => (said.textContent = ""), 6000);
}

const stream = new EventSource(messages.dataset.events);
stream.addEventListener("office", (event) => {
  if ("mailboxes" in JSON.parse(event.data).parts) refresh();
});
stream.addEventListener("signed-out", () => location.reload());
document.addEventListener("submit", act);
for (const over of ["pause", "ended"]) messages.addEventListener(over, () => isStale && refresh(), true);
window.addEventListener("pagehide", () => stream.close());
