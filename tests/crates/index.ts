// The crates of docs/crates.md, each asked for by its name, and the mistakes of which it speaks.

import * as crate from "../../my_worker/pkg/my_worker.js";
import module from "../../my_worker/pkg/my_worker_bg.wasm";
import { type Env, type Routes, instantiate, serve } from "../platform";

const wasm = instantiate(crate, module);

// A module with nothing in it.
const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

const routes: Routes = {
  "/called/:name": {
    GET: (_, { params }) => new Response(wasm.call(crate.called, String(params.name))),
  },
  "/mistake/:name": {
    async GET(_, { params }) {
      if (params.name === "Module") {
        Reflect.construct(WebAssembly.Module, [EMPTY]);
      } else if (params.name === "compile" || params.name === "instantiate") {
        // Which the runtime has, and its types have not.
        await Reflect.get(WebAssembly, params.name)(EMPTY);
      } else if (params.name === "object") {
        wasm.call(() => {
          const counter = new crate.Counter();
          const nothing = () => {};
          const again = () => counter.count(nothing as unknown as crate.Callback);
          counter.count(again as unknown as crate.Callback);
        });
      } else {
        wasm.call(crate.mistake, String(params.name));
      }
      return new Response("no mistake");
    },
  },
};

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env>;
