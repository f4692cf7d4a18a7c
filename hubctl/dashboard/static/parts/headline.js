// The first thing to see: whether the hub is well, and if not, the first broken hop and what mends it.

import { announce } from "../tools/announce.js";
import { copyable } from "../tools/command.js";
import { byId, el, fill, said } from "../tools/element.js";
import { icon } from "../tools/icon.js";
import { firstBroken } from "../tools/states.js";
import { hopName, onLanguage, t } from "../tools/text.js";

let status = null;
let diagnosis = null;
let refusal = null;
let readOnly = false;
let actions = null;
let shown = null;

// The actions belong to other parts: `restart(service)` and `undo()`.
export function mount(session, theirs) {
  readOnly = session.read_only;
  actions = theirs;
  onLanguage(() => { shown = null; show(); });
}

export function takeStatus(next) {
  status = next;
  refusal = null;
  show();
}

// hubctl could not even look: a file of the hub is broken, for one.
export function takeRefusal(error) {
  refusal = error;
  show();
}

// Null while the doctor looks anew: what it said before is about another state.
export function takeDiagnosis(next) {
  diagnosis = next;
  show();
}

function show() {
  const view = judge();
  const mark = JSON.stringify(view);
  if (mark === shown) return;
  const isFirst = shown === null;
  shown = mark;
  const title = t(view.title, view.values);
  document.title = `${view.tone === "good" ? "●" : "▲"} ${title} · hubctl`;
  byId("headline").className = `headline ${view.tone}`;
  fill(byId("headline"),
    icon(view.shape),
    el("div", { class: "words" },
      el("h1", { id: "headline-title" }, title),
      view.said ? said(view.said, "p", { class: "why" }) : null,
      view.text ? el("p", { class: "why" }, t(view.text, { n: status?.services.length })) : null),
    view.fix ? el("div", { class: "mend" }, remedies(view.fix)) : null);
  if (!isFirst) announce(title);
}

function judge() {
  if (refusal) return { tone: "bad", shape: "bad", title: "cannotLook", said: refusal.message, fix: refusal.hint };
  if (!status) return { tone: "off", shape: "wait", title: "firstLook" };
  const errors = diagnosis?.findings.filter((each) => each.severity === "error") ?? [];
  const found = errors.find((each) => each.hop && each.hop === diagnosis.headline);
  const isHealthy = status.state === "healthy" && status.engine.state === "reachable";
  if (found) {
    const broken = diagnosis.hops.find((each) => each.hop === diagnosis.headline) ?? { hop: found.hop, title: found.hop };
    const why = stripped(found.message, broken.title);
    return { tone: "bad", shape: "bad", title: "brokenHop", values: { hop: hopName(broken) }, said: why, fix: found.fix };
  }
  if (isHealthy && errors.length) {
    return { tone: "wait", shape: "warn", title: "runsWithErrors", values: { n: errors.length }, said: errors[0].message, fix: errors[0].fix };
  }
  if (isHealthy) return { tone: "good", shape: "good", title: "well", text: diagnosis ? "wellText" : "wellSoFar" };
  if (status.engine.state !== "reachable") {
    return { tone: "bad", shape: "bad", title: "engineAway", said: status.engine.detail, fix: "`hubctl doctor`" };
  }
  const broken = firstBroken(status.services);
  const starting = broken?.state === "starting";
  return {
    tone: starting ? "wait" : "bad",
    shape: starting ? "wait" : "bad",
    title: "serviceIs",
    values: { service: broken?.service ?? "", state: t(`state_${broken?.state}`) },
    said: broken?.detail ?? "",
    fix: diagnosis ? "`hubctl doctor`" : null,
    text: diagnosis ? null : "lookingForCause",
  };
}

const stripped = (message, title) => message.startsWith(`${title}: `) ? message.slice(title.length + 2) : message;

// What mends it: a button where this page can do it, the command to copy otherwise.
function remedies(fix) {
  const commands = [...fix.matchAll(/`([^`]+)`/g)].map(([, command]) => command);
  const button = readOnly ? null : commands.map(action).find(Boolean);
  const words = el("p", { class: "fix" }, el("strong", {}, t("mend")), " ", said(fix));
  return [words, button, commands.filter((command) => command.startsWith("hubctl ") || command.startsWith("docker ")).slice(0, 1).map(copyable)];
}

function action(command) {
  const key = "headline-mend";
  if (command === "hubctl undo") return el("button", { type: "button", class: "primary", "data-key": key, onclick: actions.undo }, t("undo"));
  const [, service] = command.match(/^hubctl restart(?: ([\w.-]+))?$/) ?? [];
  const name = service ?? status?.services.find((each) => each.role === "gateway")?.service;
  if (!command.startsWith("hubctl restart") || !name) return null;
  return el("button", { type: "button", class: "primary", "data-key": key, onclick: () => actions.restart(name) }, t("restartOf", { service: name }));
}
