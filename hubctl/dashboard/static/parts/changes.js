// The changes that hubctl made, newest first, and taking the last one back.

import { get, post } from "../tools/api.js";
import { confirmed, diffs, failure } from "../tools/dialog.js";
import { byId, el, fill, said } from "../tools/element.js";
import { within } from "../tools/place.js";
import { mark } from "../tools/states.js";
import { moment, onLanguage, t } from "../tools/text.js";

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
  const opened = [...box.querySelectorAll("details[open]")].map((details) => details.dataset.id);
  fill(box, el("ol", { class: "changes" }, changes.map((change) => item(change, change === last))));
  for (const details of box.querySelectorAll("details")) details.open = opened.includes(details.dataset.id);
}

function item(change, isLast) {
  const changed = change.files.filter((file) => file.diff);
  return el("li", { "data-change": change.id },
    el("div", { class: "row" },
      el("code", { class: "what" }, change.command),
      isLast && !readOnly ? el("button", {
        type: "button", class: "small", "data-key": "undo", "aria-label": t("undoOf", { command: change.command }), onclick: undo,
      }, t("undo")) : null),
    el("p", { class: "sub" }, el("time", { datetime: change.at }, moment(new Date(change.at))), " · ", said(change.files.map((file) => within(file.path)).join(", "))),
    change.open ? el("p", {}, mark("wait", "warn", t("notFinished"))) : null,
    change.undone ? el("p", {}, mark("off", "off", t("undone"))) : null,
    changed.length ? el("details", { "data-id": change.id },
      el("summary", { "data-key": `diff-${change.id}` }, t("showDiff")), diffs(changed)) : null);
}

export function undo() {
  return confirmed({
    title: t("undoTitle"),
    confirm: t("undo"),
    preview: () => post("/api/undo", { dry_run: true }),
    apply: () => post("/api/undo", { dry_run: false }),
  });
}
