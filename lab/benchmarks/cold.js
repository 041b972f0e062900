// Loads the Worker that stands in its bindings into a fresh isolate for each request, and has it answer: for cold.py.

let loads = 0;

export default {
  fetch(request, { loader, settings, ...files }) {
    loads += 1;
    const modules = {};
    for (const [name, content] of Object.entries(files)) {
      modules[name] = name.endsWith(".wasm") ? { wasm: distinct(content) } : { js: content };
    }
    return loader.load({ ...settings, mainModule: "index.js", modules }).getEntrypoint().fetch(request);
  },
};

/** The module with a custom section that no other has, for V8 compiles equal bytes only once in a process. */
function distinct(bytes) {
  const name = new TextEncoder().encode(String(loads).padStart(8, "0"));
  const module = new Uint8Array(bytes.byteLength + 3 + name.length);
  module.set(new Uint8Array(bytes));
  // Custom section: id 0, its size, the size of its name, the name (WebAssembly core specification, 5.5.3).
  module.set([0, 1 + name.length, name.length, ...name], bytes.byteLength);
  return module.buffer;
}
