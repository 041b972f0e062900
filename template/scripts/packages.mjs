// Says how worker's package.json, package-lock.json and node_modules agree: `unlocked` without a lock, `outdated` when
// the lock is of another package.json, `stale` when something else is installed than it says, otherwise `locked`.
import { existsSync, readFileSync } from "node:fs";

const worker = new URL("../worker/", import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, worker), "utf8"));

function state() {
  if (!existsSync(new URL("package-lock.json", worker))) return "unlocked";
  const locked = read("package-lock.json").packages;
  if (asked(read("package.json")) !== asked(locked[""] ?? {})) return "outdated";
  try {
    // npm writes this list last: an install that was interrupted has none, or an older one.
    const installed = read("node_modules/.package-lock.json").packages;
    return Object.entries(locked).every(([path, one]) => path === "" || isThere(path, one, installed[path])) ? "locked" : "stale";
  } catch {
    return "stale";
  }
}

// An optional package may be one of another platform.
function isThere(path, locked, installed) {
  if (installed === undefined) return locked.optional === true;
  if (installed.version !== locked.version || installed.integrity !== locked.integrity) return false;
  return locked.version === undefined || read(`${path}/package.json`).version === locked.version;
}

function asked(manifest) {
  const groups = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies, manifest.peerDependencies];
  return JSON.stringify(groups.map((group) => Object.entries(group ?? {}).sort()));
}

console.log(state());
