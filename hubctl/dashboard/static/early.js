// Asks for what takes longest while the rest of the page is still being read.

const PATHS = ["/api/session", "/api/litellm/models", "/api/providers", "/api/changes", "/api/test/litellm"];
const asked = new Map(PATHS.map((path) => [path, fetch(path, { cache: "no-store" })]));
for (const answer of asked.values()) answer.catch(() => {}); // whoever takes it hears of it

// Gives the answer that is under way, once.
export function early(path) {
  const answer = asked.get(path);
  asked.delete(path);
  return answer;
}
