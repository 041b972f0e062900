// The Worker of these tests: the routes of platform/test, and some that read bodies and fail in more ways.

import { WorkerEntrypoint } from "cloudflare:workers";
import * as crate from "../../../../my_worker/pkg-faults/my_worker.js";
import module from "../../../../my_worker/pkg-faults/my_worker_bg.wasm";
import { type Env, type Routes, Refusal, attempt, instantiate, readBody, serve } from "../..";
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

/** The exports of the crate that events ask, by the names in them, and what fails without it. */
const JOBS: Record<string, () => unknown> = {
  none: () => new TextDecoder().decode(wasm.call(crate.fault_none, new Uint8Array())),
  panic: () => wasm.call(crate.fault_panic, new Uint8Array()),
  refusal: () => {
    throw new Refusal("odd", "secret");
  },
  error: () => {
    throw new TypeError("secret", { cause: "secret" });
  },
};

export default class extends WorkerEntrypoint<Env> {
  override fetch(request: Request) {
    return serve(request, this.env, wasm, routes, this.ctx);
  }
  override async queue({ queue: route, messages }: MessageBatch<string>) {
    for (const message of messages) {
      const job = attempt({ method: "queue", route }, this.env, this.ctx, () => JOBS[message.body]?.());
      await job.then(() => message.ack(), () => message.retry());
    }
  }
  override async scheduled({ cron }: ScheduledController) {
    await attempt({ method: "scheduled", route: cron }, this.env, this.ctx, () => JOBS[cron]?.());
  }
  ask(job: string) {
    return attempt({ method: "rpc", route: "ask" }, this.env, this.ctx, () => JOBS[job]?.());
  }
}
