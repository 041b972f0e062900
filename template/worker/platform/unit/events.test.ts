// What is no request has the recovery of one, and its line in the log: in workerd, each as the runtime brings it.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestWorker, startWorker } from "../test/worker";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-unit");
});
afterAll(() => worker.stop());

const FAILED = /^the Worker failed; its log has request ([0-9a-f-]{36})$/;

const ask = async (job: string): Promise<unknown> => worker.service["ask"](job);

/** The name and the message of what an RPC is told. Old runtimes put the one before the other. */
async function told(job: string): Promise<string> {
  const { name, message } = (await ask(job).catch((error: unknown) => error)) as Error;
  return `${name}: ${message}`.replace(/^Error: /, "");
}

/** The lines of the log in which events of a kind failed, once there are so many. */
async function lines(method: string, count: number): Promise<Record<string, unknown>[]> {
  const all = () => worker.log().split("\n").filter((line) => line.includes(`"method":"${method}"`));
  await expect.poll(() => all().length).toBe(count);
  return all().map((line) => JSON.parse(line.replace(/^[^{]*/, "")) as Record<string, unknown>);
}

const line = (method: string, route: string, failure: object) => ({
  requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  route,
  method,
  code: "internal",
  message: null,
  place: null,
  instance: null,
  module: null,
  bundle: expect.stringMatching(/^b[0-9a-f]+$/) as string,
  stack: expect.stringMatching(/^at /) as string,
  ...failure,
});

const panic = (instance: number) => ({
  type: "panic",
  message: "a panic on demand",
  place: expect.stringMatching(/^platform\/src\/faults\.rs:\d+:\d+$/) as string,
  instance,
  module: expect.stringMatching(/^[0-9a-f]+$/) as string,
});

it("of a queue, a message after one that panicked", async () => {
  const bodies = ["none", "panic", "none", "refusal", "error"];
  expect(await worker.queue("jobs", bodies.map((body) => ({ body })))).toMatchObject({
    outcome: "ok",
    explicitAcks: ["0", "2"],
    retryMessages: [{ msgId: "1" }, { msgId: "3" }, { msgId: "4" }],
  });
  expect(await lines("queue", 3)).toEqual([
    line("queue", "jobs", panic(1)),
    line("queue", "jobs", { type: "WasmError" }),
    line("queue", "jobs", { type: "TypeError" }),
  ]);
  // The second call of the second instance.
  expect(await ask("none")).toBe("2 ");
});

it("of a cron, a tick after one that panicked", async () => {
  expect(await worker.scheduled({ cron: "panic" })).toMatchObject({ outcome: "exception" });
  expect(await worker.scheduled({ cron: "none" })).toMatchObject({ outcome: "ok" });
  expect(await worker.scheduled({ cron: "error" })).toMatchObject({ outcome: "exception" });
  expect(await worker.scheduled({ cron: "refusal" })).toMatchObject({ outcome: "exception" });
  expect(await lines("scheduled", 3)).toEqual([
    line("scheduled", "panic", panic(2)),
    line("scheduled", "error", { type: "TypeError" }),
    line("scheduled", "refusal", { type: "WasmError" }),
  ]);
  expect(await ask("none")).toBe("2 ");
});

it("of an RPC, a call after one that panicked, of which the caller learns a request id", async () => {
  const [, id] = FAILED.exec(await told("panic")) ?? [];
  expect(await ask("none")).toBe("1 ");
  expect(await told("error")).toMatch(FAILED);
  expect(await lines("rpc", 2)).toEqual([
    line("rpc", "ask", { ...panic(3), requestId: id }),
    line("rpc", "ask", { type: "TypeError" }),
  ]);
});

it("of an RPC, a refusal, which is for the caller alone", async () => {
  const { length } = worker.log();
  expect(await told("refusal")).toBe("Refusal: secret");
  await told("error");
  await lines("rpc", 3);
  expect(worker.log().slice(length)).not.toContain("WasmError");
});

it("and nothing of what was thrown", () => {
  expect(worker.log()).not.toContain("secret");
});
