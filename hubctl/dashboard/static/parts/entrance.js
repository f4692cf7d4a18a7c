// What a tab that is not signed in shows instead of the hub: how to open one that is.

import { copyable } from "../tools/command.js";
import { byId, fill } from "../tools/element.js";
import { onLanguage } from "../tools/text.js";

export function show() {
  document.documentElement.classList.add("signed-out");
  byId("entrance").hidden = false;
  onLanguage(() => fill(byId("entrance-command"), copyable("hubctl dashboard --open")));
}
