// The guards of body.ts and http.ts that a request to a running Worker cannot show: what is read, and what is not.

import { connect } from "node:net";
import { memoryUsage } from "node:process";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBody, requireJson } from "..";
import { DEFAULT_MAX_BODY_BYTES, bodyLimit, ofClient } from "../body";
import { type TestWorker, startWorker } from "../test/worker";

const LIMIT = 1000;

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-unit", { MAX_BODY_BYTES: LIMIT });
});
afterAll(() => worker.stop());

function post(path: string, body: BodyInit, headers: HeadersInit = {}): Promise<Response> {
  return fetch(new URL(path, worker.url), { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

async function told(response: Response): Promise<{ status: number; answer: unknown }> {
  return { status: response.status, answer: await response.json() };
}

const TOO_LARGE = { status: 413, answer: { error: "body: expected at most 1000 bytes", code: "payloadTooLarge" } };

describe("the limit of the body", () => {
  const chunked = (bytes: number) => new Blob([new Uint8Array(bytes)]).stream();

  it.each([
    ["a Content-Length", new Uint8Array(LIMIT)],
    ["chunks", chunked(LIMIT)],
  ])("admits a body of exactly the limit, sent with %s", async (_, body) => {
    expect((await post("/none", body)).status).toBe(200);
  });

  it.each([
    ["a Content-Length", new Uint8Array(LIMIT + 1)],
    ["chunks", chunked(LIMIT + 1)],
  ])("answers 413 to one byte more, sent with %s", async (_, body) => {
    expect(await told(await post("/none", body))).toEqual(TOO_LARGE);
  });

  it.each([
    ["that was decompressed", "/bodies/gzip", (bytes: number) => gzipSync(new Uint8Array(bytes))],
    ["that went through a stream of the project's", "/bodies/stream", (bytes: number) => chunked(bytes)],
  ])("holds for a body %s", async (_, path, body) => {
    expect(await told(await post(path, body(LIMIT)))).toEqual({ status: 200, answer: LIMIT });
    expect(await told(await post(path, body(LIMIT + 1)))).toEqual(TOO_LARGE);
    expect((await post("/none", new Uint8Array(1))).status).toBe(200);
  });

  it("holds for a body of 30 MB that came as 30 KB", async () => {
    const bomb = gzipSync(new Uint8Array(30_000_000));
    // Not in chunks: the client would still write its last one when the answer has ended the connection.
    expect(await told(await post("/bodies/gzip", bomb))).toEqual(TOO_LARGE);
  });
});

it("reads a body that takes the place of a longer one", async () => {
  expect(await told(await post("/bodies/text", "x".repeat(500)))).toEqual({ status: 200, answer: "another".length });
});

it.each([
  ["is no stream of bytes", "/bodies/no-bytes", "readBody: expected a stream of Uint8Array"],
  ["breaks off on its way through the Worker", "/bodies/broken", "RangeError"],
  ["is somebody else's, and breaks off", "/bodies/lost", "Network connection lost."],
  ["was read before", "/bodies/twice", "readBody: expected a body that nothing has read or is reading"],
  ["was read as JSON before", "/bodies/json", "readBody: expected a body that nothing has read or is reading"],
  ["is read by another", "/bodies/locked", "readBody: expected a body that nothing has read or is reading"],
])("answers 500 and logs why when the body %s", async (_, path, why) => {
  const response = await post(path, "[1]");
  expect(response.status).toBe(500);
  expect(await worker.logLine(String(response.headers.get("x-request-id")))).toContain(why);
});

it.each([
  ["with a Content-Length", "Content-Length: 500\r\n\r\n[1"],
  ["in chunks", "Transfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n"],
])("answers 400 to a client that ends in the middle of a body %s, and logs nothing", async (_, rest) => {
  const lines = worker.log();
  const socket = connect(Number(worker.url.port), worker.url.hostname);
  socket.end(`POST /none HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n${rest}`);
  const [head, body] = (await text(socket)).split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1.1 400 /);
  expect(body).toContain("body: expected all of it, found a broken connection");
  expect(worker.log()).toBe(lines);
});

it("reads a short body in the place of one that is longer than the limit", async () => {
  expect(await told(await post("/bodies/text", "x".repeat(LIMIT + 1)))).toEqual({ status: 200, answer: "another".length });
});

it.each<[string, () => Promise<void>]>([
  ["never ends", () => new Promise(() => undefined)],
  ["fails", () => Promise.reject(new Error("on purpose"))],
])("answers 413 where the end of a stream of the project's %s", async (_, cancel) => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(LIMIT)), cancel });
  await expect(readBody(upload(endless), LIMIT)).rejects.toThrow("body: expected at most 1000 bytes");
});

it.each([
  ["[", "/healthz"],
  ["a:99999", "/"],
])("answers 400 to a client that calls the Worker %s, and logs nothing", async (host, path) => {
  const lines = worker.log();
  const socket = connect(Number(worker.url.port), worker.url.hostname);
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [^]*"host: expected a name"/);
  expect(worker.log()).toBe(lines);
});

describe("a body that is compressed", () => {
  it.each(["gzip", "br", "GZIP, identity", "x"])("as %s is refused, and told what is taken", async (coding) => {
    const response = await post("/none", gzipSync("[1]"), { "content-encoding": coding });
    expect(response.headers.get("accept-encoding")).toBe("identity");
    expect(await told(response)).toEqual({
      status: 415,
      answer: { error: "content-encoding: expected a body that is not compressed", code: "unsupportedMediaType" },
    });
  });

  it("as identity is not, and is read", async () => {
    expect((await post("/none", new Uint8Array(1), { "content-encoding": "Identity" })).status).toBe(200);
  });

  it("is told from one of another media type", async () => {
    const response = await post("/none", "[1]", { "content-type": "text/plain" });
    expect({ status: response.status, accept: response.headers.get("accept-encoding") }).toEqual({
      status: 415,
      accept: null,
    });
  });
});

/** A request as `serve` is given it. */
function upload(body: ReadableStream, headers: HeadersInit = {}): Request {
  const request = new Request("http://worker/", { method: "POST", headers, body, duplex: "half" } as RequestInit);
  ofClient.add(request);
  return request;
}

it("holds no memory for what a client only announces", async () => {
  const asked: number[] = [];
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const view = (controller as ReadableByteStreamController).byobRequest?.view as Uint8Array;
      asked.push(view.buffer.byteLength);
      controller.byobRequest?.respond(Math.min(view.byteLength, 1000));
      if (asked.length > 100) {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
  await readBody(upload(body, { "content-length": "4000000" }), 4_000_000);
  expect(Math.max(...asked)).toBeLessThanOrEqual(512 * 1024);
  expect(asked[0]).toBeLessThanOrEqual(64 * 1024);
});

it.each(["20.5", "1e1", "-1", "none"])("reads all of a body whose Content-Length is %s", async (length) => {
  const sent = new Uint8Array(60).fill(7);
  expect(await readBody(upload(new Blob([sent]).stream(), { "content-length": length }), LIMIT)).toEqual(sent);
});

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

it.each([
  ["in chunks", {}],
  ["that is said to be shorter", { "content-length": "200" }],
])("reads no chunk after the one that crosses the limit, of a body %s", async (_, headers) => {
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
  await expect(readBody(upload(body, headers), LIMIT)).rejects.toMatchObject({ code: "payloadTooLarge" });
  expect(pulled).toBe(4);
});

it.each<["bytes" | undefined]>([["bytes"], [undefined]])("holds on to no buffer that a chunk came in, of %s", async (type) => {
  const CHUNKS = 20_000;
  let sent = 0;
  let held = 0;
  const body = new ReadableStream({
    type,
    pull(controller: ReadableByteStreamController) {
      controller.enqueue(new Uint8Array(65_536).fill(sent, 0, 1).subarray(0, 1));
      held = Math.max(held, memoryUsage().arrayBuffers);
      sent += 1;
      if (sent === CHUNKS) {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  } as UnderlyingByteSource);
  expect(await readBody(upload(body), CHUNKS)).toEqual(Uint8Array.from({ length: CHUNKS }, (_, number) => number));
  expect(held).toBeLessThan(500_000_000);
}, 60_000);

describe("a media type", () => {
  const request = (headers: HeadersInit) => new Request("http://worker/", { headers });

  it.each(["application/json", "Application/JSON; charset=utf-8", "text/json", "application/ld+json"])(
    "%s is taken for JSON",
    (type) => {
      expect(() => requireJson(request({ "content-type": type, origin: "https://example.com" }))).not.toThrow();
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/a,b+json", "json", ""])(
    "%s is not",
    (type) => {
      const refused = expect.objectContaining({ code: "unsupportedMediaType" });
      expect(() => requireJson(request({ "content-type": type }))).toThrow(refused);
    },
  );

  it("may be left out, but by a browser", () => {
    expect(() => requireJson(request({}))).not.toThrow();
    const refused = expect.objectContaining({ message: "content-type: expected application/json" });
    for (const origin of ["https://example.com", "null"]) {
      expect(() => requireJson(request({ origin }))).toThrow(refused);
    }
  });
});

describe("the variable MAX_BODY_BYTES", () => {
  it.each([
    [undefined, DEFAULT_MAX_BODY_BYTES],
    [1, 1],
    ["1000", 1000],
    [134_217_728, 134_217_728],
  ])("%s is a limit", (given, limit) => {
    expect(bodyLimit({ MAX_BODY_BYTES: given as number })).toBe(limit);
  });

  it.each(["8 MiB", "", "1.5", 0, -1, 1.5, 134_217_729, Infinity, NaN, true, [10], {}])("%s is none", (given) => {
    expect(() => bodyLimit({ MAX_BODY_BYTES: given as number })).toThrow(
      "the variable MAX_BODY_BYTES: expected an integer from 1 to 134217728; set it in wrangler.toml",
    );
  });

  it("that is none is told by the log, and no client", async () => {
    const worker = await startWorker("dist-unit", { MAX_BODY_BYTES: "8 MiB" });
    try {
      const response = await fetch(new URL("/none", worker.url), { method: "POST" });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("MAX_BODY_BYTES");
      const line = await worker.logLine(String(response.headers.get("x-request-id")));
      expect(line).toContain("the variable MAX_BODY_BYTES: expected an integer from 1 to 134217728");
    } finally {
      await worker.stop();
    }
  });
});
