// The last proof of every claim, and running it anew.

import { announce } from "../tools/announce.js";
import { get, post } from "../tools/api.js";
import { failure } from "../tools/dialog.js";
import { byId, el, fill, put, said } from "../tools/element.js";
import { mark, proof } from "../tools/states.js";
import { table } from "../tools/table.js";
import { moment, onLanguage, seconds, t } from "../tools/text.js";

let last = null;
let isKnown = false;
let problem = null;
let isRunning = false;

export function mount() {
  byId("verify-run").addEventListener("click", run);
  onLanguage(show);
}

export async function load() {
  try {
    last = await get("/api/test/litellm");
    problem = null;
  } catch (error) {
    problem = error;
  }
  isKnown = true;
  show();
}

async function run() {
  if (isRunning) return;
  isRunning = true;
  show();
  announce(t("verifying"));
  try {
    last = await post("/api/test/litellm", {});
    problem = null;
    announce(summary());
  } catch (error) {
    problem = error;
    announce(error.message);
  }
  isRunning = false;
  show();
}

const summary = () => t("verified", { proved: last.proved, failed: last.failed, not: last.not_configured });

function show() {
  byId("verify-run").setAttribute("aria-disabled", String(isRunning));
  put(byId("verify-aside"), isRunning ? t("verifying") : last ? moment(new Date(last.checked_at)) : "");
  fill(byId("verify-body"), problem ? failure(problem) : null, last ? result() : isKnown && !problem ? el("p", { class: "empty" }, t("neverVerified")) : null);
}

// What failed is shown at once, the rest on demand.
function result() {
  const failed = last.claims.filter((each) => each.ok === false);
  const others = last.claims.filter((each) => each.ok !== false);
  const label = t("otherClaims", { n: others.length });
  const wasOpen = byId("verify-body").querySelector("details")?.open;
  return [
    el("p", { class: "summary" }, mark(...failed.length ? ["bad", "bad"] : ["good", "good"], summary())),
    failed.length ? claims(failed, t("proof_false")) : null,
    el("details", { open: wasOpen }, el("summary", { "data-key": "claims" }, label), claims(others, label)),
  ];
}

function claims(list, label) {
  return table(label, [t("claim"), t("result"), t("took")], list.map((each) => ({
    cells: [
      [said(each.claim, "span", { class: "what plain" }), said(each.evidence, "span", { class: "sub evidence" })],
      proof(each.ok),
      el("span", { class: "took" }, seconds(each.elapsed_s)),
    ],
  })));
}
