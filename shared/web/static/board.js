// The board: how many wait stands in the title of the tab, too.
"use strict";

const title = document.title.replace(/^\(\d+\) /, "");
document.addEventListener("htmx:after:swap", () => {
  const waiting = document.querySelector("#waiting .count")?.textContent.trim();
  document.title = (waiting && waiting !== "0" ? `(${waiting}) ` : "") + title;
});
