// The try box: asks one model, shows the answer as its tokens come, and how quick they were.

import { announce } from "../tools/announce.js";
import { stream } from "../tools/api.js";
import { failure } from "../tools/dialog.js";
import { byId, el, fill, put, said } from "../tools/element.js";
import { mark } from "../tools/states.js";
import { number, onLanguage, seconds, t } from "../tools/text.js";

const FIGURES = ["ttft", "speed", "tokens", "total", "cost", "answeredBy"];
const OUTCOMES = { passed: ["good", "good"], failed: ["bad", "bad"], error: ["bad", "warn"], skipped: ["off", "off"] };
let models = [];
let abort = null;
let isOwnPrompt = false;

export function mount() {
  byId("try-form").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("try-stop").addEventListener("click", () => abort?.abort());
  byId("try-prompt").addEventListener("input", () => { isOwnPrompt = true; });
  byId("try-model").addEventListener("change", offerPaid);
  onLanguage(() => {
    if (!isOwnPrompt) byId("try-prompt").value = t("examplePrompt");
    if (!byId("try-answer").dataset.model) fill(byId("try-answer"), el("p", { class: "empty" }, t("noAnswerYet")));
    if (!abort) figures({});
  });
}

export function offer(all) {
  models = all.filter((model) => model.state === "active");
  const choice = byId("try-model");
  const held = choice.value;
  fill(choice, [...new Set(models.map((model) => model.name))].map((name) => el("option", { value: name }, name)));
  if (models.some((model) => model.name === held)) choice.value = held;
  byId("try-send").disabled = !models.length;
  offerPaid();
}

export function tryModel(name) {
  byId("try-model").value = name;
  offerPaid();
  byId("try").scrollIntoView({ block: "nearest" });
  byId("try-prompt").focus();
}

// What needs a key may cost something: that is asked for by its own box.
function offerPaid() {
  const chosen = models.filter((model) => model.name === byId("try-model").value);
  const target = (model) => models.find((each) => each.name === model.alias_of) ?? model;
  byId("try-paid-label").hidden = !chosen.some((model) => target(model).key);
}

async function send() {
  if (abort) return;
  abort = new AbortController();
  const model = byId("try-model").value;
  const paid = !byId("try-paid-label").hidden && byId("try-paid").checked;
  const answer = new Answer(model);
  controls(true);
  try {
    const body = { model, prompt: byId("try-prompt").value, stream: true, ...(paid ? { paid } : {}) };
    await stream("/api/litellm/test", body, (event, data) => answer.hear(event, data), abort.signal);
    answer.end();
  } catch (error) {
    if (error.name === "AbortError") answer.stopped();
    else answer.fail(error);
  }
  abort = null;
  controls(false);
}

function controls(isBusy) {
  if (!isBusy && document.activeElement === byId("try-stop")) byId("try-send").focus();
  byId("try-send").setAttribute("aria-disabled", String(isBusy));
  byId("try-stop").disabled = !isBusy;
}

class Answer {
  constructor(model) {
    this.box = byId("try-answer");
    this.box.dataset.model = model;
    this.text = el("p", { class: "reply" });
    this.pieces = 0;
    this.startedAt = performance.now();
    this.firstAt = null;
    this.result = null;
    this.box.setAttribute("aria-busy", "true");
    fill(this.box, this.text);
    figures({});
    announce(t("asking", { model }));
  }

  hear(event, data) {
    if (event === "token") this.token(data.text);
    else this.result = data;
  }

  token(text) {
    const now = performance.now();
    this.firstAt ??= now;
    this.pieces += 1;
    this.text.append(text);
    this.box.dataset.pieces = this.pieces;
    this.box.scrollTop = this.box.scrollHeight;
    const long = (now - this.firstAt) / 1000;
    const speed = this.pieces > 1 && long > 0 ? (this.pieces - 1) / long : null;
    figures({ ttft: seconds((this.firstAt - this.startedAt) / 1000), speed: speed ? `≈ ${number(speed, 1)}` : null, tokens: `≈ ${number(this.pieces)}` });
  }

  end() {
    if (this.result?.ok) this.judge(this.result.data.results?.[0]);
    else this.fail(this.result?.error ?? { code: "no_contact", message: "" });
  }

  judge(check) {
    if (!check) return;
    if (!this.text.textContent && check.reply) this.text.textContent = check.reply;
    const word = t(`outcome_${check.outcome}`);
    this.box.append(el("p", { class: "verdict" }, mark(...OUTCOMES[check.outcome] ?? OUTCOMES.failed, word),
      check.demo ? el("span", { class: "badge" }, t("demo")) : null, check.reason ? said(` ${check.reason}`) : null));
    figures({
      ttft: check.ttft_s === null ? null : seconds(check.ttft_s),
      speed: check.tokens_per_s === null ? null : number(check.tokens_per_s, 1),
      tokens: check.completion_tokens === null ? null : number(check.completion_tokens),
      total: check.latency_s === null ? null : seconds(check.latency_s),
      answeredBy: check.answered_by,
      cost: check.cost_usd === null ? null : `$${number(check.cost_usd, 4)}`,
    });
    this.over(`${word}. ${this.text.textContent}`);
  }

  stopped() {
    this.box.append(el("p", { class: "verdict" }, t("stopped")));
    this.over(t("stopped"));
  }

  fail(error) {
    this.box.append(failure(error));
    this.over(error.message);
  }

  over(sentence) {
    this.box.removeAttribute("aria-busy");
    announce(sentence);
  }
}

function figures(values) {
  const box = byId("try-figures");
  if (box.childElementCount !== FIGURES.length) {
    fill(box, FIGURES.map((name) => el("div", { class: name }, el("dt", {}), el("dd", {}))));
  }
  FIGURES.forEach((name, index) => {
    const [term, value] = box.children[index].children;
    put(term, t(name));
    put(value, values[name] ?? "–");
  });
}
