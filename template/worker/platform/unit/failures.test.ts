// The line that a failure leaves in the log: what was thrown, and nothing that the client sent. telling.test.ts has
// more of the second, in workerd.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import * as crate from "../../../my_worker/pkg-faults/my_worker.js";
import { type Routes, serve } from "..";
import { Told, attempt, report, reportTo } from "../failures";
import { Crash, Refusal, instantiate } from "../wasm";
import { QUOTING } from "./quoting";

const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
afterEach(() => log.mockClear());

const bytes = readFileSync(join(import.meta.dirname, "../../../my_worker/pkg-faults/my_worker_bg.wasm"));
// The types are those of a Worker, where no module can be compiled.
const wasm = instantiate(crate, Reflect.construct(WebAssembly.Module, [bytes]) as WebAssembly.Module);

/** What a call of the crate throws. */
function thrownBy(way: string): unknown {
  try {
    wasm.call(crate.fault_quoting, new TextEncoder().encode(`${way}\nsecret`));
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

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

const place = expect.stringMatching(/^platform\/src\/faults\.rs:\d+:\d+$/) as string;

it("has the fields of a panic, each of its own", async () => {
  const { status, id, lines } = await fail(thrownBy("unwrap"));
  expect(status).toBe(500);
  expect(lines).toEqual([
    {
      requestId: id,
      code: "internal",
      type: "panic",
      message: "called `Result::unwrap()` on an `Err` value",
      place,
      route: "/things/:id",
      method: "PUT",
      instance: expect.any(Number),
      module: expect.stringMatching(/^[0-9a-f]+$/),
      bundle: expect.stringMatching(/^b[0-9a-f]{8}$/),
      stack: expect.stringMatching(/^at wasm-function\[\d+\]:0x[0-9a-f]+$/m),
    },
  ]);
});

const none = { place: null, instance: null, module: null };

const throwing = {
  get: () => {
    throw new Error("secret");
  },
};

it.each<[string, PropertyDescriptorMap, string]>([
  ["a name that is no text", { name: { value: Symbol("secret") } }, "Error"],
  ["a name that throws", { name: throwing }, "Error"],
  ["a message that throws", { message: throwing }, "Error"],
  ["a stack that throws", { stack: throwing }, "TypeError"],
  ["a toString that throws", { toString: throwing }, "TypeError"],
])("has all its fields for an error with %s", async (_, properties, type) => {
  const { lines } = await fail(Object.defineProperties(new TypeError("secret"), properties));
  const bundle = expect.stringMatching(/^b[0-9a-f]{8}$/) as string;
  const stack = "stack" in properties ? null : (expect.stringMatching(/^at failures\.test\.ts:\d+:\d+$/m) as string);
  expect(lines).toEqual([expect.objectContaining({ ...none, type, message: null, bundle, stack })]);
});

it("has all its fields where the project lets nobody write a stack", async () => {
  Object.defineProperty(Error, "prepareStackTrace", { configurable: true, ...throwing, set: throwing.get });
  const { lines } = await fail(new TypeError("secret"));
  Reflect.deleteProperty(Error, "prepareStackTrace");
  expect(lines).toEqual([expect.objectContaining({ ...none, type: "TypeError", message: null, stack: null })]);
});

it.each([
  ["an error of JavaScript", new TypeError("secret"), { type: "TypeError", message: null, ...none }],
  ["the project's own", new Told("no such thing"), { type: "Told", message: "no such thing", ...none }],
  ["the crate's", thrownBy("failed"), { type: "WasmError", message: "a failure on demand", place, instance: null }],
  ["a refusal of the Worker's", new Refusal("internal", "secret"), { type: "WasmError", message: null, ...none }],
  ["a panic without a text", thrownBy("panic"), { type: "panic", message: null, place }],
  ["a trap", new Crash(1, null, new WebAssembly.RuntimeError("unreachable")), { type: "RuntimeError", message: "unreachable", place: null, instance: 1 }],
  ["an error that the engine does not have", Object.assign(new Error("secret"), { name: "secret" }), { type: "Error", message: null }],
  ["a text", "secret", { type: "string", message: null, stack: null }],
  ["nothing", undefined, { type: "undefined", message: null, stack: null }],
  ["an object that is no text", Object.create(null), { type: "object", message: null, stack: null }],
  ["what cannot be looked at", Proxy.revocable({}, {}).proxy, {}],
  ["what fails when it is", new Proxy({}, { getPrototypeOf: () => expect.unreachable() }), {}],
  ["an error that fails itself", Object.defineProperty(new Error(), "message", { get: () => expect.unreachable() }), {}],
])("is there, and so is the answer, of %s", async (_, thrown, said) => {
  const { status, id, lines } = await fail(thrown);
  expect(status).toBe(500);
  expect(lines).toMatchObject([{ requestId: id, code: "internal", route: "/things/:id", method: "PUT", ...said }]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

it("is sent to each receiver, whatever becomes of the one before", async () => {
  const sent: unknown[] = [];
  reportTo(() => {
    throw new Error("at once");
  });
  reportTo(() => Promise.reject(new Error("later")));
  reportTo(async ({ type }, env: { QUEUE: string }) => void sent.push(type, env.QUEUE));
  const waited: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void waited.push(promise) };
  report(new TypeError(), { requestId: "an id", route: "/", method: "GET" }, { QUEUE: "a binding" }, context);
  await Promise.all(waited);
  expect(sent).toEqual(["TypeError", "a binding"]);
  // Sentry's file, which other tests import, is one of them.
  expect(waited.length).toBeGreaterThanOrEqual(2);
  expect(logged()).toEqual([expect.objectContaining({ type: "TypeError", stack: expect.any(String) as string })]);
});

it("has no method but a known one", () => {
  const failed = { requestId: "an id", route: "/" };
  report(new Error(), { ...failed, method: "SECRET" }, {});
  report(Object.defineProperty(new Error(), "message", { get: () => expect.unreachable() }), { ...failed, method: "SECRET" }, {});
  report(new Error(), { ...failed, method: "queue" }, {});
  expect(logged().map(({ method }) => method)).toEqual(["other", "other", "queue"]);
});

it("is all that is told where no request failed, but for the code of a refusal", async () => {
  const failing = (method: "queue" | "rpc", thrown: unknown) =>
    attempt({ method, route: "a name" }, {}, undefined, () => Promise.reject(thrown)).catch((error: unknown) => error);
  const refusal = new Refusal("odd", "secret");
  const errors = [await failing("queue", refusal), await failing("queue", "secret"), await failing("rpc", new Refusal("internal", ""))];
  const message = /^the Worker failed; its log has request ([0-9a-f-]{36})$/;
  const ids = errors.map((error) => message.exec((error as Error).message)?.[1]);
  expect(errors).toMatchObject([{ name: "Refusal", code: "odd" }, { name: "Error" }, { name: "Error" }]);
  expect(logged()).toMatchObject(ids.map((requestId) => ({ requestId, route: "a name" })));
  expect(await failing("rpc", refusal)).toBe(refusal);
  expect(logged().length).toBe(3);
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
  // @ts-expect-error: in one case of two
  expect(new Told(value === "" ? "no such thing" : `no such thing: ${value}`)).toBeInstanceOf(Error);
  // @ts-expect-error: or behind an operator
  expect(new Told((value && `no such thing: ${value}`) || "none")).toBeInstanceOf(Error);
  expect(new Told(value === "" ? "no such thing" : "another one")).toBeInstanceOf(Error);
});
