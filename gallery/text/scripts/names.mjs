// The names for a stack in the log. Those of the module's functions are in its twin, for the deployed module has none;
// those of the sources' files and lines in the source map of the bundle.
//
//   node names.mjs --part MODULE_bg.wasm   makes the two of what wasm-pack made; the twin is MODULE-BUILD.wasm
//   node names.mjs TWIN.wasm MAP <LOG      writes the log with names in place of each wasm-function[N] and index.js:L:C
//   node names.mjs --hints <TEXT           writes what helps against the errors in it that hints.json knows by their words;
//                                          a log gets the same

import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, posix } from "node:path";
import { argv, exit, stderr, stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";

/** Reads a module: https://webassembly.github.io/spec/core/binary/modules.html. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get more() {
    return this.at < this.bytes.length;
  }

  number() {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  take(length = this.number()) {
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

const [, , first, second] = argv;
if (first === "--part") part(second);
else if (first === "--hints") stdout.write(hints(await text(stdin)));
else {
  const log = await text(stdin);
  const helps = hints(log);
  // Below what is said of the names, too.
  process.on("exit", () => stderr.write(helps));
  stdout.write(named(log, first, second, helps !== ""));
}

/** What helps, a paragraph each. */
function hints(said) {
  const table = JSON.parse(readFileSync(new URL("hints.json", import.meta.url), "utf8"));
  return table.filter(([words]) => RegExp(words).test(said)).map(([, hint]) => `\nhint: ${hint}\n`).join("");
}

function part(file) {
  const { bytes, build } = opened(file);
  const kept = [bytes.subarray(0, 8)];
  for (const reader = new Reader(bytes, 8); reader.more; ) {
    const start = reader.at;
    const custom = reader.take(1)[0] === 0;
    const content = reader.take();
    const name = custom ? String(new Reader(content).take()) : "";
    if (!/^(name|producers|\.debug_.*)$/.test(name)) kept.push(bytes.subarray(start, reader.at));
  }
  writeFileSync(file.replace(/_bg\.wasm$/, `-${build}.wasm`), bytes);
  writeFileSync(file, Buffer.concat(kept));
}

/** A module: its bytes, its build id, and the section that names its functions. */
function opened(file) {
  const bytes = content(file);
  try {
    const module = new WebAssembly.Module(bytes);
    const section = (name) => Buffer.from(WebAssembly.Module.customSections(module, name)[0] ?? "");
    return { bytes, build: section("build_id").toString("hex", 1) || "unknown", names: section("name") };
  } catch (error) {
    stop(`${file}: expected a WebAssembly module: ${error.message}`);
  }
}

function content(file) {
  try {
    return readFileSync(file);
  } catch {
    stop(`there is no ${file}: ./build.sh test makes the files with the names, and CI keeps those of each deployment`);
  }
}

function named(log, twin, map, isKnown) {
  const inModule = /wasm-function\[(\d+)\]/g;
  const inBundle = /\bindex\.js:(\d+):(\d+)/g;
  const functions = log.match(inModule) && functionsOf(twin, log);
  const sources = log.match(inBundle) && sourcesOf(map, log);
  if (!functions && !sources && !isKnown) {
    stop("neither wasm-function[N] nor index.js:L:C in the input: expected a line of the log, or a stack");
  }
  return log
    .replace(inModule, (found, index) => functions.get(Number(index)) ?? found)
    .replace(inBundle, (found, line, column) => sources(Number(line), Number(column)) ?? found);
}

function functionsOf(twin, log) {
  const { build, names } = opened(twin);
  const functions = functionNames(names);
  if (functions.size === 0) {
    stop(`${basename(twin)} has no names: expected the twin of the module, which ./build.sh build puts beside it`);
  }
  expectSame(log, "module", build);
  return functions;
}

/** Finds the place in the sources, seen from the project's folder, for one in the bundle. */
function sourcesOf(file, log) {
  const map = JSON.parse(content(file));
  // The bundle has platform/build.json in it, and its map the text of that.
  const [, build] = /"bundle":"(\w+)"/.exec(map.sourcesContent) ?? [];
  expectSame(log, "bundle", build);
  const sources = new SourceMap(map);
  return (line, column) => {
    const { originalSource, originalLine, originalColumn } = sources.findEntry(line - 1, column - 1);
    return originalSource && `${posix.join("worker/dist", originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
  };
}

/** The log of one build has other numbers than that of another. */
function expectSame(log, what, build) {
  const builds = new Set(Array.from(log.matchAll(RegExp(`\\b${what}\\\\*": ?\\\\*"(\\w+)`, "g")), ([, found]) => found));
  if (builds.size > 0 && !builds.has(build)) {
    stop(`the log is of the ${what} ${[...builds].join(", ")}, the names of ${build}: give the file of the log's ${what}`);
  }
}

/** https://webassembly.github.io/spec/core/appendix/custom.html#function-names. */
function functionNames(section) {
  const names = new Map();
  for (const reader = new Reader(section); reader.more; ) {
    const kind = reader.take(1)[0];
    const content = new Reader(reader.take());
    for (let left = kind === 1 ? content.number() : 0; left > 0; left -= 1) {
      const index = content.number();
      // Without the hashes by which rustc tells two of a name apart; those in brackets have no leading zeros.
      names.set(index, String(content.take()).replace(/\[[0-9a-f]{8,16}\]|::h[0-9a-f]{16}$/g, ""));
    }
  }
  return names;
}

function stop(message) {
  stderr.write(`names: ${message}\n`);
  exit(1);
}
