// The guards of src/http.ts that a request to a running Worker cannot show: what is read, and what is not.

import { memoryUsage } from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBody, requireJson } from "../src/http";
import { type TestWorker, startWorker } from "./worker";

const LIMIT = 1000;

describe("the limit of the body", () => {
  let worker: TestWorker;
  beforeAll(async () => {
    worker = await startWorker("dist-faults", { MAX_BODY_BYTES: LIMIT });
  });
  afterAll(() => worker.stop());

  const post = (body: BodyInit) =>
    fetch(new URL("/none", worker.url), { method: "POST", body, duplex: "half" } as RequestInit);
  const chunked = (bytes: number) => new Blob([new Uint8Array(bytes)]).stream();

  it.each([
    ["a Content-Length", new Uint8Array(LIMIT)],
    ["chunks", chunked(LIMIT)],
  ])("admits a body of exactly the limit, sent with %s", async (_, body) => {
    expect((await post(body)).status).toBe(200);
  });

  it.each([
    ["a Content-Length", new Uint8Array(LIMIT + 1)],
    ["chunks", chunked(LIMIT + 1)],
  ])("answers 413 to one byte more, sent with %s", async (_, body) => {
    const response = await post(body);
    expect({ status: response.status, answer: await response.json() }).toEqual({
      status: 413,
      answer: { error: "body: expected at most 1000 bytes", code: "payloadTooLarge" },
    });
  });
});

function upload(body: ReadableStream, headers: HeadersInit = {}): Request {
  return new Request("http://worker/", { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

it.each<[string, HeadersInit]>([
  ["with a Content-Length", { "content-length": "500" }],
  ["in chunks", {}],
])("answers 400 when the client hangs up in the middle of a body %s", async (_, headers) => {
  const body = new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(new Uint8Array(300));
    },
    pull(controller) {
      controller.error(new Error("Network connection lost."));
    },
  });
  await expect(readBody(upload(body, headers), LIMIT)).rejects.toMatchObject({
    code: "invalidInput",
    message: "body: expected all of it, found a broken connection",
  });
});

it("reads no chunk after the one that crosses the limit", async () => {
  let pulled = 0;
  const body = new ReadableStream(
    {
      type: "bytes",
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(300));
      },
    },
    { highWaterMark: 0 },
  );
  await expect(readBody(upload(body), LIMIT)).rejects.toMatchObject({ code: "payloadTooLarge" });
  expect(pulled).toBe(4);
});

it("holds on to no buffer that a chunk came in", async () => {
  const CHUNKS = 20_000;
  let sent = 0;
  let held = 0;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(sent, 0, 1).subarray(0, 1));
      held = Math.max(held, memoryUsage().arrayBuffers);
      sent += 1;
      if (sent === CHUNKS) {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
  expect(await readBody(upload(body), CHUNKS)).toEqual(Uint8Array.from({ length: CHUNKS }, (_, number) => number));
  expect(held).toBeLessThan(500_000_000);
}, 60_000);

describe("a media type", () => {
  const request = (type?: string) =>
    new Request("http://worker/", type === undefined ? {} : { headers: { "content-type": type } });

  it.each([undefined, "application/json", "Application/JSON; charset=utf-8", "text/json", "application/ld+json"])(
    "%s is taken for JSON",
    (type) => {
      expect(() => requireJson(request(type))).not.toThrow();
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/a,b+json", "json", ""])(
    "%s is not",
    (type) => {
      expect(() => requireJson(request(type))).toThrow(expect.objectContaining({ code: "unsupportedMediaType" }));
    },
  );
});

it("answers 500 when the limit is not a number", async () => {
  const worker = await startWorker("dist-faults", { MAX_BODY_BYTES: "8 MiB" });
  try {
    const response = await fetch(new URL("/none", worker.url), { method: "POST" });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("MAX_BODY_BYTES");
  } finally {
    await worker.stop();
  }
});
