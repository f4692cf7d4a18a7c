// A small drawn line: the latency of one service over the recent snapshots.

import { svg } from "./element.js";
import { milliseconds, t } from "./text.js";

const KEPT = 60;
const WIDTH = 240;
const HEIGHT = 40;
const EDGE = 4;

export class Spark {
  constructor() {
    this.values = [];
    this.area = svg("path", { class: "area" });
    this.line = svg("path", { class: "line" });
    this.gaps = svg("path", { class: "gaps" });
    this.now = svg("path", { class: "now" });
    this.node = svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" },
      this.area, this.line, this.gaps, this.now);
  }

  // A null is a snapshot in which the service gave no answer.
  add(values) {
    this.values = [...this.values, ...values].slice(-KEPT);
    this.draw();
  }

  draw() {
    const known = this.values.filter((value) => value !== null);
    const top = Math.max(1, ...known) * 1.15;
    const points = this.values.map((value, index) => [this.across(index), value === null ? null : down(value, top)]);
    const runs = unbroken(points);
    this.line.setAttribute("d", runs.map(path).join(""));
    this.area.setAttribute("d", runs.map((run) => `${path(run)}V${HEIGHT}H${run[0][0]}Z`).join(""));
    this.gaps.setAttribute("d", points.filter(([, y]) => y === null).map(([x]) => `M${x} ${HEIGHT - 7}V${HEIGHT - 1}`).join(""));
    const [x, y] = points.at(-1) ?? [0, null];
    this.now.setAttribute("d", y === null ? "" : `M${x} ${y}h.01`);
    this.node.setAttribute("aria-label", known.length
      ? t("sparkLabel", { n: this.values.length, low: milliseconds(Math.min(...known)), high: milliseconds(Math.max(...known)) })
      : t("sparkEmpty"));
  }

  across(index) {
    const step = (WIDTH - 2 * EDGE) / (KEPT - 1);
    return +(WIDTH - EDGE - (this.values.length - 1 - index) * step).toFixed(1);
  }
}

const down = (value, top) => +(HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE)).toFixed(1);

// One step more for a lone point, which would have no length.
const path = (run) => `M${run.map(([x, y]) => `${x} ${y}`).join("L")}${run.length > 1 ? "" : "h.5"}`;

function unbroken(points) {
  const runs = [[]];
  for (const point of points) {
    if (point[1] === null) runs.push([]);
    else runs.at(-1).push(point);
  }
  return runs.filter((run) => run.length);
}
