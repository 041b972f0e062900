// The line that a failure leaves in the log: what was thrown, and nothing that the client sent.

import { afterEach, expect, it, vi } from "vitest";
import { type Routes, serve } from "../src/http";
import { Crash, type Instance } from "../src/wasm";

const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
afterEach(() => log.mockClear());

const wasm: Instance = { call: (run, ...args) => run(...args) };

/** Sends a request whose handler throws; gives the answer and the lines of the log. */
async function fail(thrown: unknown): Promise<{ status: number; id: string | null; lines: Record<string, unknown>[] }> {
  const handler = async () => {
    throw thrown;
  };
  const routes: Routes = { "/things/:id": { PUT: handler } };
  const request = new Request("http://worker/things/secret?secret", {
    method: "PUT",
    headers: { secret: "secret" },
    body: "secret",
  });
  const response = await serve(request, { MAX_BODY_BYTES: 10 }, wasm, routes);
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return { status: response.status, id: response.headers.get("x-request-id"), lines };
}

it("has the fields of a panic, each of its own", async () => {
  const panic = new Error("panicked at src/text.rs:5:63:\nno such thing");
  const { status, id, lines } = await fail(new Crash(3, "0a1b", panic));
  expect(status).toBe(500);
  expect(lines).toEqual([
    {
      requestId: id,
      code: "internal",
      type: "panic",
      message: "no such thing",
      place: "src/text.rs:5:63",
      route: "/things/:id",
      method: "PUT",
      instance: 3,
      module: "0a1b",
      stack: expect.stringMatching(/^at /),
    },
  ]);
});

it("has nulls for what an error of TypeScript has not", async () => {
  const { lines } = await fail(new TypeError("no such thing"));
  expect(lines).toMatchObject([{ type: "TypeError", message: "no such thing", place: null, instance: null, module: null }]);
});

// Messages as Rust and V8 write them.
it.each([
  ["byte index 1 is not a char boundary", "; it is inside 'é' (bytes 0..2 of string)"],
  ["byte index 1 is not a char boundary", "; it is inside 'é' (bytes 0..2) of `é secret`"],
  ["byte index 99 is out of bounds", " of `a\nsecret`[...]"],
  ["begin <= end (4 <= 2)", " when slicing `secret`"],
  ["called `Result::unwrap()` on an `Err` value: FromUtf8Error", " { bytes: [115, 101] }"],
  ["called `Result::unwrap()` on an `Err` value", ': "secret"'],
  ["a date", ': ["secret"]'],
  ["assertion `left == right` failed: lengths", '\n  left: "secret"\n right: 1'],
  ["called `Option::unwrap()` on a `None` value", ""],
  ["index out of bounds: the len is 3 but the index is 7", ""],
])("leaves out the values in the message of a panic: %s%s", async (message, values) => {
  const panic = new Error(`panicked at src/text.rs:5:63:\n${message}${values}`);
  const { lines } = await fail(new Crash(1, null, panic));
  expect(lines).toMatchObject([{ type: "panic", message }]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

it("leaves out the JSON that V8 could not parse", async () => {
  const { lines } = await fail(new SyntaxError(`Unexpected token 's', "my secret" is not valid JSON`));
  expect(JSON.stringify(lines)).not.toContain("secret");
});

it("is of a bounded length", async () => {
  const { lines } = await fail(new Error("long ".repeat(1e6)));
  expect(JSON.stringify(lines).length).toBeLessThan(5000);
});

it.each([
  ["nothing", undefined],
  ["a text", "no such thing"],
  ["an object that is no text", Object.create(null)],
  ["an error that fails itself", Object.defineProperty(new Error(), "message", { get: () => expect.unreachable() })],
])("is there, and so is the answer, when %s is thrown", async (_, thrown) => {
  const { status, id, lines } = await fail(thrown);
  expect(status).toBe(500);
  expect(lines).toMatchObject([{ requestId: id, code: "internal", route: "/things/:id", method: "PUT" }]);
});
