// The second floor: the body is copied into WebAssembly and back, untouched, behind the guards that all have.

import { worker } from "../shared/http.js";
import { caller } from "../shared/wasm.js";
import module from "./module.wasm";

export default worker(caller(new WebAssembly.Instance(module).exports));
