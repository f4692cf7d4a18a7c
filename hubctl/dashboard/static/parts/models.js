// The models of the config: which can be asked, which are known to answer, and a way to try each.

import { get } from "../tools/api.js";
import { failure } from "../tools/dialog.js";
import { byId, el, fill, put, said } from "../tools/element.js";
import { mark, usable } from "../tools/states.js";
import { table } from "../tools/table.js";
import { bytes, onLanguage, t } from "../tools/text.js";

const STATES = { active: ["good", "good"], disabled: ["off", "off"], broken: ["bad", "warn"] };
let listeners = null;
let models = null;
let notes = [];
let problem = null;

// Calls `loaded` with all models after each load, and `tried` with the name of the model to try.
export function mount(theirs) {
  listeners = theirs;
  onLanguage(show);
}

export async function load() {
  try {
    ({ models, notes } = await get("/api/litellm/models"));
    problem = null;
    listeners.loaded(models);
  } catch (error) {
    problem = error;
  }
  show();
}

function show() {
  const box = byId("models-body");
  if (problem) { fill(box, failure(problem)); return; }
  if (!models) { fill(box, el("p", { class: "empty" }, t("loading"))); return; }
  const active = models.filter((model) => model.state !== "disabled");
  const disabled = models.filter((model) => model.state === "disabled");
  const wasOpen = box.querySelector("details")?.open;
  put(byId("models-aside"), t("activeOf", { active: active.length, n: models.length }));
  fill(box,
    active.length ? rows(active, t("models")) : el("p", { class: "empty" }, t("noModels")),
    disabled.length ? el("details", { open: wasOpen },
      el("summary", { "data-key": "disabled-models" }, t("disabledModels", { n: disabled.length })), rows(disabled, t("disabledModels", { n: disabled.length }))) : null,
    notes.length ? el("ul", { class: "notes" }, notes.map((note) => said(note, "li"))) : null);
}

function rows(list, label) {
  return table(label, [t("model"), t("state"), t("key"), t("usable"), t("lastTest"), ""], list.map(row));
}

function row(model) {
  const [tone, shape] = STATES[model.state];
  const canTry = model.state === "active";
  return {
    "data-model": model.name,
    cells: [
      [el("span", { class: "what" }, model.name), model.demo ? el("span", { class: "badge" }, t("demo")) : null, about(model)],
      mark(tone, shape, t(`model_${model.state}`)),
      key(model),
      model.state === "disabled" ? mark("off", "off", t("usable_no")) : usable(model.usable),
      said(model.reason, "span", { class: "reason" }),
      canTry ? el("button", {
        type: "button", class: "small", "data-key": `try-${model.name}`, "aria-label": t("tryOf", { model: model.name }), onclick: () => listeners.tried(model.name),
      }, t("try")) : "",
    ],
  };
}

function about(model) {
  const size = model.size_bytes ? ` · ${bytes(model.size_bytes)}` : "";
  const retired = model.retired ? ` · ${t("retired", { when: model.retired })}` : "";
  const target = model.alias_of ? t("aliasOf", { model: model.alias_of }) : model.target ?? "";
  return el("span", { class: "sub" }, `${target}${size}${retired}`);
}

function key({ key: needed }) {
  if (!needed) return el("span", { class: "muted" }, t("noKeyNeeded"));
  return mark(...needed.present ? ["good", "good", t("keyPresent")] : ["off", "off", t("keyMissing")], { title: needed.variable });
}
