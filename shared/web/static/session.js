// Keeps somebody signed in while a page is open: the token lasts five minutes, so a new one is had every four.
// Hidden pages leave it; whoever comes back to one gets the token first.
"use strict";
(() => {
  const every = 4 * 60 * 1000;
  let last = Date.now();
  const refresh = async () => {
    if (document.hidden || Date.now() - last < every) return;
    last = Date.now();
    try {
      await fetch("/reception/api/v1/tokens/refresh", {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: "{}",
      });
    } catch {
      // No network: the next page asks again, and services accept the old token while reception is away.
    }
  };
  setInterval(refresh, 15 * 1000);
  document.addEventListener("visibilitychange", refresh);
})();
