// The providers: whose key is there (never the key), and switching their models on and off with a look at the diff first.

import { get, post } from "../tools/api.js";
import { copier } from "../tools/command.js";
import { confirmed, failure } from "../tools/dialog.js";
import { byId, el, fill, said } from "../tools/element.js";
import { mark } from "../tools/states.js";
import { table } from "../tools/table.js";
import { onLanguage, t } from "../tools/text.js";

let providers = null;
let notes = [];
let problem = null;
let readOnly = false;

export function mount(session) {
  readOnly = session.read_only;
  onLanguage(show);
}

export async function load() {
  try {
    ({ providers, notes } = await get("/api/providers"));
    problem = null;
  } catch (error) {
    problem = error;
  }
  show();
}

const isUsed = ({ key, models, disabled }) => key === "present" || models.length || disabled?.length;

function show() {
  const box = byId("providers-body");
  if (problem) { fill(box, failure(problem)); return; }
  if (!providers) { fill(box, el("p", { class: "empty" }, t("loading"))); return; }
  const others = providers.filter((provider) => !isUsed(provider));
  const wasOpen = box.querySelector("details")?.open;
  fill(box,
    rows(providers.filter(isUsed), t("providers")),
    others.length ? el("details", { open: wasOpen },
      el("summary", { "data-key": "other-providers" }, t("otherProviders", { n: others.length })), rows(others, t("otherProviders", { n: others.length }))) : null,
    providers.some((provider) => provider.key !== "present")
      ? el("p", { class: "hint" }, t("howToKey"), " ", el("code", {}, "hubctl provider set-key NAME")) : null,
    notes.length ? el("ul", { class: "notes" }, notes.map((note) => said(note, "li"))) : null);
}

function rows(list, label) {
  return table(label, [t("provider"), t("key"), t("activeModels"), t("disabledOnes"), ...(readOnly ? [] : [""])], list.map(row));
}

function row(provider) {
  return {
    "data-provider": provider.provider,
    cells: [
      [el("span", { class: "what" }, provider.provider), el("span", { class: "sub" }, provider.variable)],
      key(provider),
      names(provider.models),
      names(provider.disabled ?? []),
      ...(readOnly ? [] : [actions(provider)]),
    ],
  };
}

function key({ provider, key: state, masked, state: verdict }) {
  if (state !== "present") {
    return el("div", { class: "pair" }, mark("off", "off", t("keyMissing")), copier(`hubctl provider set-key ${provider}`, "copyCommand"));
  }
  const tone = { valid: ["good", "good"], invalid: ["bad", "bad"] }[verdict] ?? ["good", "good"];
  return [mark(...tone, t("keyPresent")), el("code", { class: "masked" }, masked ?? "")];
}

function names(list) {
  if (!list.length) return el("span", { class: "muted" }, "–");
  return el("ul", { class: "names" }, [...new Set(list)].map((name) => el("li", {}, name)));
}

function actions({ provider, key: state, models, disabled }) {
  return el("div", { class: "buttons" },
    state === "present" && disabled?.length ? button(provider, "enable") : null,
    models.length ? button(provider, "disable") : null);
}

function button(name, verb) {
  const title = t(`${verb}Of`, { provider: name });
  return el("button", {
    type: "button", class: "small", "data-key": `${verb}-${name}`, "aria-label": title, onclick: () => change(name, verb, title),
  }, t(verb));
}

function change(name, verb, title) {
  const path = `/api/providers/${encodeURIComponent(name)}/${verb}`;
  return confirmed({
    title,
    confirm: t(verb),
    preview: () => post(path, { dry_run: true }),
    apply: () => post(path, { dry_run: false }),
  });
}
