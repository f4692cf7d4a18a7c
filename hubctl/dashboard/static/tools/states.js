// What the states of the documents look like, and which services need nothing done about them.

import { el } from "./element.js";
import { icon } from "./icon.js";
import { t } from "./text.js";

const LOOKS = {
  healthy: ["good", "good"],
  starting: ["wait", "wait"],
  unhealthy: ["bad", "warn"],
  unauthorized: ["bad", "lock"],
  unreachable: ["bad", "bad"],
  stopped: ["bad", "off"],
  missing: ["bad", "off"],
  unknown: ["off", "ask"],
};
const ORDER = ["gateway", "ollama", "cache", "ui", "database", null];
const FINISHED = "finished, as it is meant to";

export function isWell(service) {
  if (service.state === "missing") return service.desired === 0;
  if (service.state === "stopped") return service.detail === FINISHED;
  if (service.state === "unknown") return service.role === null;
  return service.state === "healthy";
}

// The first service on the path of a request that is not well.
export function firstBroken(services) {
  const sick = services.filter((service) => !isWell(service));
  return sick.sort((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role))[0] ?? null;
}

export function lookOf(service) {
  const [tone, shape] = LOOKS[service.state] ?? ["off", "ask"];
  return isWell(service) && tone === "bad" ? ["off", "off"] : [tone, shape];
}

// A state as shape, word and colour.
export function mark(tone, shape, word, attributes = {}) {
  return el("span", { class: `state ${tone}`, ...attributes }, icon(shape), el("span", {}, word));
}

const USABLE = { yes: ["good", "good"], no: ["bad", "bad"], unknown: ["off", "ask"] };

export const usable = (value) => mark(...USABLE[value] ?? USABLE.unknown, t(`usable_${value}`));

const PROOF = new Map([[true, ["good", "good"]], [false, ["bad", "bad"]], [null, ["off", "off"]]]);

export const proof = (ok) => mark(...PROOF.get(ok), t(`proof_${ok}`));

const SEVERITY = { error: ["bad", "bad"], warning: ["wait", "warn"], info: ["off", "ask"] };

export const severity = (value) => mark(...SEVERITY[value], t(`severity_${value}`));

const HOP = { well: ["good", "good"], broken: ["bad", "bad"], unknown: ["off", "ask"] };

export const hop = (state) => HOP[state] ?? HOP.unknown;
