// Whether a module has what .cargo/config.toml asks of the linker, and asks nothing of its host but what its JavaScript
// brings: `node module.mjs MODULE_bg.wasm`. Flags that were lost on the way would not be missed before production.

import { readFileSync } from "node:fs";
import { argv, exit, stderr } from "node:process";

const bytes = readFileSync(argv[2]);
const module = new WebAssembly.Module(bytes);
const flags = readFileSync(".cargo/config.toml", "utf8");
const asked = /^[^#]*--max-memory=(\d+)/m.exec(flags)?.[1];
const most = mostMemory();

const foreign = WebAssembly.Module.imports(module).filter(({ module }) => module === "env");

const wrong = [
  foreign.length > 0 &&
    `it imports from "env", which nothing has here: ${foreign.map(({ name }) => name).join(", ")}. These are of a dependency with C ` +
      'code, or of an extern "C" without #[wasm_bindgen]: take a crate without C, or turn off the feature that brings it',
  /^[^#]*--build-id/m.test(flags) && WebAssembly.Module.customSections(module, "build_id").length === 0 && "it has no build id, which .cargo/config.toml asks for",
  asked !== undefined && Number(asked) !== most && `its memory may grow to ${most ?? "any number of"} bytes, not to ${asked}, as .cargo/config.toml asks`,
].filter(Boolean);
if (wrong.length > 0) {
  stderr.write(`module: ${argv[2]} cannot be deployed: ${wrong.join("; ")}\n`);
  exit(1);
}

/** The maximum of the module's memory in bytes: https://webassembly.github.io/spec/core/binary/modules.html. */
function mostMemory() {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 5) {
      const [, limits] = [number(), number()];
      const [, most] = [number(), limits & 1 ? number() : undefined];
      return most === undefined ? undefined : most * 0x1_0000;
    }
    at = end;
  }
}
