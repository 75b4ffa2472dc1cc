// The advisor's desk and the workshop: the small form in its sheet, times that run, times filled in by one touch.
"use strict";

const body = document.getElementById("sheet-body"), paper = document.getElementById("sheet");
const lookAgain = () => {
  for (const each of document.querySelectorAll("[data-live]")) htmx.trigger(each, "bell");
};
const put = () => { body.replaceChildren(); paper.close(); };
if (paper) {
  document.addEventListener("htmx:after:swap", () => { if (body.firstElementChild && !paper.open) paper.showModal(); });
  // 204: it was done. The page behind shows it at once.
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx?.response?.status === 204 && paper.open) { put(); lookAgain(); }
  });
  paper.addEventListener("close", () => body.replaceChildren());
}
addEventListener("click", (event) => {
  const fill = event.target.closest("[data-fill]");
  if (fill) document.getElementById(fill.dataset.fill).value = fill.dataset.value;
  if (paper?.open && event.target.closest("[data-close]")) { event.preventDefault(); put(); }
});

// What is left of a promise gets less while nobody does anything. A page that is paused or hidden stands still.
const tick = () => {
  const still = document.getElementById("pause")?.getAttribute("aria-pressed") === "true";
  if (!document.hidden && !still && !paper?.open) lookAgain();
};
setInterval(tick, 60 * 1000);
// What happened between the answer and the first bell.
setTimeout(tick, 1500);
