// Completes the JavaScript that wasm-bindgen writes for the crate: node glue.mjs FILE.js. An exported struct is an
// address in the memory of its instance. Where wasm-bindgen gives that address to the module, it asks whether the
// instance is still the one that runs; but not in `free()`, nor for a struct in a `Vec`, and what lies at the address in
// a new instance would be somebody else's. Those places get the same question.

import { readFileSync, writeFileSync } from "node:fs";
import { argv, exit, stderr } from "node:process";

const [, , file] = argv;
const STALE = /__wbg_inst !== __wbg_instance_id/;
// The methods in which an address is made or taken apart, and none is given to the module.
const OWN = /^ {4}(static __wrap|__destroy_into_raw|constructor)\(/;

const lines = readFileSync(file, "utf8").split("\n");
const completed = lines.flatMap((line, number) => {
  const [, object] = /([\w.()]+?)\.(?:__destroy_into_raw\(\)|__wbg_ptr\b)/.exec(line) ?? [];
  if (object === undefined) {
    return [line];
  }
  const start = startOfFunction(number);
  if (OWN.test(lines[start]) || lines.slice(start, number).some((before) => STALE.test(before))) {
    return [line];
  }
  const stale = `if (${object}.__wbg_inst !== undefined && ${object}.__wbg_inst !== __wbg_instance_id)`;
  const indent = /^ */.exec(line)[0];
  // With its instance the struct is gone already.
  const way = lines[start].startsWith("    free()") ? "return;" : `throw new Error("a struct of an instance that is gone");`;
  return [`${indent}${stale} ${way}`, line];
});
const text = completed.join("\n");
if (/\bclass \w+ \{/.test(text) && !STALE.test(text)) {
  stderr.write(`glue: ${file} exports a struct, and never asks for its instance: expected wasm-bindgen to number them\n`);
  exit(1);
}
writeFileSync(file, text);

/** The line of the method or function that a line stands in. */
function startOfFunction(number) {
  const start = lines.slice(0, number).findLastIndex((line) => /^( {4})?[\w ]+\(.*\) \{$/.test(line));
  return Math.max(start, 0);
}
