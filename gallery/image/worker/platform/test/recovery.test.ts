// What happens when the instance dies: one 500 that gives nothing away, a log line that tells why, and
// the next request answered by a new instance.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestWorker, startWorker } from "./worker";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-faults");
});
afterAll(() => worker.stop());

const SENT = new TextEncoder().encode("the body of a request");

const post = (path: string) => fetch(new URL(path, worker.url), { method: "POST", body: SENT });

/** How many calls this instance has answered, 1 right after a recovery; NaN if it did not get what was sent. */
async function callsOfInstance(): Promise<number> {
  const answer = await (await post("/none")).text();
  return answer.endsWith(" the body of a request") ? parseInt(answer) : NaN;
}

async function expectFailure(response: Response): Promise<Record<string, unknown>> {
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect({ status: response.status, answer: await response.json() }).toEqual({
    status: 500,
    answer: { error: `the Worker failed; its log has request ${requestId}`, code: "internal" },
  });
  return JSON.parse(await worker.logLine(String(requestId))) as Record<string, unknown>;
}

let instances = 0;

describe.each([
  ["/panic", "panic", /^a panic on demand$/, /^platform\/src\/faults\.rs:\d+:\d+$/],
  ["/out-of-memory", "RuntimeError", /^unreachable$/, /^null$/],
  ["/stack-overflow", expect.any(String), /^(memory access out of bounds|Maximum call stack size exceeded)$/, /^null$/],
  ["/exception", "QuotaExceededError", /^null$/, /^null$/],
  ["/call-within", "Misuse", /^wasm.call: expected no call within a call/, /^null$/],
])("after %s", (path, type, message, place) => {
  it("the next request is answered by a new instance, and the log has the cause", async () => {
    await callsOfInstance();
    expect(await callsOfInstance()).toBeGreaterThan(1);

    const logged = await expectFailure(await post(path));
    expect(logged).toEqual({
      requestId: expect.any(String),
      code: "internal",
      type,
      message: logged["message"],
      place: logged["place"],
      route: path,
      method: "POST",
      instance: ++instances,
      module: expect.stringMatching(/^[0-9a-f]+$/),
      bundle: expect.stringMatching(/^b[0-9a-f]+$/),
      stack: expect.stringMatching(/^at /),
    });
    expect(String(logged["message"])).toMatch(message);
    expect(String(logged["place"])).toMatch(place);

    expect(await callsOfInstance()).toBe(1);
    expect(await callsOfInstance()).toBe(2);
  });
});

it("a struct that outlives its instance takes nothing from the next one", async () => {
  const note = async (method: string, text: string) => {
    const response = await fetch(new URL(`/notes/${text}`, worker.url), { method });
    return `${response.status} ${await response.text()}`;
  };
  // Four requests, each of which may hold its note while the others are answered.
  await note("PUT", "outlived");
  await (await post("/panic")).text();
  await note("PUT", "theirs");
  expect(await note("DELETE", "outlived")).toBe("200 ");
  await note("PUT", "after!");

  expect(await note("GET", "theirs")).toBe("200 theirs");
  expect(await note("GET", "after!")).toBe("200 after!");
  expect(await note("GET", "outlived")).toMatch(/^500 /);
  expect(await callsOfInstance()).toBe(1);
  instances += 1;
});

const ROUNDS = 100;

it(`answers every good request between ${ROUNDS} panics`, async () => {
  const failures: unknown[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const panic = await post("/panic");
    await panic.text();
    const calls = await callsOfInstance();
    if (panic.status !== 500 || !panic.headers.has("x-request-id") || calls !== 1) {
      failures.push({ round, status: panic.status, calls });
    }
  }
  expect(failures).toEqual([]);
}, 120_000);
