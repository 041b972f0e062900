import * as crate from "../../my_worker/pkg/my_worker.js";
import module from "../../my_worker/pkg/my_worker_bg.wasm";
import { type Routes, instantiate, serve } from "../platform";

const wasm = instantiate(crate, module);

// Each path, and the export of the crate that answers a POST to it.
const routes: Routes = {
  "/": crate.process_text,
  "/count": crate.count_text,
};

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env>;
