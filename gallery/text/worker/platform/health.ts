// GET /healthz: which build is running, with settings that requests can be answered with. It asks nothing of the
// module, and so answers when that one is dead.

import build from "./build.json";
import { type BodyEnv, bodyLimit } from "./body";
import type { Routes } from "./routes";

export const HEALTH: Routes<BodyEnv> = {
  "/healthz": {
    GET(_request, { env }) {
      bodyLimit(env);
      return Response.json(build, { headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" } });
    },
  },
};
