// Where the hub's files are, so that they can be named from its folder.

let root = null;

export function setRoot(folder) {
  root = folder;
}

export const within = (path) => (root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
