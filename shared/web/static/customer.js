// A service that does not answer says so in its own part, with a way to ask again; one that one may not see is left out.
"use strict";

const away = (part) => {
  const said = document.createElement("p"), again = document.createElement("button");
  said.className = "muted"; said.textContent = part.dataset.away;
  again.className = "btn small"; again.type = "button"; again.textContent = part.dataset.retry;
  again.addEventListener("click", () => htmx.trigger(part, "retry"));
  part.replaceChildren(said, again);
};
document.addEventListener("htmx:after:request", (event) => {
  const part = event.target.closest?.("[data-part]"), status = event.detail.ctx?.response?.status;
  if (!part || !status || status < 400) return;
  if (status === 403 || status === 404) part.closest("section").hidden = true;
  else away(part);
});
document.addEventListener("htmx:error", (event) => {
  const part = event.target.closest?.("[data-part]");
  if (part) away(part);
});
