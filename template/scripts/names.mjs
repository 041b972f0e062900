// The names of a module's functions. The deployed module has none; its twin has, and the same code.
//
//   node names.mjs --part MODULE_bg.wasm   makes the two of what wasm-pack made; the twin is MODULE-BUILD.wasm
//   node names.mjs TWIN.wasm <LOG          writes the log with a name in place of each wasm-function[N]

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";

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

const file = argv.at(-1);
let bytes, module;
try {
  bytes = readFileSync(file);
  module = new WebAssembly.Module(bytes);
} catch (error) {
  stop(`${file}: expected a WebAssembly module: ${error.message}`);
}
const section = (name) => Buffer.from(WebAssembly.Module.customSections(module, name)[0] ?? "");
const build = section("build_id").toString("hex", 1) || "unknown";

if (argv.includes("--part")) part();
else name();

function part() {
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

function name() {
  const names = functionNames(section("name"));
  if (names.size === 0) {
    stop(`${basename(file)} has no names: expected the twin of the module, which ./build.sh build puts beside it`);
  }
  const log = readFileSync(0, "utf8");
  const builds = new Set(Array.from(log.matchAll(/\bmodule\\*": ?\\*"([0-9a-f]+)/g), ([, build]) => build));
  if (builds.size > 0 && !builds.has(build)) {
    stop(`the log is of the module ${[...builds].join(", ")}, the names of ${build}: give the file of the log's module`);
  }
  if (!/wasm-function\[\d+\]/.test(log)) {
    stop("no wasm-function[N] in the input: expected a line of the log, or a stack");
  }
  stdout.write(log.replace(/wasm-function\[(\d+)\]/g, (found, index) => names.get(Number(index)) ?? found));
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
