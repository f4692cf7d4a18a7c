// Asks for what takes longest while the rest of the page is still being read.

import { ask } from "./session.js";

const PATHS = ["/api/session", "/api/litellm/models", "/api/providers", "/api/changes", "/api/test/litellm"];
const asked = new Map(PATHS.map((path) => [path, ask(path)]));
for (const answer of asked.values()) answer.catch(() => {}); // whoever takes it hears of it

// Gives the answer that is under way, once.
export function early(path) {
  const answer = asked.get(path);
  asked.delete(path);
  return answer;
}

// A page whose scripts broke off on the way is read again, a few times.
const RELOADS = "hubctl-reloads";
document.querySelector('script[src$="main.js"]')?.addEventListener("error", () => {
  const count = Number(sessionStorage.getItem(RELOADS)) + 1;
  sessionStorage.setItem(RELOADS, String(count));
  if (count <= 3) setTimeout(() => location.reload(), 500);
});

export const allIsRead = () => sessionStorage.removeItem(RELOADS);
