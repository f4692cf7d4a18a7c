// Puts the page together: asks once, then lives on what the stream of events says.

import { get } from "./api.js";
import * as changes from "./changes.js";
import * as contact from "./contact.js";
import { failure } from "./dialog.js";
import * as doctor from "./doctor.js";
import { allIsRead } from "./early.js";
import { byId, fill } from "./element.js";
import * as headline from "./headline.js";
import * as logs from "./logs.js";
import * as models from "./models.js";
import { setRoot } from "./place.js";
import * as providers from "./providers.js";
import * as services from "./services.js";
import { offerLanguages, onLanguage, speak, t } from "./text.js";
import * as tryit from "./tryit.js";
import * as verify from "./verify.js";

async function start() {
  allIsRead();
  offerLanguages();
  speak();
  try {
    mount(await get("/api/session"));
  } catch (error) {
    fill(byId("headline"), failure(error));
  }
}

function mount(session) {
  byId("hub-name").textContent = session.root.split("/").filter(Boolean).at(-1) ?? "";
  byId("hub-name").title = session.root;
  setRoot(session.root);
  byId("read-only").hidden = !session.read_only;
  for (const part of [headline, services, models, providers, changes, doctor, verify]) part.mount(session);
  tryit.mount();
  contact.on("opened", services.startAnew);
  contact.on("statuses", (statuses) => {
    services.take(statuses);
    headline.takeStatus(statuses.at(-1));
    doctor.take(statuses.at(-1));
    logs.offer(statuses.at(-1));
    ready("status");
  });
  contact.on("refused", (error) => { headline.takeRefusal(error); ready("status"); });
  contact.on("change", () => { reload(); doctor.soon(); });
  contact.on("back", reload);
  contact.connect();
  logs.mount();
  speak();
  Promise.all([reload(), verify.load()]).then(() => ready("lists"));
}

const reload = () => Promise.all([models.load(), providers.load(), changes.load()]);

const awaited = new Set(["status", "lists"]);

// Marks the moment from which everything is there to be used.
function ready(part) {
  awaited.delete(part);
  if (awaited.size || document.documentElement.dataset.ready) return;
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

onLanguage(() => { if (!document.documentElement.dataset.ready) document.title = t("title"); });
start();
