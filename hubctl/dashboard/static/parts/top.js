// The bar at the top: the name of the hub, and a badge if the page is read-only.

import { byId } from "../tools/element.js";

export function mount(session) {
  byId("hub-name").textContent = session.root.split("/").filter(Boolean).at(-1) ?? "";
  byId("hub-name").title = session.root;
  byId("read-only").hidden = !session.read_only;
}
