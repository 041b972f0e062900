// The code that handles many bytes at once, in the module. `cargo test --workspace` runs the same checks without SIMD.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestWorker, startWorker } from "./worker";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-faults");
});
afterAll(() => worker.stop());

it("does what std does, byte by byte", async () => {
  const answer = await fetch(new URL("/simd", worker.url), { method: "POST", body: new Uint8Array(1) });
  // A difference is a panic, whose place the log has.
  expect(worker.log()).toBe("");
  expect(await answer.text()).toBe("as std");
});
