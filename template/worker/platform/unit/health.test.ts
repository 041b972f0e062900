// GET /healthz, asked of a Worker whose module is dead.

import { expect, it, vi } from "vitest";
import { type Env, type Routes, serve } from "..";
import type { Instance } from "../wasm";

const dead: Instance = {
  number: 1,
  call() {
    throw new Error("asked the module");
  },
};

const ask = (method: string, routes: Routes = {}, path = "/healthz", env: Env = {}) =>
  serve(new Request(`http://worker${path}`, { method }), env, dead, routes);

it("answers the versions of the build, and nothing else", async () => {
  const response = await ask("GET", { "/:any": { GET: async () => new Response() } });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toEqual({
    "cache-control": "no-store",
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
  });
  expect(await response.json()).toEqual({
    name: "my_worker",
    crate: expect.stringMatching(/^\d+\.\d+\.\d+/),
    template: expect.stringMatching(/^\S+$/),
    compatibilityDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    bundle: expect.stringMatching(/^b[0-9a-f]{8}$/),
  });
});

it("answers HEAD, and 405 to other methods", async () => {
  expect((await ask("HEAD")).status).toBe(200);
  const post = await ask("POST");
  expect({ status: post.status, allow: post.headers.get("allow") }).toEqual({ status: 405, allow: "GET, HEAD" });
});

it("leaves the path to a route of the project's own", async () => {
  const routes: Routes = { "/healthz": { GET: async () => new Response("mine") } };
  expect(await (await ask("GET", routes)).text()).toBe("mine");
});

it("is turned off by a route without handlers", async () => {
  expect((await ask("GET", { "/healthz": {} })).status).toBe(404);
});

it("answers 500 where every request with a body would, and logs why", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect((await ask("GET", {}, "/healthz", { MAX_BODY_BYTES: 0 })).status).toBe(500);
  expect(log.mock.lastCall?.[0]).toContain("the variable MAX_BODY_BYTES");
});

it("is on no path below", async () => {
  expect((await ask("GET", {}, "/healthz/")).status).toBe(404);
});
