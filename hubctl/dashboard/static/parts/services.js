// A tile for each service, kept and changed in place as snapshots come.

import { announce } from "../tools/announce.js";
import { post } from "../tools/api.js";
import { confirmed } from "../tools/dialog.js";
import { byId, el, fill, put, said } from "../tools/element.js";
import { icon } from "../tools/icon.js";
import { Spark } from "../tools/spark.js";
import { isWell, lookOf } from "../tools/states.js";
import { milliseconds, number, onLanguage, span, t } from "../tools/text.js";

const tiles = new Map();
let readOnly = false;
let latest = null;

export function mount(session) {
  readOnly = session.read_only;
  onLanguage(() => {
    if (!latest) return;
    byId("tiles").replaceChildren();
    const sparks = new Map([...tiles].map(([name, tile]) => [name, tile.spark]));
    tiles.clear();
    show(latest, sparks);
  });
}

// Takes the status documents that came, oldest first: the last one is shown, all of them lengthen the lines.
export function take(statuses) {
  const before = latest;
  latest = statuses.at(-1);
  show(latest);
  for (const [name, { spark }] of tiles) {
    spark.add(statuses.map((each) => each.services.find((service) => service.service === name)?.latency_ms ?? null));
  }
  if (before) tellChanges(before, latest);
}

// Forgets the lines: what was seen recently will come again.
export function startAnew() {
  for (const { spark } of tiles.values()) spark.values = [];
}

function tellChanges(before, status) {
  const states = new Map(before.services.map((service) => [service.service, service.state]));
  for (const { service, state } of status.services) {
    const was = states.get(service);
    if (was && was !== state) announce(t("nowIs", { service, state: t(`state_${state}`) }));
  }
}

function show(status, sparks = new Map()) {
  const names = status.services.map((service) => service.service);
  for (const [name, tile] of tiles) {
    if (!names.includes(name)) { tile.node.remove(); tiles.delete(name); }
  }
  for (const service of status.services) {
    if (!tiles.has(service.service)) {
      const tile = new Tile(service, sparks.get(service.service));
      tiles.set(service.service, tile);
      byId("tiles").append(tile.node);
    }
    tiles.get(service.service).show(service);
  }
  const well = status.services.filter(isWell).length;
  put(byId("services-aside"), t("wellOf", { well, n: status.services.length }));
  showNotes(status.notes ?? []);
}

function showNotes(notes) {
  const box = byId("notes");
  if (box.dataset.notes === JSON.stringify(notes)) return;
  box.dataset.notes = JSON.stringify(notes);
  fill(box, notes.map((note) => said(note, "li")));
}

class Tile {
  constructor(service, spark = new Spark()) {
    this.name = service.service;
    this.spark = spark;
    this.spark.draw();
    this.word = el("span", {});
    this.state = el("p", { class: "state" }, el("span", {}), this.word);
    this.detail = el("p", { class: "detail", lang: "en" });
    this.latency = el("span", { class: "latency" });
    this.facts = Object.fromEntries(["version", "uptime", "drift", "address"].map((key) => [key, el("dd", {})]));
    this.restart = readOnly ? null : el("button", {
      type: "button", class: "small", "aria-label": t("restartOf", { service: this.name }), onclick: () => restart(this.name),
    }, t("restart"));
    this.node = el("li", { class: "tile", "data-service": this.name },
      el("div", { class: "tile-head" },
        el("h3", {}, this.name, service.role ? el("span", { class: "role" }, t(`role_${service.role}`)) : null), this.restart),
      this.state,
      el("div", { class: "pulse" }, this.latency, this.spark.node),
      this.detail,
      el("dl", {}, Object.entries(this.facts).map(([key, value]) => el("div", { class: key }, el("dt", {}, t(key)), value))));
  }

  show(service) {
    const [tone, shape] = lookOf(service);
    if (this.shape !== shape || this.tone !== tone) {
      [this.shape, this.tone] = [shape, tone];
      this.node.className = `tile ${tone}`;
      this.state.className = `state ${tone}`;
      this.state.firstChild.replaceWith(icon(shape));
    }
    // A neighbour that hubctl only uses has no instances: it is not hubctl's to restart.
    if (this.restart) this.restart.hidden = !service.instances.length && service.state !== "missing";
    put(this.word, t(`state_${service.state}`));
    put(this.detail, service.detail);
    put(this.latency, service.latency_ms === null ? t("noAnswer") : milliseconds(service.latency_ms));
    this.latency.classList.toggle("none", service.latency_ms === null);
    put(this.facts.version, service.version ?? "–");
    put(this.facts.uptime, uptime(service));
    put(this.facts.drift, drift(service));
    this.facts.drift.classList.toggle("is-drift", service.drift.length > 0);
    put(this.facts.address, service.url?.replace(/^\w+:\/\//, "") ?? "–");
    this.facts.address.title = service.url ?? "";
  }
}

function uptime({ instances, desired }) {
  const running = instances.filter((instance) => instance.status === "running" && instance.started_at);
  if (!running.length) return "–";
  const youngest = Math.max(...running.map((instance) => Date.parse(instance.started_at)));
  const long = span((Date.now() - youngest) / 1000);
  const restarts = instances.reduce((sum, instance) => sum + instance.restarts, 0);
  const copies = desired > 1 ? ` · ${number(running.length)}/${number(desired)}` : "";
  return restarts ? `${long}${copies} · ${t("restarts", { n: restarts })}` : long + copies;
}

function drift(service) {
  if (!service.drift.length) return t("noDrift");
  return service.drift.map(({ kind, name }) => `${t(`drift_${kind}`)}: ${name}`).join(", ");
}

export function restart(name) {
  return confirmed({
    title: t("restartOf", { service: name }),
    text: t("restartText"),
    confirm: t("restart"),
    apply: () => post(`/api/services/${encodeURIComponent(name)}/restart`, {}),
  });
}
