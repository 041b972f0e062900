import * as crate from "../../image_metadata/pkg/image_metadata.js";
import module from "../../image_metadata/pkg/image_metadata_bg.wasm";
import { defineRoutes, instantiate, serve } from "../platform";
import "../platform/sentry";
import { getMetadata, postMetadata, putImage } from "./images";

const wasm = instantiate(crate, module);

// Each path, and what answers each of its methods.
const routes = defineRoutes<Env>()({
  "/metadata": { POST: postMetadata },
  "/images/:key": { PUT: putImage },
  "/images/:key/metadata": { GET: getMetadata },
});

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env>;
