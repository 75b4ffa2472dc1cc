// The worklist and one call: times that run, and a number that is shown once.
"use strict";

const lookAgain = () => {
  const still = document.getElementById("pause")?.getAttribute("aria-pressed") === "true";
  if (document.hidden || still) return;
  for (const each of document.querySelectorAll("[data-live]")) htmx.trigger(each, "bell");
};
setInterval(lookAgain, 60 * 1000);
// What happened between the answer and the first bell.
setTimeout(lookAgain, 1500);

// The button has done what it is for: the number stands where it was masked, ready to be dialled.
document.addEventListener("htmx:after:swap", () => {
  const number = document.querySelector("#phone a");
  if (number) { document.querySelector("form.once")?.remove(); number.focus(); }
});

// A form that came back: the first fault is where one goes on.
const wrong = document.querySelector("[aria-invalid], fieldset[aria-describedby]");
if (wrong) (wrong.querySelector("input") || wrong).focus();
