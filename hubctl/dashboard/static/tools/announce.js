// Says politely, for those who do not see it, what has changed: one sentence after the other, each for a while.

import { byId, el } from "./element.js";

const STAYS_MS = 8000;

export function announce(sentence) {
  const line = el("p", {}, sentence);
  byId("announcer").append(line);
  setTimeout(() => line.remove(), STAYS_MS);
}
