import { worker } from "../shared/http.js";
import { caller, IMPORTS } from "../shared/wasm.js";
import module from "./module.wasm";

export default worker(caller(new WebAssembly.Instance(module, IMPORTS).exports));
