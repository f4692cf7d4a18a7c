// The live stream from hubctl: reconnects by itself, and says plainly when there is no news and when it is back.

import { announce } from "../tools/announce.js";
import { Refused, follow, get } from "../tools/api.js";
import { byId, el, fill, put } from "../tools/element.js";
import { icon } from "../tools/icon.js";
import { onToken } from "../tools/session.js";
import { clock, onLanguage, span, t } from "../tools/text.js";

const SILENT_MS = 12_000;
const HIDDEN_MS = 60_000;
const RETRY_MS = [500, 1000, 2000, 3000];
const BURST_MS = 30;
const handlers = { opened: [], statuses: [], refused: [], change: [], back: [] };

let source = null;
let heardAt = Date.now();
let waiting = [];
let lostAt = null;
let reason = "lost";
let tries = 0;
let retry = null;
let hiding = null;
let rested = false;

// Calls back when the stream is `opened` (the recent `statuses` come again then, in one go), with the `statuses` as
// they come, with what `refused` hubctl a look, for each `change`, and when contact is `back`.
export function on(name, handler) {
  handlers[name].push(handler);
}

export function connect() {
  onLanguage(show);
  onToken(again);
  document.addEventListener("visibilitychange", hideOrShow);
  setInterval(watch, 1000);
  open();
}

function open() {
  close();
  heardAt = Date.now();
  source = follow("/api/events", { opened: () => tell("opened"), heard: take, lost: () => lose("lost") });
}

function take(event, data) {
  heard();
  if (event === "status") look(data);
  else tell("change");
}

// A look that failed is news, too: what was seen of the services before it stands, and the next look may succeed.
function look(document) {
  if (!document.data) { tell("refused", document.error); return; }
  waiting.push(document.data);
  if (waiting.length === 1) setTimeout(() => tell("statuses", waiting.splice(0)), BURST_MS);
}

function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

function tell(name, data) {
  for (const handler of handlers[name]) handler(data);
}

function heard() {
  heardAt = Date.now();
  tries = 0;
  if (rested) tell("change");
  rested = false;
  if (lostAt === null) return;
  announce(t("back", { span: span((Date.now() - lostAt) / 1000) }));
  lostAt = null;
  show();
  tell("back");
}

function lose(why) {
  close();
  if (lostAt === null) {
    lostAt = heardAt;
    announce(t(why, { time: clock(lostAt) }));
  }
  reason = why;
  show();
  retry = setTimeout(again, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
}

// A stream that fails does not say why; an ordinary request does.
async function again() {
  clearTimeout(retry);
  try {
    await get("/api/session", 4000);
    open();
  } catch (error) {
    lose(error instanceof Refused && error.code === "unauthorized" ? "signedOut" : "lost");
  }
}

function watch() {
  if (source && Date.now() - heardAt > SILENT_MS) lose("lost");
  show();
}

// A page that nobody looks at gives its connection back: a browser has six for each server.
function hideOrShow() {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(rest, HIDDEN_MS);
  else if (!source) again();
}

// Nothing tells of a change meanwhile, so there may have been one.
function rest() {
  close();
  rested = true;
}

function show() {
  const isLost = lostAt !== null;
  const box = byId("lost");
  document.documentElement.classList.toggle("is-lost", isLost);
  if (box.hidden === isLost) {
    box.hidden = !isLost;
    fill(box, icon("warn"), el("span", {}, ""));
  }
  if (isLost) put(box.lastChild, t(reason, { time: clock(lostAt) }));
  const chip = byId("contact");
  if (!chip.firstChild) fill(chip, el("span", { class: "dot", "aria-hidden": "true" }), el("span", {}, ""));
  put(chip.lastChild, isLost ? t("noContact") : t("live"));
}
