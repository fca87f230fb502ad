// Keeps the page as it is on the server: told by an event stream, it reads the page again and changes only what
// differs, so that focus, selection and half-written comments stay.
"use strict";

const live = document.getElementById("live");
const address = live.dataset.live;
let tag = null, reading = false, again = false, stream = null;

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open" && name !== "disabled") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  attributes(old, fresh);
  if (old.nodeName !== "TEXTAREA") children(old, fresh);
}

const alike = (a, b) => a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

function children(old, fresh) {
  const named = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
  const wanted = new Set([...fresh.children].map((c) => c.id));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = next.id ? named.get(next.id) : null;
    while (same && at && at !== same && !(at.id && wanted.has(at.id))) {
      const stale = at;
      at = at.nextSibling;
      stale.remove();
    }
    if (same && same !== at) old.insertBefore(same, at);
    const match = same || (at && alike(at, next) ? at : null);
    if (!match) {
      old.insertBefore(next, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    morph(match, next);
  }
  while (at) {
    const stale = at;
    at = at.nextSibling;
    stale.remove();
  }
}

function take(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("live");
  if (!fresh) return;
  const news = fresh.dataset.state !== live.dataset.state;
  const inside = live.contains(document.activeElement);
  morph(live, fresh);
  if (document.title !== page.title) document.title = page.title;
  const icon = page.getElementById("icon").getAttribute("href");
  if (document.getElementById("icon").getAttribute("href") !== icon) document.getElementById("icon").href = icon;
  if (news) document.getElementById("spoken").textContent = live.dataset.state;
  if (inside && !live.contains(document.activeElement)) live.focus({ preventScroll: true });
  dress();
}

async function look() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    do {
      again = false;
      const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.ok || answer.status === 404) {
        tag = answer.headers.get("ETag");
        take(await answer.text());
      }
    } while (again);
  } catch {
    // the stream says when the server is there again
  } finally {
    reading = false;
  }
}

function listen() {
  if (!address || stream || document.hidden) return;
  stream = new EventSource("/console/events");
  stream.addEventListener("open", () => {
    document.getElementById("offline").hidden = true;
    look();
  });
  stream.addEventListener("changed", look);
  stream.addEventListener("error", () => {
    document.getElementById("offline").hidden = false;
    if (stream && stream.readyState === EventSource.CLOSED) {
      rest();
      setTimeout(listen, 3000);
    }
  });
}

function rest() {
  if (stream) stream.close();
  stream = null;
}

// dress writes times in the reader's own time zone and keeps durations of what runs going.
const zone = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
let ticker = null;

function dress() {
  for (const time of live.querySelectorAll("time[datetime]")) {
    const text = zone.format(new Date(time.dateTime));
    if (time.textContent === text) continue;
    time.title = time.textContent;
    time.textContent = text;
  }
  clearTimeout(ticker);
  tick();
}

function tick() {
  const running = live.querySelectorAll(".ticking");
  for (const one of running) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(one.dataset.since)) / 1000));
    const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
    one.textContent = parts[0] ? `${parts[0]}h${parts[1]}m${parts[2]}s` : parts[1] ? `${parts[1]}m${parts[2]}s` : `${parts[2]}s`;
  }
  if (running.length && !document.hidden) ticker = setTimeout(tick, 1000);
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    rest();
    clearTimeout(ticker);
    return;
  }
  listen();
  dress();
});
window.addEventListener("pagehide", rest);

if (address && new URLSearchParams(location.search).has("done")) history.replaceState(null, "", address);
dress();
listen();
