// Routes that read a body after the Worker itself has changed it, read it or damaged it; each answers its length.

import { type Env, type Routes, bodyLimit, readBody } from "..";
import type { Handler } from "../routes";

const length = async (request: Request, env: Env) =>
  Response.json((await readBody(request, bodyLimit(env))).byteLength);

type Bytes = ReadableStream<Uint8Array>;

/** Reads what `body` makes of the client's; the headers, Content-Length among them, stay. */
const replaced =
  (body: (sent: Bytes) => BodyInit): Handler<Env> =>
  (request, { env }) =>
    length(new Request(request, { body: body(request.body as Bytes) }), env);

/** Reads the body, or begins to, before `readBody` does. */
const after =
  (before: (request: Request, env: Env) => unknown): Handler<Env> =>
  async (request, { env }) => {
    await before(request, env);
    return length(request, env);
  };

const stream = (transform: (chunk: Uint8Array) => unknown) =>
  new TransformStream({ transform: (chunk, controller) => controller.enqueue(transform(chunk)) });

function fail(): never {
  throw new RangeError("on purpose");
}

/** As a stream fails that another server sends. */
function lose(): never {
  throw new Error("Network connection lost.");
}

export const BODIES: Routes<Env> = {
  "/bodies/gzip": { POST: replaced((sent) => sent.pipeThrough(new DecompressionStream("gzip"))) },
  "/bodies/stream": { POST: replaced((sent) => sent.pipeThrough(stream((chunk) => chunk))) },
  "/bodies/text": { POST: replaced(() => "another") },
  "/bodies/no-bytes": { POST: replaced((sent) => sent.pipeThrough(stream(() => "text"))) },
  "/bodies/broken": { POST: replaced((sent) => sent.pipeThrough(stream(fail))) },
  "/bodies/lost": { POST: replaced((sent) => sent.pipeThrough(stream(lose))) },
  "/bodies/twice": { POST: after(length) },
  "/bodies/json": { POST: after((request) => request.json()) },
  "/bodies/locked": { POST: after((request) => request.body?.getReader()) },
};
