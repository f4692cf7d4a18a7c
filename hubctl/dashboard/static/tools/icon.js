// The shape that goes with each tone: state is told by shape and word, never by colour alone.

import { svg } from "./element.js";

const PATHS = {
  good: ["M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Z", "M4.9 8.2l2.1 2.1 4.1-4.4"],
  wait: ["M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Z", "M8 4.6V8l2.3 1.6"],
  warn: ["M8 1.6 15 14H1L8 1.6Z", "M8 6.2v3.6M8 11.7v.4"],
  bad: ["M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2l4-4Z", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"],
  lock: ["M3 7h10v7.4H3V7Z", "M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7M8 10v1.6"],
  off: ["M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Z", "M5 8h6"],
  ask: ["M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2Z", "M6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.3M8 11.4v.3"],
};

export function icon(shape) {
  const [outline, sign] = PATHS[shape];
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { class: "outline", d: outline }), svg("path", { class: "sign", d: sign }));
}
