// Puts the page together: asks once, then lives on what the stream of events says. Parts do not import
// each other: this module passes to a part what it needs from another one.

import * as changes from "./parts/changes.js";
import * as contact from "./parts/contact.js";
import * as doctor from "./parts/doctor.js";
import * as entrance from "./parts/entrance.js";
import * as headline from "./parts/headline.js";
import * as logs from "./parts/logs.js";
import * as models from "./parts/models.js";
import * as providers from "./parts/providers.js";
import * as services from "./parts/services.js";
import * as top from "./parts/top.js";
import * as tryit from "./parts/tryit.js";
import * as verify from "./parts/verify.js";
import { get } from "./tools/api.js";
import { failure } from "./tools/dialog.js";
import { allIsRead } from "./tools/early.js";
import { byId, fill } from "./tools/element.js";
import { setRoot } from "./tools/place.js";
import { onToken } from "./tools/session.js";
import { offerLanguages, onLanguage, speak, t } from "./tools/text.js";

async function start() {
  allIsRead();
  offerLanguages();
  speak();
  try {
    mount(await get("/api/session"));
  } catch (error) {
    onToken(() => location.reload());
    if (error.code === "unauthorized") entrance.show();
    else fill(byId("headline"), failure(error));
    speak();
  }
}

function mount(session) {
  setRoot(session.root);
  top.mount(session);
  headline.mount(session, { restart: services.restart, undo: changes.undo });
  services.mount(session);
  models.mount({ loaded: tryit.offer, tried: tryit.tryModel });
  providers.mount(session);
  changes.mount(session);
  doctor.mount(headline.takeDiagnosis);
  verify.mount();
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
  contact.on("back", () => { reload(); logs.open(); });
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
