// HTTP around the crate: which requests reach it, and what every answer looks like.

import { type BodyEnv, bodyLimit, ofClient, readBody } from "./body";
import { Told, publicMessage, report } from "./failures";
import { HEALTH } from "./health";
import { type Context, type Handler, HttpRefusal, type Routes, find, handlerOf, notFound } from "./routes";
import { type Endpoint, type Instance, Refusal, isA } from "./wasm";

/** What the platform reads of the environment. The type of all that is bound needs no import. */
export type Env = BodyEnv;

const STATUS = {
  invalidInput: 400,
  missingField: 400,
  unauthorized: 401,
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
  context?: Context,
): Promise<Response> {
  let pattern: string | null = null;
  ofClient.add(request);
  try {
    const path = pathOf(request);
    const found = find(path in HEALTH && !(path in routes) ? HEALTH : routes, path);
    const { route, params } = found;
    pattern = found.pattern;
    if (pattern === null) {
      throw notFound();
    }
    if (route === undefined) {
      throw new Told("route: expected an export of the crate, or handlers; found neither");
    }
    const handlers = typeof route === "function" ? { POST: jsonHandler(route) } : route;
    return await handlerOf(handlers, request.method)(request, { env, wasm, params, context });
  } catch (error) {
    return answerTo(error, request, env, context, pattern);
  }
}

/**
 * What `serve` answers to whatever was thrown: a refusal has its status, its code and its message; anything else is a
 * 500 with a request id, and a line in the log. For a message of a WebSocket, to which the text of the answer can be
 * sent, `{ method: "webSocketMessage" }` stands for the request. `route` is for the log: a pattern, but nothing that a
 * client sent. What has nobody to answer goes through `attempt`.
 */
export function answerTo(
  error: unknown,
  request: Pick<Request, "method">,
  env: object,
  context?: Context,
  route: string | null = null,
): Response {
  if (isA(error, Refusal) && error.code !== "internal") {
    return refuse(error.code, error.message, isA(error, HttpRefusal) ? error.headers : undefined);
  }
  const requestId = crypto.randomUUID();
  report(error, { requestId, route, method: request.method }, env, context);
  return fail(requestId);
}

/** The URL of a request for "/", without more. Mostly the next one is the same, and need not be parsed. */
let root: string | undefined;

function pathOf({ url, headers }: Request): string {
  if (url === root) {
    return "/";
  }
  try {
    // What ends a name in a URL would have the rest of the host stand in the path; without one, the path is the host.
    if (/^$|[/?#\\@]/.test(headers.get("host") ?? "none")) {
      throw new TypeError();
    }
    const { href, origin, pathname } = new URL(url);
    root = href === `${origin}/` ? url : root;
    return pathname;
  } catch {
    // The runtime takes any text for a host.
    throw new Refusal("invalidInput", "host: expected a name");
  }
}

/** What answers a POST where an export of the crate stands for a path, to stand beside handlers of other methods. */
export function jsonHandler<E extends Env>(endpoint: Endpoint): Handler<E> {
  return async (request, { env, wasm }) => {
    requireJson(request);
    return answer(wasm.call(endpoint, await readBody(request, bodyLimit(env))));
  };
}

// WHATWG MIME Sniffing, section 4.6; the names are tokens of RFC 9110, section 5.6.2.
const JSON_TYPE = /^\s*(application\/json|text\/json|[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\+json)\s*(;|$)/i;

/**
 * @throws {Refusal} when a media type is given and is not a JSON one, or when a browser gives none: a page of any site
 * may send such a body without asking, while one of JSON needs a preflight. Only browsers send an Origin.
 */
export function requireJson(request: Request): void {
  const type = request.headers.get("content-type");
  if (type === "application/json") {
    return;
  }
  if (type === null ? request.headers.has("origin") : !JSON_TYPE.test(type)) {
    throw new Refusal("unsupportedMediaType", "content-type: expected application/json");
  }
}

const HEADERS = { "content-type": "application/json", "x-content-type-options": "nosniff" };
// Headers, for the runtime copies them faster than it reads an object.
const OK = { headers: new Headers(HEADERS) };

/**
 * 200 with bytes that an export gave: JSON, unless `type` says otherwise, as "image/webp" or "text/csv; charset=utf-8".
 * @throws {TypeError} where `type` cannot be a header.
 */
export function answer(bytes: Uint8Array, type?: string): Response {
  return new Response(bytes, type === undefined ? OK : { headers: { ...HEADERS, "content-type": type } });
}

function refuse(code: string, error: string, own = new Headers()): Response {
  const headers = new Headers({ ...HEADERS, "cache-control": "no-store" });
  // In the place of one above, however it is spelled. There may be several of one name alone.
  own.forEach((value, name) => (name === "set-cookie" ? headers.append(name, value) : headers.set(name, value)));
  return new Response(JSON.stringify({ error, code }), { status: isErrorCode(code) ? STATUS[code] : STATUS_OF_OTHERS, headers });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(STATUS, code);
}

/** 500 with a request id and nothing else; failures.ts has told the cause with the same id. */
function fail(requestId: string): Response {
  return refuse("internal", publicMessage(requestId), new Headers({ "x-request-id": requestId }));
}
