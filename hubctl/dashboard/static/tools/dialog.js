// The one dialog: shows what would change, asks, carries it out, and shows how it went.

import { announce } from "./announce.js";
import { byId, el, fill, said } from "./element.js";
import { within } from "./place.js";
import { proof } from "./states.js";
import { t } from "./text.js";

const box = () => byId("dialog");

// Asks before `apply` is called. `preview` gives the change document of what would happen, with its diff.
export async function confirmed({ title, text = null, preview = null, confirm, apply }) {
  open(title);
  try {
    const planned = preview ? await busy(t("previewing"), preview) : null;
    if (planned && isNothing(planned.change)) return end(t("nothing"), outcome(planned));
    if (!(await asked(confirm, text ? el("p", {}, text) : null, planned ? plan(planned) : null))) return null;
    const done = await busy(t("applying"), apply);
    end(t("done"), outcome(done));
    return done;
  } catch (error) {
    end(t("failed"), failure(error));
    return null;
  }
}

function open(title) {
  const asker = document.activeElement;
  byId("dialog-title").textContent = title;
  fill(byId("dialog-body"));
  fill(byId("dialog-buttons"));
  box().oncancel = null;
  box().showModal();
  box().addEventListener("close", () => giveBack(asker), { once: true });
}

// The browser gives the focus back to who asked, but not to a button that was drawn anew meanwhile.
function giveBack(asker) {
  if (asker.isConnected && !asker.disabled) asker.focus();
  else document.querySelector(`[data-key="${CSS.escape(asker.dataset?.key ?? "")}"]:not(:disabled)`)?.focus();
  if (document.activeElement === document.body) byId("main").focus();
}

// What is being carried out cannot be called back, so the dialog stays until it ends.
async function busy(sentence, work) {
  fill(byId("dialog-body"), el("p", { class: "busy" }, el("span", { class: "spinner", "aria-hidden": "true" }), sentence));
  fill(byId("dialog-buttons"));
  box().oncancel = (event) => event.preventDefault();
  box().setAttribute("aria-busy", "true");
  byId("dialog-title").focus();
  announce(sentence);
  try {
    return await work();
  } finally {
    box().removeAttribute("aria-busy");
    box().oncancel = null;
  }
}

function asked(confirm, ...content) {
  fill(byId("dialog-body"), ...content);
  return new Promise((resolve) => {
    const answer = (value) => { box().onclose = null; resolve(value); };
    const yes = el("button", { type: "button", class: "primary", onclick: () => answer(true) }, confirm);
    const no = el("button", { type: "button", onclick: () => box().close() }, t("cancel"));
    fill(byId("dialog-buttons"), no, yes);
    box().onclose = () => answer(false);
    yes.focus();
  });
}

function end(word, content) {
  fill(byId("dialog-body"), content);
  const close = el("button", { type: "button", class: "primary", onclick: () => box().close() }, t("close"));
  fill(byId("dialog-buttons"), close);
  close.focus();
  announce(word);
  return null;
}

const isNothing = (change) => change.effect === "unchanged" && !change.files.some((file) => file.diff);

function plan({ change, notes }) {
  return el("div", {}, el("p", {}, t("wouldChange")), diffs(change.files), listed(notes));
}

function outcome({ change, proof: proofs, notes, rolled_back: rolledBack }) {
  return el("div", {},
    el("p", { class: "outcome" }, rolledBack ? t("rolledBack") : t(`effect_${change.effect}`)),
    change.reason ? said(change.reason, "p") : null,
    el("ul", { class: "proofs" }, (proofs ?? []).map(({ check, ok, detail }) =>
      el("li", {}, proof(ok), " ", said(check, "strong"), " ", said(detail)))),
    listed(notes));
}

// What the page says itself; all else is said by hubctl.
const OWN_WORDS = { no_contact: "noContactText", unauthorized: "signIn" };

export function failure(error) {
  if (error.code in OWN_WORDS) return el("div", { class: "problem" }, el("p", {}, t(OWN_WORDS[error.code])));
  return el("div", { class: "problem" },
    said(error.message, "p"),
    error.hint ? said(error.hint, "p", { class: "hint" }) : null,
    error.data?.change ? outcome(error.data) : null);
}

const listed = (notes) => notes?.length ? el("ul", { class: "notes" }, notes.map((note) => said(note, "li"))) : null;

export function diffs(files) {
  return files.map((file) => el("figure", { class: "diff" },
    el("figcaption", { lang: "en" }, within(file.path)),
    el("pre", { tabindex: "0", lang: "en", "aria-label": t("diffOf", { file: within(file.path) }) },
      (file.diff || "").split("\n").map((line) => el("span", { class: kind(line) }, `${line}\n`)))));
}

function kind(line) {
  if (line.startsWith("@@")) return "hunk";
  return { "+": "added", "-": "removed" }[line[0]] ?? "same";
}
