// The line that a failure leaves in the log: what was thrown, and nothing that the client sent. telling.test.ts has
// more of the second, in workerd.

import { afterEach, expect, it, vi } from "vitest";
import { Told, report } from "../src/failures";
import { type Routes, serve } from "../src/http";
import { Crash, type Instance, Refusal } from "../src/wasm";
import { QUOTING } from "./faults/quoting";

const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
afterEach(() => log.mockClear());

const wasm: Instance = { call: (run, ...args) => run(...args) };

const logged = () => log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);

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
  return { status: response.status, id: response.headers.get("x-request-id"), lines: logged() };
}

const panic = (message: string) => Object.assign(new Error(message), { name: "Panic", place: "src/text.rs:5:63" });

it("has the fields of a panic, each of its own", async () => {
  const { status, id, lines } = await fail(new Crash(3, "0a1b", panic("no such thing")));
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
      bundle: expect.stringMatching(/^b[0-9a-f]{8}$/),
      stack: expect.stringMatching(/^at failures\.test\.ts:\d+:\d+$/m),
    },
  ]);
});

const none = { place: null, instance: null, module: null };

it.each([
  ["an error of JavaScript", new TypeError("secret"), { type: "TypeError", message: null, ...none }],
  ["the project's own", new Told("no such thing"), { type: "Told", message: "no such thing", ...none }],
  ["the crate's", new Refusal("internal", "no such thing", "src/a.rs:1:2"), { type: "WasmError", message: "no such thing", place: "src/a.rs:1:2" }],
  ["a refusal of the Worker's", new Refusal("internal", "secret"), { type: "WasmError", message: null, ...none }],
  ["a panic without a text", new Crash(1, null, panic("")), { type: "panic", message: null, place: "src/text.rs:5:63" }],
  ["a trap", new Crash(1, null, new WebAssembly.RuntimeError("unreachable")), { type: "RuntimeError", message: "unreachable", place: null, instance: 1 }],
  ["an error that the engine does not have", Object.assign(new Error("secret"), { name: "secret" }), { type: "Error", message: null }],
  ["a text", "secret", { type: "string", message: null, stack: null }],
  ["nothing", undefined, { type: "undefined", message: null, stack: null }],
  ["an object that is no text", Object.create(null), { type: "object", message: null, stack: null }],
  ["an error that fails itself", Object.defineProperty(new Error(), "message", { get: () => expect.unreachable() }), {}],
])("is there, and so is the answer, of %s", async (_, thrown, said) => {
  const { status, id, lines } = await fail(thrown);
  expect(status).toBe(500);
  expect(lines).toMatchObject([{ requestId: id, code: "internal", route: "/things/:id", method: "PUT", ...said }]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

it("has no method but a known one", () => {
  const failed = { requestId: "an id", route: "/" };
  report(new Error(), { ...failed, method: "SECRET" }, {});
  report(Object.defineProperty(new Error(), "message", { get: () => expect.unreachable() }), { ...failed, method: "SECRET" }, {});
  report(new Error(), { ...failed, method: "queue" }, {});
  expect(logged().map(({ method }) => method)).toEqual(["other", "other", "queue"]);
});

it("leaves an error its stack, and V8 its way to write one", async () => {
  const error = new Error("for others");
  const written = Reflect.get(Error, "prepareStackTrace") as unknown;
  const { lines } = await fail(error);
  expect(lines).toMatchObject([{ stack: expect.stringMatching(/^at failures\.test\.ts/) }]);
  expect(error.stack).toMatch(/^Error: for others\n    at .*failures\.test\.ts/);
  expect(Reflect.get(Error, "prepareStackTrace")).toBe(written);
});

it("is of a bounded length", async () => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  const deep = (depth: number): Error => (depth === 0 ? new RangeError("long ".repeat(1e6)) : deep(depth - 1));
  const { lines } = await fail(deep(1000));
  Error.stackTraceLimit = stackTraceLimit;
  expect(JSON.stringify(lines).length).toBeLessThan(5000);
});

it("names no file that code made at run time names itself", async () => {
  const made = new Function("throw new Error() //# sourceURL=secret.js") as () => never;
  const { lines } = await fail(await Promise.resolve().then(made).catch((error: unknown) => error));
  expect(JSON.stringify(lines)).not.toContain("secret");
});

it.each(Object.entries(QUOTING))("has nothing of what a handler was sent: %s", async (_, run) => {
  const thrown: unknown = await Promise.resolve("4111111111").then(run).catch((error: unknown) => error);
  await fail(thrown);
  expect(JSON.stringify(logged())).not.toContain("4111111111");
});

it("takes no text for the project's own message that has a value in it", () => {
  const value = String(Math.random());
  // @ts-expect-error: it could be what the client sent
  expect(new Told(`no such thing: ${value}`)).toBeInstanceOf(Error);
});
