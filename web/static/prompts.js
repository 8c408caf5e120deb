// Plays prompts on the page, one at a time; without this script the browser opens them as files.
"use strict";

const player = new Audio();
const listening = document.getElementById("listening");
let playing = null;

function stopped() {
  playing?.removeAttribute("aria-pressed");
  playing = null;
}

function failed() {
  stopped();
  listening.textContent = listening.dataset.failed;
  listening.hidden = false;
}

player.addEventListener("ended", stopped);
player.addEventListener("error", failed);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.listen");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const again = link === playing;
  player.pause();
  stopped();
  listening.hidden = true;
  if (again) return;
  playing = link;
  link.setAttribute("aria-pressed", "true");
  player.src = link.href;
  player.play().catch((reason) => reason.name !== "AbortError" && failed());
});

// A link that acts as a button answers the space bar too.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a.listen")) {
    event.preventDefault();
    event.target.click();
  }
});
