// Asks hubctl: the same documents as `--json` prints, and streams of events.

import { early } from "./early.js";
import * as session from "./session.js";

const WAIT_MS = 20_000;
const AGAIN_MS = 300;
const CHANGE_MS = 600_000;

// hubctl said no, or nobody answered: `code` is that of the document, or `no_contact`.
export class Refused extends Error {
  constructor({ code, message, hint }, data = null) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.data = data;
  }
}

export const get = (path, waitMs = WAIT_MS) => ask(path, { signal: AbortSignal.timeout(waitMs) });

export const post = (path, body = {}) => ask(path, { ...posted(body), signal: AbortSignal.timeout(CHANGE_MS) });

function posted(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function ask(path, options) {
  return opened(await answer(path, options));
}

// A browser breaks off every request when a network of the machine comes or goes, as containers make it do. So what
// only reads is asked once more.
async function answer(path, options) {
  const isRead = !options.method;
  try {
    const first = isRead ? early(path) : null;
    return await (first ?? session.ask(path, options));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const second = isRead && error.name === "TypeError" ? await again(path, options) : null;
    if (second) return second;
    throw new Refused({ code: "no_contact", message: "the dashboard does not answer", hint: null });
  }
}

async function again(path, options) {
  await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  return session.ask(path, options).catch(() => null);
}

async function opened(response) {
  const document = await response.json().catch(() => null);
  if (document?.ok) return document.data;
  const missing = { code: "no_contact", message: `HTTP ${response.status} without a document`, hint: null };
  throw new Refused(document?.error ?? missing, document?.data ?? null);
}

const isStream = (response) => response.headers.get("Content-Type")?.startsWith("text/event-stream");

// Posts and reads the answer as a stream of events: calls heard(name, data) for each, in order, as it comes.
export async function stream(path, body, heard, signal) {
  const response = await answer(path, { ...posted(body), signal });
  if (isStream(response)) await events(response, heard);
  else heard("result", { ok: true, data: await opened(response) });
}

// Follows a stream of events: calls opened() once it is there, heard(name, data) for each event, and lost() when it ends
// or cannot be had, but none of them after close(). It is an EventSource that carries the token.
export function follow(path, listeners) {
  const abort = new AbortController();
  const tell = (name, ...values) => { if (!abort.signal.aborted) listeners[name](...values); };
  // Called later, so that an error of a listener does not end the stream.
  const later = (...told) => queueMicrotask(() => tell(...told));
  read(path, later, abort.signal).catch(() => {}).then(() => later("lost"));
  return { close: () => abort.abort() };
}

async function read(path, tell, signal) {
  const response = await session.ask(path, { signal });
  if (!isStream(response)) return;
  tell("opened");
  await events(response, (...event) => tell("heard", ...event));
}

async function events(response, heard) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r", "")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, heard);
  }
}

function dispatch(block, heard) {
  const fields = block.split("\n").map((line) => line.split(/: ?(.*)/s));
  const data = fields.filter(([name]) => name === "data").map(([, value]) => value);
  const event = fields.find(([name]) => name === "event")?.[1] ?? "message";
  if (data.length) heard(event, JSON.parse(data.join("\n")));
}
