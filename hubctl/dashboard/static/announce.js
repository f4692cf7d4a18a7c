// Says politely, for those who do not see it, what has changed.

import { byId } from "./element.js";

let waiting = null;

export function announce(sentence) {
  const box = byId("announcer");
  clearTimeout(waiting);
  box.textContent = "";
  waiting = setTimeout(() => { box.textContent = sentence; }, 80);
}
