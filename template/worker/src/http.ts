// HTTP around the crate: which requests reach it, and what every answer looks like.

import { report } from "./failures";
import { HEALTH } from "./health";
import { type Routes, find } from "./routes";
import { type Instance, Refusal } from "./wasm";

export type { Routes } from "./routes";

export interface Env {
  /** The longest request body, in bytes. */
  MAX_BODY_BYTES: number;
}

const STATUS = {
  invalidInput: 400,
  missingField: 400,
  notFound: 404,
  methodNotAllowed: 405,
  payloadTooLarge: 413,
  unsupportedMediaType: 415,
  internal: 500,
} as const;

/** Of a code that the project adds, with `WasmError::refused` or `Refusal`: Unprocessable Content. */
const STATUS_OF_OTHERS = 422;

export type ErrorCode = keyof typeof STATUS;

/** The body of every answer that is not 200; `Code` are codes that the project adds. */
export interface ErrorAnswer<Code extends string = never> {
  error: string;
  code: ErrorCode | Code;
}

/** Answers a request: the guards in turn, then what stands behind its path. */
export async function serve<E extends Env>(
  request: Request,
  env: E,
  wasm: Instance,
  routes: Routes<E>,
  context?: ExecutionContext,
): Promise<Response> {
  const path = pathOf(request.url);
  const { route, pattern, params } = find(path in HEALTH && !(path in routes) ? HEALTH : routes, path);
  try {
    if (pattern === null) {
      return refuse("notFound", "path: expected a route of this Worker");
    }
    if (route === undefined) {
      throw new Error(`route ${pattern}: expected an export of the crate, or handlers; found neither`);
    }
    if (typeof route === "function") {
      if (request.method !== "POST") {
        return refuseMethod(["POST"]);
      }
      requireJson(request);
      return answer(wasm.call(route, await readBody(request, bodyLimit(env))));
    }
    const method = request.method === "HEAD" && "GET" in route ? "GET" : request.method;
    const handler = Object.hasOwn(route, method) ? route[method] : undefined;
    return (await handler?.(request, { env, wasm, params })) ?? refuseMethod(Object.keys(route));
  } catch (error) {
    if (error instanceof Refusal && error.code !== "internal") {
      return refuse(error.code, error.message);
    }
    const requestId = crypto.randomUUID();
    report(error, { requestId, route: pattern, method: request.method }, env, context);
    return fail(requestId);
  }
}

/** The path of a URL. Of the plainest one, an origin and a slash, it is known without parsing it. */
function pathOf(url: string): string {
  return url.indexOf("/", "https://".length) === url.length - 1 ? "/" : new URL(url).pathname;
}

// WHATWG MIME Sniffing, section 4.6; the names are tokens of RFC 9110, section 5.6.2.
const JSON_TYPE = /^\s*(application\/json|text\/json|[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\+json)\s*(;|$)/i;

/** @throws {Refusal} when a media type is given and is not a JSON one. */
export function requireJson(request: Request): void {
  const type = request.headers.get("content-type");
  if (type !== "application/json" && type !== null && !JSON_TYPE.test(type)) {
    throw new Refusal("unsupportedMediaType", "content-type: expected application/json");
  }
}

/**
 * The body, of which no more than a byte beyond `limit` is read.
 * @throws {Refusal} when it has more than `limit` bytes, or ends too early.
 * @throws {TypeError} when the project has put a stream of its own into the request that is not one of bytes.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  if (length === null) {
    return request.body === null ? new Uint8Array() : readStream(request.body, limit);
  }
  if (Number(length) > limit) {
    throw tooLarge(limit);
  }
  try {
    // Faster for small bodies than a reader. HTTP admits no more bytes than the length says.
    return new Uint8Array(await request.arrayBuffer());
  } catch {
    throw cutOff();
  }
}

/** Of the Streams standard; the runtime's types lack `min`, the bytes to wait for. */
interface Reader {
  read(view: Uint8Array, options: { min: number }): Promise<{ value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** The fewest bytes of a stream that are asked for at once. */
const PIECE = 16 * 1024;

async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const reader: Reader = stream.getReader({ mode: "byob" });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    // As many bytes as there are already: workerd hands out 4 KB unless it is told to wait for more.
    const min = Math.min(Math.max(length, PIECE), limit + 1 - length);
    const { value: piece = new Uint8Array() } = await reader.read(new Uint8Array(min), { min }).catch(() => {
      throw cutOff();
    });
    pieces.push(piece);
    length += piece.byteLength;
    if (length > limit) {
      await reader.cancel();
      throw tooLarge(limit);
    }
    // Only the end of a stream makes a piece shorter.
    if (piece.byteLength < min) {
      return joined(pieces);
    }
  }
}

/** The bytes of all pieces, one after the other. */
export function joined(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function tooLarge(limit: number): Refusal {
  return new Refusal("payloadTooLarge", `body: expected at most ${limit} bytes`);
}

// Only a client makes reading fail: one that hung up, or sent chunks that are none. No failure of the Worker.
function cutOff(): Refusal {
  return new Refusal("invalidInput", "body: expected all of it, found a broken connection");
}

/** The longest body that the Worker takes, in bytes. */
export function bodyLimit(env: Env): number {
  const limit = Number(env.MAX_BODY_BYTES);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new Error("the variable MAX_BODY_BYTES: expected a positive integer; set it in wrangler.toml");
  }
  return limit;
}

const HEADERS = { "content-type": "application/json", "x-content-type-options": "nosniff" };
// Headers, for the runtime copies them faster than it reads an object.
const OK = { headers: new Headers(HEADERS) };

/** 200 with JSON that an endpoint gave. */
export function answer(json: Uint8Array): Response {
  return new Response(json, OK);
}

function refuse(code: string, error: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error, code }), {
    status: isErrorCode(code) ? STATUS[code] : STATUS_OF_OTHERS,
    headers: { ...HEADERS, "cache-control": "no-store", ...headers },
  });
}

/** 405 with `Allow`, as RFC 9110, section 15.5.6, demands. */
function refuseMethod(methods: string[]): Response {
  const allowed = methods.join(", ");
  return refuse("methodNotAllowed", `method: expected ${allowed}`, { allow: allowed });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(STATUS, code);
}

/** 500 with a request id and nothing else; failures.ts has told the cause with the same id. */
function fail(requestId: string): Response {
  return refuse("internal", `the Worker failed; its log has request ${requestId}`, { "x-request-id": requestId });
}
