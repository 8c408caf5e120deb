// Keeps the lists of messages as they are, by asking every few seconds while somebody looks.
"use strict";

const lists = document.getElementById("lists");
const ASK_MS = 2000;
let shown = "";

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(lists.dataset.lists);
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    const html = await answer.text();
    if (html === shown) return;
    const focused = lists.contains(document.activeElement) ? document.activeElement.id : "";
    lists.innerHTML = html;
    shown = html;
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    // The page or the network is away for a moment; the next time tells.
  }
}

window.setInterval(ask, ASK_MS);
document.addEventListener("visibilitychange", ask);
