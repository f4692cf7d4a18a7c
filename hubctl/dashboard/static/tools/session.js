// The session of this tab: the token that each request carries. It comes in the fragment of the address, which a
// browser sends to nobody, and sessionStorage keeps it for this tab at this port. A cookie would go to every port.

const KEPT = "hubctl-token";
const listeners = [];
const UNKNOWN = { ok: false, error: { code: "unauthorized", message: "this tab is not signed in", hint: null } };

take();
addEventListener("hashchange", () => { if (take()) for (const listener of listeners) listener(); });

// Keeps a token that came with the address, and takes it out of there.
function take() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  sessionStorage.setItem(KEPT, given);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

// Calls back when the page that is open already is given a token.
export function onToken(listener) {
  listeners.push(listener);
}

// Asks with the token. Without one, and with one that was refused, the answer is known.
export async function ask(path, options = {}) {
  const token = sessionStorage.getItem(KEPT);
  if (!token) return Response.json(UNKNOWN, { status: 401 });
  const headers = { ...options.headers, Authorization: `Bearer ${token}` };
  const response = await fetch(path, { cache: "no-store", ...options, headers });
  if (response.status === 401 && sessionStorage.getItem(KEPT) === token) sessionStorage.removeItem(KEPT);
  return response;
}
