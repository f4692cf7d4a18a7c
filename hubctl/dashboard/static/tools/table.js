// Tables. On a narrow screen each row becomes a block.

import { el } from "./element.js";

// A table that is still one for a screen reader when a narrow screen lays its cells out as blocks.
export function table(label, heads, rows) {
  const head = el("tr", { role: "row" }, heads.map((text) => el("th", { role: "columnheader", scope: "col" }, text)));
  const body = rows.map(({ cells, ...attributes }) =>
    el("tr", { role: "row", ...attributes }, cells.map((cell, column) => labelled(cell, heads[column], column))));
  return el("table", { role: "table", "aria-label": label },
    el("thead", { role: "rowgroup" }, head), el("tbody", { role: "rowgroup" }, body));
}

function labelled(cell, head, column) {
  const attributes = column ? { role: "cell", "data-head": head } : { role: "rowheader", scope: "row" };
  return el(column ? "td" : "th", attributes, el("div", { class: "cell" }, cell));
}
