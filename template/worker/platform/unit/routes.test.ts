// Which handler a request reaches, and what it is told when none does.

import { expect, it, vi } from "vitest";
import { type Env, HttpRefusal, type Routes, answer, answerTo, defineRoutes, jsonHandler, serve } from "..";
import type { Handler } from "../routes";
import { type Instance, Refusal } from "../wasm";

const wasm: Instance = { number: 1, call: (run, ...args) => run(...args) };

const routes: Routes<Env> = {
  "/": (body) => body,
  "/things": { GET: told("all"), POST: told("new") },
  "/things/first": { GET: told("first") },
  "/things/:id": { GET: told("one"), DELETE: refuse },
  "/things/:id/parts/:part": { GET: told("part") },
  "/class": new (class Things {
    readonly name = "a class";
    GET() {
      return Response.json({ name: this.name });
    }
  })(),
  "/both": { POST: jsonHandler((body) => body), OPTIONS: () => new Response(null, { status: 204 }) },
  "/head": { GET: told("body"), HEAD: () => new Response(null, { headers: { name: "head" } }) },
  "/later": {
    POST(_request, { context }) {
      context?.waitUntil(Promise.resolve("later"));
      return new Response();
    },
  },
  "/taken": { PUT: unauthorized },
  "/problem": { GET: refuseWith({ "Content-Type": "application/problem+json", "Cache-Control": "max-age=5" }) },
  "/signed-out": { GET: refuseWith({ "set-cookie": "a=; Max-Age=0", "Set-Cookie": "b=; Max-Age=0" }) },
  "/no-header": { GET: refuseWith({ name: "a\nb" }) },
  "/off": {},
};

// @ts-expect-error -- a method is written in capitals, as HTTP has it
export const LOWER_CASE: Routes = { "/": { get: told("never") } };
// @ts-expect-error -- what it answers is bytes, not a Response: that is what `jsonHandler` is for
export const AN_EXPORT: Routes = { "/": { POST: (body: Uint8Array) => body } };

interface Bindings extends Env {
  NAME?: string;
}

const named: Handler<Bindings, "/things/:id/parts/:part"> = (_, { env, params }) =>
  Response.json(`${env.NAME} ${params.id.length} ${params.part.length}`);
const any: Handler<Bindings> = (_, { params }) => Response.json(params["id"]?.length);
const either: Handler<Bindings, "/things/:id" | "/things/:id/parts/:part"> = (_, { params }) => new Response(params.id);

const defined = defineRoutes<Bindings>()({
  "/": (body) => body,
  "/things": { GET: () => new Response(), POST: jsonHandler((body) => body) },
  "/things/:id": {
    GET: any,
    PUT: either,
    async DELETE(_, { env, params }) {
      return Response.json(`${env.NAME} ${params.id.length}`);
    },
  },
  "/things/:id/parts/:part": { GET: named, PUT: either },
});

export const MISTAKEN = [
  defineRoutes<Env>()({
    "/things": {
      // @ts-expect-error -- its pattern has no name
      GET: (_, { params }) => new Response(params.id),
    },
    "/things/:id": {
      // @ts-expect-error -- its pattern has another one
      GET: (_, { params }) => new Response(params.key),
      // @ts-expect-error -- so it has here, and no `part`
      PUT: named,
    },
  }),
  // @ts-expect-error -- a method is written in capitals here, too
  defineRoutes<Env>()({ "/things/:id": { get: told("never") } }),
  // @ts-expect-error -- what its handler wants, the Worker does not have
  defineRoutes<Env>()({ "/things/:id": { GET: needing } }),
];

/** Of a path that several patterns have, what they all have. */
export const EITHER: typeof either = (_, { params }) => {
  // @ts-expect-error
  return new Response(params.part);
};

function needing(_: Request, { env }: { env: { SECRET: string } }) {
  return new Response(env.SECRET);
}

function told(name: string) {
  return async (_: Request, { params }: { params: object }) => Response.json({ name, ...params });
}

async function refuse(): Promise<Response> {
  throw new Refusal("inUse", "thing: expected one that nothing needs");
}

function refuseWith(headers: Record<string, string>) {
  return (): Response => {
    throw new HttpRefusal("gone", "thing: expected one that is there", headers);
  };
}

function unauthorized(): Response {
  throw new HttpRefusal("unauthorized", "authorization: expected a token", { "www-authenticate": "Bearer" });
}

const ask = (method: string, path: string, body?: string) =>
  serve(new Request(`http://worker${path}`, { method, ...(body && { body }) }), {}, wasm, routes);

it.each([
  ["GET", "/things", { name: "all" }],
  ["POST", "/things", { name: "new" }],
  ["GET", "/class", { name: "a class" }],
  ["GET", "/things/first", { name: "first" }],
  ["GET", "/things/7?x=y", { name: "one", id: "7" }],
  ["GET", "/things/:id", { name: "one", id: ":id" }],
  ["GET", "/things/a%2Fb", { name: "one", id: "a%2Fb" }],
  ["GET", "/things/7/parts/ñ", { name: "part", id: "7", part: "%C3%B1" }],
])("%s %s reaches its handler", async (method, path, expected) => {
  expect(await (await ask(method, path)).json()).toEqual(expected);
});

it.each([
  ["GET", "/things/7", 1],
  ["DELETE", "/things/seven", "a name 5"],
  ["GET", "/things/7/parts/10", "a name 1 2"],
])("%s %s reaches its handler with the params of its pattern", async (method, path, expected) => {
  const request = new Request(`http://worker${path}`, { method });
  expect(await (await serve(request, { NAME: "a name" }, wasm, defined)).json()).toBe(expected);
});

it("answers bytes of any type as nothing else", async () => {
  const headers = { "content-type": "image/webp", "x-content-type-options": "nosniff" };
  const image = answer(new Uint8Array([82, 73]), "image/webp");
  expect([image.status, Object.fromEntries(image.headers)]).toEqual([200, headers]);
  expect(new Uint8Array(await image.arrayBuffer())).toEqual(new Uint8Array([82, 73]));
  const json = answer(new TextEncoder().encode("[1]"));
  expect(Object.fromEntries(json.headers)).toEqual({ ...headers, "content-type": "application/json" });
  expect(() => answer(new Uint8Array(), "text/plain\nname")).toThrow(TypeError);
});

it("has the headers of a refusal in the place of its own, and answers 500 to one that is none", async () => {
  const { headers } = await ask("GET", "/problem");
  expect([headers.get("content-type"), headers.get("cache-control")]).toEqual(["application/problem+json", "max-age=5"]);
  expect((await ask("GET", "/signed-out")).headers.get("set-cookie")).toBe("a=; Max-Age=0, b=; Max-Age=0");
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const response = await ask("GET", "/no-header");
  expect({ status: response.status, lines: log.mock.calls.length }).toEqual({ status: 500, lines: 1 });
  log.mockRestore();
});

it("answers HEAD where there is a GET, by its own handler where it has one", async () => {
  expect((await ask("HEAD", "/things")).status).toBe(200);
  expect((await ask("HEAD", "/head")).headers.get("name")).toBe("head");
});

it("has an export of the crate stand beside handlers", async () => {
  const headers = { "content-type": "application/json" };
  const post = new Request("http://worker/both", { method: "POST", headers, body: "[1]" });
  expect(await (await serve(post, {}, wasm, routes)).json()).toEqual([1]);
  expect((await ask("POST", "/both", "text/plain is what a Request makes of a string")).status).toBe(415);
  expect((await ask("OPTIONS", "/both")).status).toBe(204);
});

it("gives a handler what lets work go on after the answer", async () => {
  const waitUntil = vi.fn();
  await serve(new Request("http://worker/later", { method: "POST" }), {}, wasm, routes, { waitUntil });
  expect(await waitUntil.mock.lastCall?.[0]).toBe("later");
});

it.each([
  ["GET", "/", "POST"],
  ["PUT", "/things", "GET, HEAD, POST"],
  ["toString", "/things", "GET, HEAD, POST"],
  ["OPTIONS", "/things/first", "GET, HEAD"],
  ["PUT", "/head", "GET, HEAD"],
  ["PUT", "/both", "POST, OPTIONS"],
])("answers 405 to %s %s, and says what is allowed", async (method, path, allowed) => {
  const response = await ask(method, path);
  expect({ status: response.status, allow: response.headers.get("allow") }).toEqual({ status: 405, allow: allowed });
});

it.each(["/nothing", "/things/", "/things/7/parts", "/toString", "//", "/off"])("answers 404 to %s", async (path) => {
  expect((await ask("GET", path)).status).toBe(404);
});

it("answers 500 to a path whose export the crate does not have, and logs which", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const missing: Routes = { "/": undefined as never };
  expect((await serve(new Request("http://worker/"), {}, wasm, missing)).status).toBe(500);
  expect(JSON.parse(String(log.mock.lastCall?.[0]))).toMatchObject({
    route: "/",
    message: "route: expected an export of the crate, or handlers; found neither",
  });
});

it("answers 422 to a refusal with a code of the project's own", async () => {
  const response = await ask("DELETE", "/things/7");
  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({ error: "thing: expected one that nothing needs", code: "inUse" });
});

it("answers a refusal with headers of its own", async () => {
  const response = await ask("PUT", "/taken");
  expect({ status: response.status, scheme: response.headers.get("www-authenticate") }).toEqual({
    status: 401,
    scheme: "Bearer",
  });
});

it("answers what another router's handler throws as it would itself", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const request = new Request("http://worker/", { method: "PUT" });
  const gone = answerTo(new HttpRefusal("gone", "thing: expected one", { name: "own" }), request, {});
  expect([gone.status, gone.headers.get("name"), await gone.json()]).toEqual([
    422,
    "own",
    { error: "thing: expected one", code: "gone" },
  ]);
  expect(log).not.toHaveBeenCalled();
  const failed = answerTo("secret", request, {}, undefined, "/things/:id");
  const requestId = failed.headers.get("x-request-id");
  expect([failed.status, await failed.text()]).toEqual([500, expect.stringContaining(String(requestId))]);
  answerTo(new Refusal("internal", "secret"), { method: "scheduled" }, {});
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
  log.mockRestore();
  expect(lines).toMatchObject([
    { requestId, route: "/things/:id", method: "PUT", type: "string" },
    { route: null, method: "scheduled", type: "WasmError" },
  ]);
});

it.each(["worker/b", "worker?", "worker#", "worker\\b", ""])("answers 400 where the Host is no name: '%s'", async (host) => {
  const request = new Request(`http://${host || "/worker"}/things`, { headers: { host } });
  expect((await serve(request, {}, wasm, routes)).status).toBe(400);
});
