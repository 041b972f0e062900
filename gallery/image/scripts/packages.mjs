// Says how worker's package.json, package-lock.json and node_modules agree: `unlocked` without a lock, `outdated` when
// the lock is of another package.json, `stale` when something else is installed than it says, otherwise `locked`.
import { existsSync, readFileSync } from "node:fs";

const worker = new URL("../worker/", import.meta.url);
// npm takes a byte order mark, too.
const read = (path) => JSON.parse(readFileSync(new URL(path, worker), "utf8").replace(/^\uFEFF/, ""));

function state() {
  if (!existsSync(new URL("package-lock.json", worker))) return "unlocked";
  const locked = read("package-lock.json").packages;
  // Of an npm before 7 it has none.
  if (locked === undefined) return "outdated";
  if (asked(read("package.json")) !== asked(locked[""] ?? {})) return "outdated";
  try {
    // npm writes this list last: an install that was interrupted has none, or an older one.
    const installed = read("node_modules/.package-lock.json").packages;
    return Object.entries(locked).every(([path, one]) => path === "" || isThere(path, one, installed[path])) ? "locked" : "stale";
  } catch {
    return "stale";
  }
}

// An optional package may be one of another platform, or needed by one.
function isThere(path, locked, installed) {
  if (installed === undefined) return locked.optional === true && !isForHere(locked);
  if (installed.version !== locked.version || installed.integrity !== locked.integrity) return false;
  // Of a package that others brought, somebody else's program may have the name.
  const programs = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) ? Object.keys(locked.bin ?? {}) : [];
  if (!programs.every((name) => existsSync(new URL(`node_modules/.bin/${name}`, worker)))) return false;
  return locked.version === undefined || read(`${path}/package.json`).version === locked.version;
}

/** Whether a package is for some platforms, and this is one of them. */
function isForHere({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return takes(os, process.platform) && takes(cpu, process.arch) && (libc === undefined || takes(libc, libcHere()));
}

/** Whether a list of npm's, such as ["linux"] or ["!win32"], takes one. */
function takes(list, one) {
  return list === undefined || (list.every((name) => name.startsWith("!")) ? !list.includes(`!${one}`) : list.includes(one));
}

function libcHere() {
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

function asked(manifest) {
  const groups = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies, manifest.peerDependencies];
  return JSON.stringify(groups.map((group) => Object.entries(group ?? {}).sort()));
}

console.log(state());
