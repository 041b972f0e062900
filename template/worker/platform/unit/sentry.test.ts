// What Sentry is sent of a failure, when, and what becomes of the answer meanwhile. Nothing leaves this machine.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serve } from "..";
import { send } from "../sentry";
import { type TestWorker, startWorker } from "../test/worker";
import { QUOTING } from "./quoting";

const DSN = "https://0123abcd@o1.ingest.sentry.example/42";
const SENT = new TextEncoder().encode("the body of a request");

interface Posted {
  url: string;
  method: string;
  headers: Headers;
  lines: Record<string, unknown>[];
}

const failure = {
  requestId: "7e57d004-2b97-4e7a-b45f-5387367791cd",
  code: "internal",
  type: "Error",
  message: "",
  place: null,
  route: null,
  method: "GET",
  instance: null,
  module: null,
  bundle: "b0a1b2c3",
  stack: null,
} as const;

let worker: TestWorker | undefined;
let posted: Posted[];
beforeEach(() => {
  posted = [];
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

/** Starts the Worker with a Sentry that keeps what it is sent, and answers with `answer`. */
async function start(dsn: string, answer: () => Promise<Response>): Promise<void> {
  worker = await startWorker("dist-unit", { SENTRY_DSN: dsn }, async (request) => {
    const text = await request.text();
    const lines = text.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    posted.push({ url: request.url, method: request.method, headers: new Headers(request.headers), lines });
    return answer();
  });
}

const post = (path: string) =>
  fetch(new URL(`${path}?a=query`, worker?.url), { method: "POST", headers: { "x-header": "a header" }, body: SENT });

const ok = async () => new Response("{}");

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 30_000 });

const expectNothing = () => expectNoMore(0);

async function expectNoMore(count: number): Promise<void> {
  await expect(vi.waitUntil(() => posted.length > count, { timeout: 300 })).rejects.toThrow();
}

it("gets one envelope with what the line in the log has", async () => {
  await start(DSN, ok);
  const response = await post("/panic");
  const requestId = String(response.headers.get("x-request-id"));
  const logged = JSON.parse(String(await worker?.logLine(requestId))) as Record<string, unknown>;
  await until(() => posted.length > 0);

  const [{ url, method, headers, lines }] = posted as [Posted];
  expect({ url, method }).toEqual({ url: "https://o1.ingest.sentry.example/api/42/envelope/", method: "POST" });
  expect(headers.get("content-type")).toBe("application/x-sentry-envelope");
  expect(headers.get("x-sentry-auth")).toMatch(
    /^Sentry sentry_version=7, sentry_client=my_worker\/\d+\.\d+\.\d+, sentry_key=0123abcd$/,
  );
  const event_id = requestId.replaceAll("-", "");
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
  expect(lines).toEqual([
    { event_id, sent_at: time },
    { type: "event" },
    {
      event_id,
      timestamp: time,
      platform: "javascript",
      level: "error",
      release: `my_worker@${String(logged["bundle"])}`,
      transaction: "POST /panic",
      tags: {
        requestId,
        code: "internal",
        route: "/panic",
        method: "POST",
        place: logged["place"],
        instance: "1",
        module: logged["module"],
        crate: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      },
      fingerprint: ["panic", "a panic on demand", logged["place"]],
      exception: {
        values: [
          {
            type: "panic",
            value: "a panic on demand",
            mechanism: { type: "worker", handled: false },
            stacktrace: { frames: expect.any(Array) as unknown[] },
          },
        ],
      },
    },
  ]);
  expect(lines[2]).toHaveProperty(
    "exception.values[0].stacktrace.frames",
    expect.arrayContaining([
      { filename: "index.js", lineno: expect.any(Number), colno: expect.any(Number) },
      { function: expect.stringMatching(/^wasm-function\[\d+\]$/) },
      { filename: "platform/src/faults.rs", lineno: expect.any(Number), colno: expect.any(Number) },
    ]),
  );
  expect(JSON.stringify(posted)).not.toMatch(/the body|query|a header/);
  expect(posted).toHaveLength(1);
});

it("gets nothing that the client sent, of whatever failure", async () => {
  await start(DSN, ok);
  for (const way of Object.keys(QUOTING)) {
    const { status } = await fetch(new URL(`/quoting/${way}`, worker?.url), { method: "POST", body: "4111111111" });
    expect(status).toBe(500);
  }
  await until(() => posted.length === Object.keys(QUOTING).length);
  expect(JSON.stringify(posted)).not.toContain("4111111111");
});

it("gets the environment that is set", async () => {
  const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(ok);
  await send(failure, { SENTRY_DSN: DSN, SENTRY_ENVIRONMENT: "staging" });
  const [, , event] = String(fetched.mock.calls[0]?.[1]?.body).split("\n");
  expect(JSON.parse(String(event))).toMatchObject({ environment: "staging" });
  fetched.mockRestore();
});

// https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/ has the headers.
it.each([
  ["all of it", 429, {}, 1],
  ["all of it, for a minute", 429, { "retry-after": "60" }, 1],
  ["all of it, from today on", 200, { "x-sentry-rate-limits": "60::organization" }, 1],
  ["errors", 200, { "x-sentry-rate-limits": "60:transaction:key, 60:default;error;security:organization" }, 1],
  ["something else", 200, { "x-sentry-rate-limits": "60:transaction:key" }, 3],
  ["something else, and refuses it", 429, { "x-sentry-rate-limits": "60:transaction:key" }, 3],
])("gets no more where it has too much of %s: %i %j", async (_, status, headers, count) => {
  await start(DSN, async () => new Response("{}", { status, headers }));
  for (let round = 1; round <= 3; round += 1) {
    await post("/panic");
    await until(() => posted.length === Math.min(round, count));
    await post("/none");
  }
  await expectNoMore(count);
});

it("gets nothing of an answer that is no failure", async () => {
  await start(DSN, ok);
  expect((await post("/none")).status).toBe(200);
  expect((await post("/other")).status).toBe(404);
  expect((await post("/panic")).status).toBe(500);
  await until(() => posted.length > 0);
  expect(posted).toHaveLength(1);
});

it("does not keep the client waiting", async () => {
  let end = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    end = resolve;
  });
  await start(DSN, () => slow.then(ok));
  const response = await post("/panic");
  await response.text();
  await until(() => posted.length > 0);
  expect((await post("/none")).status).toBe(200);
  end();
});

it.each([
  ["refuses", async () => new Response("no", { status: 503 })],
  ["cannot be reached", () => Promise.reject(new Error("no route to host"))],
])("changes nothing when it %s", async (_, answer) => {
  await start(DSN, answer);
  for (let round = 1; round <= 3; round += 1) {
    expect((await post("/panic")).status).toBe(500);
    expect(await (await post("/none")).text()).toBe("1 the body of a request");
  }
  await until(() => posted.length === 3);
});

it("gets nothing without a DSN", async () => {
  await start("", ok);
  expect((await post("/panic")).status).toBe(500);
  await expectNothing();
});

it("gets nothing with a DSN that is none, and the log says so once", async () => {
  await start("https://o1.ingest.sentry.example/42", ok);
  await post("/panic");
  await post("/panic");
  await expectNothing();
  expect(worker?.log().match(/SENTRY_DSN/g)).toHaveLength(1);
  expect(worker?.log()).not.toContain("sentry.example");
});

it("gets it, too, where index.ts gives no context", async () => {
  const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(ok);
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const env = { MAX_BODY_BYTES: 10, SENTRY_DSN: DSN };
  const wasm = { number: 1, call: () => expect.unreachable() };
  const response = await serve(new Request("http://worker/", { method: "POST" }), env, wasm, { "/": (body) => body });
  expect(response.status).toBe(500);
  expect(fetched).toHaveBeenCalledTimes(1);
  fetched.mockRestore();
  log.mockRestore();
});

describe("a DSN", () => {
  it.each([
    ["https://abc@sentry.example/1", "https://sentry.example/api/1/envelope/"],
    ["https://abc:secret@sentry.example/1", "https://sentry.example/api/1/envelope/"],
    ["http://abc@127.0.0.1:9000/a/path/1", "http://127.0.0.1:9000/a/path/api/1/envelope/"],
  ])("%s names %s", async (dsn, url) => {
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(ok);
    await send(failure, { SENTRY_DSN: dsn });
    expect(fetched.mock.calls).toEqual([[url, expect.objectContaining({ signal: expect.any(AbortSignal) })]]);
    fetched.mockRestore();
  });

  it("is the only thing whose failure is told", async () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no route to host"));
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await expect(send(failure, { SENTRY_DSN: DSN })).resolves.toBeUndefined();
    expect(log).not.toHaveBeenCalled();
    fetched.mockRestore();
    log.mockRestore();
  });
});
