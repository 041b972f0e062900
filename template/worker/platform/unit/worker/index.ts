// The Worker of these tests: the routes of platform/test, and some that read bodies and fail in more ways.

import * as crate from "../../../../my_worker/pkg-faults/my_worker.js";
import module from "../../../../my_worker/pkg-faults/my_worker_bg.wasm";
import { type Env, type Routes, instantiate, readBody, serve } from "../..";
import "../../sentry";
import { faults } from "../../test/faults";
import { BODIES } from "../bodies";
import { routes as quoting } from "../quoting";

const wasm = instantiate(crate, module);

const routes: Routes<Env> = {
  ...faults(crate, wasm),
  ...quoting,
  "/quoting": { POST: async (request) => new Response(wasm.call(crate.fault_quoting, await readBody(request, 100))) },
  ...BODIES,
};

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env>;
