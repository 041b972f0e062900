// Prints, as JSON, how many bytes of memory the module of a project has after the worst request of a length, and how many
// the answer has: node worst.mjs FOLDER CRATE LENGTH. Worst is what grows most in upper case.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

const [, , folder, name, length] = argv;
const crate = await import(pathToFileURL(join(folder, `${name}.js`)));
const module = new WebAssembly.Module(readFileSync(join(folder, `${name}_bg.wasm`)));

const found = ["a", "é", "ΰ", "ŉ", "ﬃ", "\\u0390", "\\u0001", "ΰ".repeat(53), `${"ΰ".repeat(1000)}\\n`].map((text) => {
  crate.initSync({ module });
  crate.schedule_recovery();
  crate.complete_recovery();
  const start = `{"uppercase":true,"maxLength":${length},"text":"`;
  const times = Math.floor((length - start.length - 2) / Buffer.byteLength(text));
  const answer = crate.process_text(Buffer.from(`${start}${text.repeat(times)}"}`)).byteLength;
  return { module: crate.initSync({ module }).memory.buffer.byteLength, answer };
});
console.log(JSON.stringify(found.reduce((worst, each) => (each.module > worst.module ? each : worst))));
