// Drop-down menus close on Escape and on a click elsewhere; without this script they still open and close by themselves.
"use strict";

const menus = () => document.querySelectorAll("details.dropdown[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
