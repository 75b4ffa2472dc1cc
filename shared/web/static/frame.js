// What every page does: keys, the banner while the connection is lost, sheets that close. Without it pages still work.
"use strict";

const lost = document.getElementById("lost");
const say = (away) => { if (lost) lost.hidden = !away; };
addEventListener("offline", () => say(true));
addEventListener("online", () => say(false));
document.addEventListener("htmx:error", () => say(!navigator.onLine));

// Keys work where nothing is being typed.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details.person[open]").forEach((sheet) => sheet.removeAttribute("open"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const find = document.querySelector("[data-find]");
    if (find) { event.preventDefault(); find.focus(); }
  }
});
addEventListener("click", (event) => {
  document.querySelectorAll("details.person[open]").forEach((sheet) => {
    if (!sheet.contains(event.target)) sheet.removeAttribute("open");
  });
});

// On a narrow screen the menu begins folded.
const fold = document.querySelector("details.fold");
if (fold && matchMedia("(max-width: 820px)").matches) fold.removeAttribute("open");

// The token of a signed-in browser lives five minutes; a page that stays open asks for the next one in time.
if (document.body.classList.contains("desk")) {
  const refresh = async () => {
    try {
      const answer = await fetch("/reception/refresh", {method: "POST", headers: {"Accept": "application/json"}});
      say(answer.status >= 500);
    } catch { say(true); }
  };
  setInterval(refresh, 4 * 60 * 1000);
}
