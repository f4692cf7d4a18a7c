// The changes that hubctl made, newest first, and taking the last one back.

import { get, post } from "./api.js";
import { confirmed, diffs, failure } from "./dialog.js";
import { byId, el, fill, said } from "./element.js";
import { within } from "./place.js";
import { mark } from "./states.js";
import { moment, onLanguage, t } from "./text.js";

let changes = null;
let problem = null;
let readOnly = false;

export function mount(session) {
  readOnly = session.read_only;
  onLanguage(show);
}

export async function load() {
  try {
    ({ changes } = await get("/api/changes"));
    problem = null;
  } catch (error) {
    problem = error;
  }
  show();
}

function show() {
  const box = byId("changes-body");
  if (problem) { fill(box, failure(problem)); return; }
  if (!changes) { fill(box, el("p", { class: "empty" }, t("loading"))); return; }
  if (!changes.length) { fill(box, el("p", { class: "empty" }, t("noChanges"))); return; }
  const last = changes.find((change) => change.undoable);
  fill(box, el("ol", { class: "changes" }, changes.map((change) => item(change, change === last))));
}

function item(change, isLast) {
  const files = change.files.map((file) => within(typeof file === "string" ? file : file.path));
  return el("li", { "data-change": change.id },
    el("div", { class: "row" },
      el("code", { class: "what" }, change.command),
      isLast && !readOnly ? el("button", {
        type: "button", class: "small", "data-key": "undo", "aria-label": t("undoOf", { command: change.command }), onclick: undo,
      }, t("undo")) : null),
    el("p", { class: "sub" }, el("time", { datetime: change.at }, moment(new Date(change.at))), " · ", said(files.join(", "))),
    change.open ? el("p", {}, mark("bad", "warn", t("halfDone"))) : null,
    change.diff ? el("details", {}, el("summary", { "data-key": `diff-${change.id}` }, t("showDiff")), diffs([{ path: files.join(", "), diff: change.diff }])) : null);
}

export function undo() {
  return confirmed({
    title: t("undoTitle"),
    confirm: t("undo"),
    preview: () => post("/api/undo", { dry_run: true }),
    apply: () => post("/api/undo", { dry_run: false }),
  });
}
