// What the doctor found: the path hop by hop, then each finding with its fix.

import { announce } from "../tools/announce.js";
import { get } from "../tools/api.js";
import { failure } from "../tools/dialog.js";
import { byId, el, fill, put, said } from "../tools/element.js";
import { icon } from "../tools/icon.js";
import { within } from "../tools/place.js";
import { hop, isWell, mark, severity } from "../tools/states.js";
import { clock, hopName, onLanguage, t } from "../tools/text.js";

const WAIT_MS = 60_000;
const APART_MS = 4_000;
// What is broken may mend itself without any service changing its state.
const BROKEN_MS = 8_000;
let tell = null;
let diagnosis = null;
let problem = null;
let lookedAt = null;
let looking = false;
let about = null;
let wanted = false;
let next = null;

// Calls `tellDiagnosis` with each new diagnosis, and with null while there is no current one.
export function mount(tellDiagnosis) {
  tell = tellDiagnosis;
  byId("doctor-run").addEventListener("click", () => look(true));
  onLanguage(show);
}

// Looks again when the hub is in another state than at the last look.
export function take(status) {
  const now = signature(status);
  if (now === about) return;
  about = now;
  if (diagnosis) tell(null);
  soon();
}

// Tells two states of the hub apart for which the doctor may have something else to say.
const signature = ({ state, engine, services }) =>
  JSON.stringify([state, engine.state, services.map((each) => [each.service, each.state, isWell(each), each.drift.length])]);

// Looks again after the change that is told of now.
export function soon() {
  if (looking) { wanted = true; return; }
  clearTimeout(next);
  const since = lookedAt ? Date.now() - lookedAt : Infinity;
  next = setTimeout(look, Math.max(0, APART_MS - since));
}

async function look(isAsked = false) {
  if (looking) return;
  clearTimeout(next);
  looking = true;
  wanted = false;
  show();
  try {
    diagnosis = await get("/api/doctor", WAIT_MS);
    problem = null;
  } catch (error) {
    problem = error;
  }
  looking = false;
  lookedAt = Date.now();
  if (!wanted) tell(problem ? null : diagnosis);
  show();
  if (isAsked) announce(problem ? problem.message : summary());
  if (wanted) soon();
  else if (problem || diagnosis.headline) next = setTimeout(look, BROKEN_MS);
}

const summary = () => diagnosis.errors + diagnosis.warnings
  ? t("found", { errors: diagnosis.errors, warnings: diagnosis.warnings }) : t("foundNothing");

function tone() {
  if (diagnosis.errors) return ["bad", "bad"];
  return diagnosis.warnings ? ["wait", "warn"] : ["good", "good"];
}

function show() {
  byId("doctor-run").disabled = looking;
  put(byId("doctor-aside"), looking ? t("looking") : lookedAt ? clock(lookedAt) : "");
  if (problem) fill(byId("doctor-body"), failure(problem));
  else if (diagnosis) fill(byId("doctor-body"), el("p", { class: "summary" }, mark(...tone(), summary())), path(), findings());
  else fill(byId("doctor-body"), el("p", { class: "empty" }, t("looking")));
}

function path() {
  return el("ol", { class: "path", "aria-label": t("path") }, diagnosis.hops.map((each) => {
    const [tone, shape] = hop(each.state);
    return el("li", { class: tone, title: each.detail },
      icon(shape), el("span", {}, hopName(each)), el("span", { class: "unseen" }, `: ${t(`hop_${each.state}`)}`));
  }));
}

function findings() {
  const serious = diagnosis.findings.filter((each) => each.severity !== "info");
  const remarks = diagnosis.findings.filter((each) => each.severity === "info");
  return [
    serious.length ? list(serious) : null,
    remarks.length ? el("details", {}, el("summary", { "data-key": "remarks" }, t("remarks", { n: remarks.length })), list(remarks)) : null,
  ];
}

const list = (found) => el("ul", { class: "findings" }, found.map((each) => el("li", {},
  el("p", {}, severity(each.severity), " ", said(each.message)),
  each.fix ? el("p", { class: "hint" }, el("strong", {}, t("mend")), " ", said(each.fix)) : null,
  el("p", { class: "where", lang: "en" }, where(each)))));

function where({ rule, file, line }) {
  return file ? `${rule} · ${within(file)}${line ? `:${line}` : ""}` : rule;
}
