// GET /healthz, asked of a Worker whose module is dead.

import { expect, it } from "vitest";
import { type Routes, serve } from "../src/http";
import type { Instance } from "../src/wasm";

const dead: Instance = {
  call() {
    throw new Error("asked the module");
  },
};

const ask = (method: string, routes: Routes = {}, path = "/healthz") =>
  serve(new Request(`http://worker${path}`, { method }), { MAX_BODY_BYTES: 10 }, dead, routes);

it("answers the versions of the build, and nothing else", async () => {
  const response = await ask("GET", { "/:any": { GET: async () => new Response() } });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toEqual({
    "cache-control": "no-store",
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
  });
  expect(await response.json()).toEqual({
    crate: expect.stringMatching(/^\d+\.\d+\.\d+/),
    template: expect.stringMatching(/^\S+$/),
    compatibilityDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  });
});

it("answers HEAD, and 405 to other methods", async () => {
  expect((await ask("HEAD")).status).toBe(200);
  const post = await ask("POST");
  expect({ status: post.status, allow: post.headers.get("allow") }).toEqual({ status: 405, allow: "GET" });
});

it("leaves the path to a route of the project's own", async () => {
  const routes: Routes = { "/healthz": { GET: async () => new Response("mine") } };
  expect(await (await ask("GET", routes)).text()).toBe("mine");
});

it("is on no path below", async () => {
  expect((await ask("GET", {}, "/healthz/")).status).toBe(404);
});
