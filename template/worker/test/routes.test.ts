// Which handler a request reaches, and what it is told when none does.

import { expect, it, vi } from "vitest";
import { type Routes, serve } from "../src/http";
import { type Instance, Refusal } from "../src/wasm";

const wasm: Instance = { call: (run, ...args) => run(...args) };

const routes: Routes = {
  "/": (body) => body,
  "/things": { GET: told("all"), POST: told("new") },
  "/things/first": { GET: told("first") },
  "/things/:id": { GET: told("one"), DELETE: refuse },
  "/things/:id/parts/:part": { GET: told("part") },
};

function told(name: string) {
  return async (_: Request, { params }: { params: object }) => Response.json({ name, ...params });
}

async function refuse(): Promise<Response> {
  throw new Refusal("inUse", "thing: expected one that nothing needs");
}

const ask = (method: string, path: string) =>
  serve(new Request(`http://worker${path}`, { method }), { MAX_BODY_BYTES: 10 }, wasm, routes);

it.each([
  ["GET", "/things", { name: "all" }],
  ["POST", "/things", { name: "new" }],
  ["GET", "/things/first", { name: "first" }],
  ["GET", "/things/7?x=y", { name: "one", id: "7" }],
  ["GET", "/things/:id", { name: "one", id: ":id" }],
  ["GET", "/things/a%2Fb", { name: "one", id: "a%2Fb" }],
  ["GET", "/things/7/parts/ñ", { name: "part", id: "7", part: "%C3%B1" }],
])("%s %s reaches its handler", async (method, path, expected) => {
  expect(await (await ask(method, path)).json()).toEqual(expected);
});

it("answers HEAD where there is a GET", async () => {
  expect((await ask("HEAD", "/things")).status).toBe(200);
});

it.each([
  ["GET", "/", "POST"],
  ["PUT", "/things", "GET, POST"],
  ["toString", "/things", "GET, POST"],
])("answers 405 to %s %s, and says what is allowed", async (method, path, allowed) => {
  const response = await ask(method, path);
  expect({ status: response.status, allow: response.headers.get("allow") }).toEqual({ status: 405, allow: allowed });
});

it.each(["/nothing", "/things/", "/things/7/parts", "/toString", "//"])("answers 404 to %s", async (path) => {
  expect((await ask("GET", path)).status).toBe(404);
});

it("answers 500 to a path whose export the crate does not have, and logs which", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const missing: Routes = { "/": undefined as never };
  expect((await serve(new Request("http://worker/"), { MAX_BODY_BYTES: 10 }, wasm, missing)).status).toBe(500);
  expect(log.mock.lastCall?.[0]).toContain("route /: expected an export of the crate, or handlers; found neither");
});

it("answers 422 to a refusal with a code of the project's own", async () => {
  const response = await ask("DELETE", "/things/7");
  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({ error: "thing: expected one that nothing needs", code: "inUse" });
});
