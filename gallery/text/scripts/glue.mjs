// Completes the JavaScript that wasm-bindgen writes for the crate: node glue.mjs FILE.js, beside which FILE.d.ts stands.
//
// An exported struct is an address in the memory of its instance. Where wasm-bindgen gives that address to the module,
// it asks whether the instance is still the one that runs; but not in `free()`, nor for a struct in a `Vec`, and what
// lies at the address in a new instance would be somebody else's. Those places get the same question.
//
// An exception that leaves the module is the end of its instance, for of Rust's frames none was left in order. Each
// export remembers it, so that worker/platform/wasm.ts knows whoever catches it. A WasmError is thrown here, after its export
// came back; it and a panic have classes of their own, by which no other error can be taken for one.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { argv, exit, stderr } from "node:process";

const [, , file] = argv;
const STALE = /__wbg_inst !== __wbg_instance_id/;
// The methods in which an address is made or taken apart, and none is given to the module.
const OWN = /^ {4}(static __wrap|__destroy_into_raw|constructor)\(/;

const EXPORTS = /\bwasm = (\w+)\.exports;/g;
const MORE = `
/** What platform/src/error.rs throws. */
export class WasmError extends Error {
    constructor(message, code, place) {
        super(message);
        this.name = "WasmError";
        this.code = code;
        this.place = place;
    }
}

/** What the panic hook in platform/src/lib.rs throws. */
export class Panic extends Error {
    constructor(message, place) {
        super(message);
        this.name = "Panic";
        this.place = place;
    }
}

let death;
let inside;

/** What left the instance as an exception; undefined while it lives. */
export function instance_death() {
    return death;
}

/** The name of each function that calls an export, while one is under way or when one was ended. */
export function instance_running() {
    return inside.calls > 0 ? NAME : undefined;
}

const NAME = "<call into CRATE>";

function remembering(exports) {
    death = undefined;
    // A call that is ended comes back to nothing, and is under way for good.
    const mine = (inside = { calls: 0 });
    const remember = (run) => {
        const call = (...args) => {
            mine.calls += 1;
            try {
                return run(...args);
            } catch (error) {
                death ??= { error };
                throw error;
            } finally {
                mine.calls -= 1;
            }
        };
        return Object.defineProperty(call, "name", { value: NAME });
    };
    const each = Object.entries(exports).map(([name, value]) => [name, typeof value === "function" ? remember(value) : value]);
    return Object.fromEntries(each);
}
`;
const TYPES = `
/** What platform/src/error.rs throws. */
export class WasmError extends Error {
  /** Nobody else has the arguments. */
  constructor(message: never, code: never, place: never);
  readonly code: string;
  readonly place: string | undefined;
}

/** What the panic hook in platform/src/lib.rs throws. */
export class Panic extends Error {
  constructor(message: never, place: never);
  readonly place: string | undefined;
}

/** What left the instance as an exception; undefined while it lives. */
export function instance_death(): { readonly error: unknown } | undefined;

/** A name on the stack of each call of an export, while one is under way or when one was ended. */
export function instance_running(): string | undefined;
`;

const written = readFileSync(file, "utf8");
if (written.match(EXPORTS)?.length !== 2) {
  stderr.write(`glue: ${file} does not take its exports from the first instance and from each new one, as expected. `);
  stderr.write("Where no line of yours names the platform, src/lib.rs needs one: use platform as _;\n");
  exit(1);
}
const lines = written.replace(EXPORTS, "wasm = remembering($1.exports);").split("\n");
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
  const way = lines[start].startsWith("    free()") ? "return;" : `throw new Error("Invalid stale object from previous Wasm instance");`;
  return [`${indent}${stale} ${way}`, line];
});
const text = completed.join("\n");
if (/\bclass \w+ \{/.test(text) && !STALE.test(text)) {
  stderr.write(`glue: ${file} exports a struct, and never asks for its instance: expected wasm-bindgen to number them\n`);
  exit(1);
}
writeFileSync(file, text + MORE.replace("CRATE", basename(file, ".js")));
appendFileSync(file.replace(/\.js$/, ".d.ts"), TYPES);

/** The line of the method or function that a line stands in. */
function startOfFunction(number) {
  const start = lines.slice(0, number).findLastIndex((line) => /^( {4})?[\w ]+\(.*\) \{$/.test(line));
  return Math.max(start, 0);
}
