// Sees every memory of every WebAssembly instance that is made after it, for memory.py. Imported first.

const memories = new Set();

function remember(values) {
  for (const value of values) {
    if (value instanceof WebAssembly.Memory) {
      memories.add(value);
    }
  }
}

function seen(instance, imports = {}) {
  remember(Object.values(instance.exports));
  remember(Object.values(imports).flatMap((group) => Object.values(group)));
  return instance;
}

const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (module, imports) => seen(await instantiate(module, imports), imports);
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct: (Instance, [module, imports]) => seen(new Instance(module, imports), imports),
});

/** Answers the bytes of all these memories. */
export const Memory = {
  fetch: () => new Response(String([...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0))),
};
