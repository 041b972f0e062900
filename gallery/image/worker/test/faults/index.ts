// A Worker like src/index.ts, over the crate's exports that fail on demand. Only tests bundle it.

import * as crate from "../../../image_metadata/pkg-faults/image_metadata.js";
import module from "../../../image_metadata/pkg-faults/image_metadata_bg.wasm";
import { type Env, instantiate, serve } from "../../platform";
import { faults } from "../../platform/test/faults";

const wasm = instantiate(crate, module);

const routes = faults(crate, wasm);

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env>;
