// Elements, made by DOM calls alone: every text becomes a text node, so nothing that a server says is ever markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...nodes(children));
  return node;
}

const nodes = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== "");

// Replaces what is in a box; the focus stays on the control with the same data-key.
export function fill(box, ...children) {
  const held = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.replaceChildren(...nodes(children));
  if (held) box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// Sets a text only where it differs, so that selections and screen readers are left alone.
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// What hubctl says, which is English whatever the page speaks; what stands in backticks is code.
export function said(text, tag = "span", attributes = {}) {
  const pieces = String(text ?? "").split(/`([^`]+)`/);
  return el(tag, { lang: "en", ...attributes }, pieces.map((piece, index) => (index % 2 ? el("code", {}, piece) : piece)));
}
