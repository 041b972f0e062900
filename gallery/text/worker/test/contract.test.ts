// The HTTP contract of the routes in src/index.ts, asked of the bundle that would be deployed.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestWorker, startWorker } from "../platform/test/worker";
import type { CountRequest, CountResponse, ErrorAnswer, ProcessRequest, ProcessResponse } from "../src/contract";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist");
});
afterAll(() => worker.stop());

function post(body: string | Uint8Array, type = "application/json"): Promise<Response> {
  return fetch(worker.url, { method: "POST", headers: { "content-type": type }, body });
}

async function process(request: ProcessRequest): Promise<ProcessResponse> {
  const response = await post(JSON.stringify(request));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  return (await response.json()) as ProcessResponse;
}

async function expectError(response: Response, status: number, answer: ErrorAnswer): Promise<void> {
  expect(response.headers.get("content-type")).toBe("application/json");
  expect({ status: response.status, answer: await response.json() }).toEqual({ status, answer });
}

describe("POST /", () => {
  it("answers the first characters, upper-cased, with exactly the fields of the contract", async () => {
    expect(await process({ text: "hello", maxLength: 3, uppercase: true })).toEqual({
      processedText: "HEL",
      characterCount: 3,
      processingTimeMs: expect.any(Number),
    });
  });

  it.each([
    ["leaves the case alone when not told", { text: "Hello", maxLength: 3 }, "Hel", 3],
    ["keeps a text that is shorter than the limit", { text: "hi", maxLength: 9 }, "hi", 2],
    ["cuts between characters of several bytes", { text: "ñ漢🦀z", maxLength: 3 }, "ñ漢🦀", 3],
    ["counts after the mapping has grown", { text: "ßa", maxLength: 1, uppercase: true }, "SS", 2],
  ])("%s", async (_, request, processed, count) => {
    expect(await process(request)).toMatchObject({
      processedText: processed,
      characterCount: count,
    });
  });

  it("ignores unknown fields", async () => {
    const request = { text: "a", maxLength: 1, unknown: [{}] };
    expect(await process(request)).toMatchObject({ processedText: "a" });
  });
});

const found = "found none";
const text = "text";
const maxLength = "maxLength";
const uppercase = "uppercase";

describe("a body that breaks the contract", () => {
  it.each([
    [`{"${maxLength}":1}`, `${text}: expected a value, ${found}`],
    [`{"${text}":"a"}`, `${maxLength}: expected a value, ${found}`],
    [`{"${text}":"","${maxLength}":1}`, `${text}: expected at least one character`],
  ])("is a missing field: %s", async (body, error) => {
    await expectError(await post(body), 400, { error, code: "missingField" });
  });

  it.each([
    [`{"${text}":1,"${maxLength}":1}`, `${text}: expected a string`],
    [`{"${text}":"a","${maxLength}":0}`, `${maxLength}: expected an integer of at least 1`],
    [`{"${text}":"a","${maxLength}":1.5}`, `${maxLength}: expected an integer of at least 1`],
    [`{"${text}":"a","${maxLength}":1,"${uppercase}":null}`, `${uppercase}: expected a boolean`],
    ["[]", "body: expected an object"],
  ])("is an invalid input: %s", async (body, error) => {
    await expectError(await post(body), 400, { error, code: "invalidInput" });
  });

  it.each([
    ["empty", ""],
    ["not JSON", "hello"],
    ["cut off", `{"${text}":"a"`],
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["an unpaired surrogate", `{"${text}":"\\ud800","${maxLength}":1}`],
  ])("is an invalid input: %s", async (_, body) => {
    const error = expect.stringMatching(/^body: expected (JSON|UTF-8), found /) as string;
    await expectError(await post(body), 400, { error, code: "invalidInput" });
  });
});

describe("a request that never reaches the crate", () => {
  it.each(["GET", "PUT", "DELETE", "OPTIONS"])("%s is answered 405 with the method that is allowed", async (method) => {
    const response = await fetch(worker.url, { method });
    expect(response.headers.get("allow")).toBe("POST");
    await expectError(response, 405, { error: "method: expected POST", code: "methodNotAllowed" });
  });

  it("is answered 404 on another path", async () => {
    const response = await fetch(new URL("/other", worker.url), { method: "POST", body: "{}" });
    await expectError(response, 404, { error: "path: expected a route of this Worker", code: "notFound" });
  });

  it("is answered 415 when it says that it is not JSON", async () => {
    await expectError(await post("{}", "text/plain"), 415, {
      error: "content-type: expected application/json",
      code: "unsupportedMediaType",
    });
  });
});

describe("POST /count", () => {
  it("answers how many characters and words a text has", async () => {
    const request: CountRequest = { text: "two words" };
    const response = await fetch(new URL("/count", worker.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    expect(response.status).toBe(200);
    const expected: CountResponse = { characterCount: 9, wordCount: 2 };
    expect(await response.json()).toEqual(expected);
  });
});
