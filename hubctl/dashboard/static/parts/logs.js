// The log of one service, followed as it is written.

import { follow, get } from "../tools/api.js";
import { byId, el, fill, put } from "../tools/element.js";
import { number, onLanguage, t } from "../tools/text.js";

const KEPT = 1000;
const TAIL = 200;
const NEAR_PX = 40;
const AGAIN_MS = 2000;
let source = null;
let state = "";
let waiting = [];
let asked = 0;
let again = null;

export function mount() {
  byId("logs-service").addEventListener("change", open);
  byId("logs-follow").addEventListener("change", open);
  byId("logs-filter").addEventListener("input", () => { for (const line of byId("logs-lines").children) sift(line); });
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  onLanguage(say);
}

// Offers the services that hubctl runs, for only they have a log; the gateway's is the first to be read.
export function offer({ services }) {
  const choice = byId("logs-service");
  const names = services.filter((service) => service.instances.length).map((service) => service.service);
  if ([...choice.options].map((option) => option.value).join() === names.join()) return;
  const held = choice.value;
  fill(choice, names.map((name) => el("option", { value: name }, name)));
  choice.value = names.includes(held) ? held : gateway(services) ?? names[0] ?? "";
  if (choice.value !== held || !source) open();
}

const gateway = (services) => services.find((each) => each.role === "gateway" && each.instances.length)?.service;

function close() {
  clearTimeout(again);
  source?.close();
  source = null;
}

export function open() {
  close();
  if (!byId("logs-service").value) return;
  const path = `/api/logs/${encodeURIComponent(byId("logs-service").value)}?tail=${TAIL}`;
  if (byId("logs-follow").checked) stay(path);
  else read(path, "read");
}

// A stream that is opened again begins with the tail again. One that cannot be had does not say why; reading once does.
function stay(path) {
  source = follow(`${path}&follow=true`, {
    opened: () => { empty(); become("following"); },
    heard: (_event, { text }) => take(text),
    lost: () => {
      close();
      read(path, "notFollowing");
      again = setTimeout(open, AGAIN_MS);
    },
  });
}

// What cannot be read is not followed again either.
async function read(path, word) {
  const mine = ++asked;
  try {
    const { lines } = await get(path);
    if (mine !== asked) return;
    empty();
    for (const line of lines) take(line.text ?? line);
    become(word);
  } catch (error) {
    clearTimeout(again);
    become("", error.message);
  }
}

function become(key, sentence = "") {
  state = key;
  byId("logs-state").dataset.said = sentence ?? "";
  say();
}

function say() {
  const count = byId("logs-lines").childElementCount;
  const sentence = byId("logs-state").dataset.said;
  put(byId("logs-state"), sentence || (state ? `${t(state)} · ${t("lines", { n: count, count: number(count) })}` : ""));
}

function empty() {
  waiting = [];
  byId("logs-lines").replaceChildren();
}

// Lines come in bursts: they are drawn once a frame.
function take(text) {
  waiting.push(text);
  if (waiting.length === 1) setTimeout(draw, 50);
}

function draw() {
  const box = byId("logs-lines");
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  const lines = waiting.splice(0).slice(-KEPT).map((text) => el("div", { class: `line ${tone(text)}` }, text));
  lines.forEach(sift);
  box.append(...lines);
  while (box.childElementCount > KEPT) box.firstChild.remove();
  if (isAtEnd) box.scrollTop = box.scrollHeight;
  say();
}

function tone(text) {
  if (/\b(ERROR|CRITICAL|FATAL|Traceback|Exception)\b/.test(text)) return "bad";
  return /\bWARN(ING)?\b/.test(text) ? "wait" : "";
}

function sift(line) {
  line.hidden = !line.textContent.toLowerCase().includes(byId("logs-filter").value.toLowerCase());
}
