// What every page does: keys, live parts, the banner while the connection is lost, the clock, sheets that close.
// Without it pages still work.
"use strict";

const lost = document.getElementById("lost");
const say = (away) => { if (lost) lost.hidden = !away; };
addEventListener("offline", () => say(true));
addEventListener("online", () => say(false));

// -- the clock of the branch

const tell = () => {
  const language = document.documentElement.lang;
  for (const each of document.querySelectorAll("[data-clock]")) {
    const now = new Date(), timeZone = each.dataset.clock;
    const time = now.toLocaleTimeString(language, {timeZone, hour: "2-digit", minute: "2-digit", hour12: false});
    const day = now.toLocaleDateString(language, {timeZone, month: "short", day: "numeric", weekday: "short"});
    each.textContent = each.hasAttribute("data-full") ? now.toLocaleString(language, {timeZone}) : time;
    each.title = day;
  }
};
tell();
setInterval(tell, 10 * 1000);

// -- keys: they work where nothing is being typed, and only while somebody wants them

const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a private window */ } };
const sheet = document.getElementById("keys");
const wanted = document.getElementById("keys-on");
if (wanted) {
  wanted.checked = kept("keys") !== "off";
  wanted.addEventListener("change", () => keep("keys", wanted.checked ? "on" : "off"));
}
const shown = (element) => element.getClientRects().length > 0 && !element.disabled;
const picks = () => [...document.querySelectorAll("[data-pick]")].filter(shown);
const pick = (card) => {
  document.querySelectorAll("[data-pick].sel").forEach((each) => each.classList.remove("sel"));
  if (card) { card.classList.add("sel"); card.scrollIntoView({block: "nearest"}); }
};
let picked = null;
const step = (by) => {
  const all = picks(), at = all.findIndex((each) => each.id === picked);
  const card = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  if (card) { picked = card.id; pick(card); }
};
const withKey = (place, key) => [...place.querySelectorAll("[data-key]")].find((each) => each.dataset.key.toLowerCase() === key && shown(each));
const openSheet = () => {
  const here = document.getElementById("keys-here"), seen = new Set();
  here.replaceChildren();
  for (const each of document.querySelectorAll("[data-key]")) {
    const key = each.dataset.key, name = each.dataset.keyName || each.textContent.trim().replace(/\s+/g, " ");
    if (seen.has(key)) continue;
    seen.add(key);
    const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    const cap = document.createElement("kbd");
    cap.textContent = key.length === 1 ? key.toUpperCase() : key;
    dt.append(cap); dd.textContent = name; row.append(dt, dd); here.append(row);
  }
  sheet.querySelector(".pick-keys").hidden = picks().length === 0;
  sheet.showModal();
};
document.getElementById("keys-open")?.addEventListener("click", openSheet);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details.person[open], details.menu[open]").forEach((each) => each.removeAttribute("open"));
    if (typing(event.target)) event.target.blur();
    return;
  }
  const find = document.querySelector("[data-find]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find) { event.preventDefault(); find.focus(); return; }
  if (event.ctrlKey || event.metaKey || sheet?.open || document.querySelector("dialog[open]")) return;
  if (event.altKey) {
    const far = withKey(document, `alt+${event.key.toLowerCase()}`);
    if (far) { event.preventDefault(); far.click(); }
    return;
  }
  if (typing(event.target) || (wanted && !wanted.checked)) return;
  const key = event.key.toLowerCase();
  if (key === "?" && sheet) { event.preventDefault(); openSheet(); return; }
  if (key === "/" && find) { event.preventDefault(); find.focus(); return; }
  if ((key === "j" || key === "k") && picks().length) { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
  const card = document.querySelector("[data-pick].sel");
  const button = (card && withKey(card, key)) || withKey(document, key);
  if (button) { event.preventDefault(); button.click(); }
});
addEventListener("click", (event) => {
  document.querySelectorAll("details.person[open], details.menu[open]").forEach((each) => {
    if (!each.contains(event.target)) each.removeAttribute("open");
  });
  const card = event.target.closest("[data-pick]");
  if (card && card.id) { picked = card.id; pick(card); }
});

// On a narrow screen the menu begins folded.
const fold = document.querySelector("details.fold");
if (fold && matchMedia("(max-width: 820px)").matches) fold.removeAttribute("open");

// -- what was done, with a way back for ten seconds

const toast = document.getElementById("toast");
const show = (said, undo) => {
  if (!toast) return;
  const card = document.createElement("div"), text = document.createElement("span");
  card.className = "toast-card"; text.textContent = said; card.append(text);
  if (undo) {
    const back = document.createElement("button");
    back.className = "btn small"; back.type = "button"; back.textContent = toast.dataset.undo;
    back.addEventListener("click", async () => {
      card.remove();
      const csrf = document.querySelector("meta[name=csrf]")?.content || "";
      const answer = await fetch(undo, {method: "POST", headers: {"X-CSRF-Token": csrf, "HX-Request": "true"}}).catch(() => null);
      if (!answer?.ok) show(toast.dataset.failed);
      ring();
    });
    card.append(back);
  }
  toast.replaceChildren(card);
  setTimeout(() => card.remove(), 10 * 1000);
};
document.addEventListener("htmx:after:request", (event) => {
  const header = event.detail.ctx?.response?.headers?.get?.("X-Told");
  if (header) { const {said, undo} = JSON.parse(header); show(said, undo); }
});
document.addEventListener("htmx:error", () => say(true));

// -- live parts: one tab asks the bells, the others hear it from that tab; hidden tabs do nothing

const EVERY = 1000;
const live = () => [...document.querySelectorAll("[data-live]")];
const needs = () => new Set(live().flatMap((each) => each.dataset.live.split(/\s+/)));
const ring = (service) => {
  for (const each of live()) {
    // What somebody has opened there stays open; it is brought up to date once it is closed.
    if (each.querySelector("details[open]")) continue;
    if (!service || each.dataset.live.split(/\s+/).includes(service)) htmx.trigger(each, "bell");
  }
};
// A part that has not changed since is not sent again.
const tags = new Map();
document.addEventListener("htmx:config:request", (event) => {
  const ctx = event.detail.ctx, live = ctx?.sourceElement?.matches?.("[data-live]");
  if (live && tags.has(ctx.request.action)) ctx.request.headers["If-None-Match"] = tags.get(ctx.request.action);
});
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail.ctx, tag = ctx?.response?.headers?.get?.("ETag");
  if (tag && ctx.sourceElement?.matches?.("[data-live]")) tags.set(ctx.request.action, tag);
  else if (ctx?.request?.method !== "GET") tags.clear();
});
const pause = document.getElementById("pause");
let paused = false;
if (needs().size) {
  const marks = new Map(), others = new Set();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("yingbin-bell") : null;
  let asking = false;
  channel?.addEventListener("message", ({data}) => {
    if (data.needs) data.needs.forEach((each) => others.add(each));
    if (data.rang && !document.hidden && !paused) ring(data.rang);
  });
  channel?.postMessage({needs: [...needs()]});
  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      for (const service of new Set([...needs(), ...others])) {
        const headers = marks.has(service) ? {"If-None-Match": marks.get(service)} : {};
        const answer = await fetch(`/${service}/bell`, {headers, cache: "no-store", credentials: "omit"});
        if (answer.status === 200) {
          // Also at the first answer: something may have happened since the page was made.
          marks.set(service, answer.headers.get("ETag"));
          channel?.postMessage({rang: service});
          if (!paused) ring(service);
        }
        if (answer.status >= 500) throw new Error("away");
      }
      delete document.body.dataset.away;
      say(false);
    } catch { document.body.dataset.away = "1"; say(true); }
    asking = false;
  };
  // Whoever holds the lock asks; where there are no locks (plain http in a network) every tab asks for itself.
  let asker = null, release = null;
  const lead = () => new Promise((done) => {
    asker = setInterval(ask, EVERY); ask();
    release = () => { clearInterval(asker); asker = release = null; done(); };
  });
  const watch = () => {
    if (document.hidden) { release?.(); return; }
    if (release) return;
    if (navigator.locks) navigator.locks.request("yingbin-bell", () => (document.hidden || release ? null : lead()));
    else lead();
  };
  // What has been said in minutes grows old without any fact.
  const AGES = 30 * 1000;
  setInterval(() => { if (!document.hidden && !paused) ring(); }, AGES);
  document.addEventListener("toggle", (event) => {
    if (!event.target.open && event.target.closest("[data-live]") && !paused) ring();
  }, true);
  document.addEventListener("visibilitychange", () => { watch(); if (!document.hidden && !paused) ring(); });
  watch();
  if (pause) {
    pause.hidden = false;
    const words = pause.querySelector("span"), first = words.textContent;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      words.textContent = paused ? pause.dataset.goOn : first;
      if (!paused) ring();
    });
  }
}

// What has changed glows once; the card that was picked stays picked.
const before = new Map();
const remember = () => document.querySelectorAll("[data-mark]").forEach((each) => before.set(each.id, each.dataset.mark));
remember();
document.addEventListener("htmx:after:swap", () => {
  for (const each of document.querySelectorAll("[data-mark]")) {
    if (before.get(each.id) !== each.dataset.mark) {
      each.classList.remove("glow");
      requestAnimationFrame(() => each.classList.add("glow"));
    }
  }
  before.clear();
  remember();
  if (picked) pick(document.getElementById(picked));
});

// The token of a signed-in browser lives five minutes, so an open page asks for the next one every four. Hidden pages
// leave it; whoever comes back to one gets the token first.
if (document.body.classList.contains("signed")) {
  const every = 4 * 60 * 1000;
  let last = Date.now();
  const refresh = async () => {
    if (document.hidden || Date.now() - last < every) return;
    last = Date.now();
    try {
      const answer = await fetch("/reception/api/v1/tokens/refresh", {
        method: "POST", credentials: "same-origin", headers: {"Content-Type": "application/json"}, body: "{}",
      });
      say(answer.status >= 500);
    } catch { say(true); }
  };
  setInterval(refresh, 15 * 1000);
  document.addEventListener("visibilitychange", refresh);
}
