// A command of the terminal with a button that copies it.

import { announce } from "./announce.js";
import { el } from "./element.js";
import { t } from "./text.js";

export function copyable(command) {
  return el("span", { class: "command" }, el("code", {}, command), copier(command, "copy"));
}

export function copier(command, word) {
  const button = el("button", {
    type: "button", class: "small", title: command, "aria-label": t("copyOf", { command }), "data-key": `copy-${command}`,
  }, t(word));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command).then(() => say("copied"), () => say("notCopied"));
  });
  const say = (key) => {
    button.textContent = t(key);
    announce(t(key));
    setTimeout(() => { button.textContent = t(word); }, 2000);
  };
  return button;
}
