// Keeps the live page as the office is: by a stream of events, or by asking every few seconds where there is no stream.
"use strict";

const live = document.getElementById("live");
const said = document.getElementById("said");
const lost = document.getElementById("lost");
const news = document.getElementById("news");

const POLL_MS = 3000;
const STREAM_AGAIN_MS = 60000;
const NEWS_SHOWN = 6;

let stream = null;
let lastId = "";
let polling = 0;
let streamAgain = 0;
let ahead = Number(live.dataset.monotonic) - performance.now() / 1000; // the machine's clock minus ours, seconds

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function tick() {
  const now = performance.now() / 1000 + ahead;
  for (const timer of live.querySelectorAll(".timer")) {
    const { since, until } = timer.dataset;
    timer.textContent = since !== undefined ? clock(now - since) : clock(Math.ceil(until - now));
  }
}

function show(office) {
  ahead = office.monotonic - performance.now() / 1000;
  const focused = document.activeElement && document.activeElement.id;
  for (const [name, html] of Object.entries(office.parts)) {
    const part = document.getElementById(`part-${name}`);
    if (part.dataset.html !== html) {
      part.innerHTML = html;
      part.dataset.html = html;
    }
  }
  if (focused && !document.activeElement.id) document.getElementById(focused)?.focus();
  live.classList.toggle("away", office.away);
  lost.hidden = true;
  tick();
  // Another configuration may have other lines and doors to play with.
  if (office.version !== null && String(office.version) !== live.dataset.version) location.reload();
}

function tell(text) {
  if (!text) return;
  news.querySelector(".empty")?.remove();
  const item = document.createElement("li");
  const at = document.createElement("time");
  at.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short", hourCycle: "h23" });
  item.append(at, document.createElement("span"));
  item.lastChild.textContent = text;
  news.prepend(item);
  while (news.children.length > NEWS_SHOWN) news.lastElementChild.remove();
}

function signIn() {
  location.assign(`${live.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`);
}

function weLost() {
  lost.textContent = live.dataset.lost;
  lost.hidden = false;
  live.classList.add("away");
}

async function poll() {
  try {
    const answer = await fetch(live.dataset.now, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return signIn();
    if (!answer.ok) return weLost();
    show(await answer.json());
  } catch {
    weLost();
  }
}

function listen() {
  window.clearTimeout(streamAgain);
  stream?.close();
  stream = new EventSource(`${live.dataset.events}?after=${encodeURIComponent(lastId)}`);
  stream.addEventListener("open", () => {
    window.clearInterval(polling);
    polling = 0;
  });
  stream.addEventListener("office", (event) => {
    lastId = event.lastEventId;
    show(JSON.parse(event.data));
  });
  stream.addEventListener("notice", (event) => {
    lastId = event.lastEventId;
    tell(JSON.parse(event.data).text);
  });
  stream.addEventListener("signed-out", signIn);
  stream.addEventListener("error", () => {
    // Closed for good (refused, or an answer of a proxy): ask instead, and try the stream again later.
    // Otherwise the browser connects again by itself, and meanwhile asking tells what is the matter.
    if (stream.readyState === EventSource.CLOSED) {
      streamAgain = window.setTimeout(listen, lost.hidden ? STREAM_AGAIN_MS : POLL_MS);
      if (!polling) polling = window.setInterval(poll, POLL_MS);
    }
    poll();
  });
}

function stop() {
  window.clearTimeout(streamAgain);
  window.clearInterval(polling);
  polling = 0;
  stream?.close();
}

async function act(event) {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (answer.status === 401) return signIn();
    const what = await answer.json();
    said.textContent = what.said;
    said.classList.toggle("error", !what.ok);
  } catch {
    weLost();
  } finally {
    button?.removeAttribute("aria-busy");
  }
  window.clearTimeout(act.timer);
  act.timer = window.setTimeout(() => (said.textContent = ""), 6000);
}

document.addEventListener("submit", act);
// A page nobody looks at gives its stream to others.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
window.addEventListener("pagehide", stop);
window.setInterval(tick, 500);
tick();
listen();
