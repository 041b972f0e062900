import { worker } from "../shared/http.js";
import { caller, IMPORTS } from "../shared/wasm.js";
import module from "./module.wasm";

// What Emscripten adds to every module. That the memory has grown needs nothing: ../shared/wasm.js asks for it anew.
const EMSCRIPTEN = {
  env: { ...IMPORTS.env, emscripten_notify_memory_growth() {} },
  wasi_snapshot_preview1: {
    proc_exit(status) {
      throw new Error(`the module ended with status ${status}`);
    },
  },
};

const { exports } = new WebAssembly.Instance(module, EMSCRIPTEN);
exports._initialize();

export default worker(caller(exports));
