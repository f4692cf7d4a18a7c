// Which language the page speaks, and how it writes numbers, times and what is counted.

import en from "../words/en.js";
import ru from "../words/ru.js";

const TEXTS = { en, ru };
const KEPT = "hubctl-lang";
const listeners = [];
let lang = chosen();

function chosen() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in TEXTS) return asked;
  const kept = localStorage.getItem(KEPT);
  return kept in TEXTS ? kept : "en";
}

// A text by its key, with {name} filled in. A text that is a table of plural forms is chosen by `n`.
export function t(key, values = {}) {
  const found = TEXTS[lang][key] ?? TEXTS.en[key] ?? key;
  const text = typeof found === "object" ? found[new Intl.PluralRules(lang).select(values.n)] ?? found.other : found;
  return text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}

// The name of a hop of the path in the page's language; in English it is what hubctl calls it.
export const hopName = ({ hop, title }) => TEXTS[lang].hops?.[hop] ?? title;

export function onLanguage(listener) {
  listeners.push(listener);
}

export function speak(next = lang) {
  lang = next;
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
  for (const listener of listeners) listener();
}

export function offerLanguages() {
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => {
      localStorage.setItem(KEPT, button.dataset.lang);
      const address = new URL(location.href);
      address.searchParams.delete("lang");
      history.replaceState(null, "", address);
      speak(button.dataset.lang);
    });
  }
}

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export const milliseconds = (value) => `${number(value, value < 9.95 ? 1 : 0)} ${t("ms")}`;

export const seconds = (value) => `${number(value, value < 9.95 ? 2 : 1)} ${t("s")}`;

export const clock = (when) =>
  new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(when);

export const moment = (when) =>
  new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(when);

const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

// A span of time in its two largest units.
export function span(secondsLong) {
  const whole = Math.max(0, Math.round(secondsLong));
  const first = Math.max(0, UNITS.findIndex(([, size]) => whole >= size));
  const [unit, size] = UNITS[whole ? first : UNITS.length - 1];
  const [smaller, smallerSize] = UNITS[first + 1] ?? [null, 0];
  const rest = smaller && unit !== "min" ? Math.floor((whole % size) / smallerSize) : 0;
  const large = `${number(Math.floor(whole / size))} ${t(unit)}`;
  return rest ? `${large} ${number(rest)} ${t(smaller)}` : large;
}

export function bytes(count) {
  return count >= 1e9 ? `${number(count / 1e9, 1)} ${t("gb")}` : `${number(count / 1e6)} ${t("mb")}`;
}
