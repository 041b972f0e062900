// Which paths there are, and what stands behind each.

import { type Endpoint, type Instance, Refusal } from "./wasm";

/** Of an ExecutionContext, what a request needs: work that goes on after the answer. */
export interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** What a handler is given beside the request. */
export interface Call<E> {
  env: E;
  wasm: Instance;
  /** What the path has in place of each `:name` of its pattern, as it stands in the URL: still percent-encoded. */
  params: Readonly<Record<string, string>>;
  /** As `serve` was given it. */
  context?: Context | undefined;
}

/** Answers the requests of one method. It may throw a Refusal; of any other error the client learns a request id. */
export type Handler<E> = (request: Request, call: Call<E>) => Response | Promise<Response>;

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** A handler for each method. That of GET answers HEAD too, where HEAD has none. */
type Handlers<E> = Readonly<Partial<Record<Method, Handler<E>>>>;

/** An export of the crate, for a POST of JSON; or handlers. Without one, `{}`, the path is as if it were not there. */
type Route<E> = Endpoint | Handlers<E>;

/** What stands behind each path. A segment `:name` matches any, as in `/images/:key/metadata`. */
export type Routes<E = unknown> = Readonly<Record<string, Route<E>>>;

/** A refusal whose answer has headers of its own. */
export class HttpRefusal extends Refusal {
  readonly headers: Headers;

  /** @throws {TypeError} where a header is none. */
  constructor(code: string, message: string, headers: Readonly<Record<string, string>>) {
    super(code, message);
    this.headers = new Headers(headers);
  }
}

/** The handler of a method. @throws {HttpRefusal} with `Allow`, as RFC 9110, section 15.5.6, demands. */
export function handlerOf<E>(handlers: Handlers<E>, method: string): Handler<E> {
  const byName: Readonly<Record<string, Handler<E> | undefined>> = handlers;
  const name = method === "HEAD" && !("HEAD" in handlers) ? "GET" : method;
  const handler = Object.hasOwn(handlers, name) ? byName[name] : undefined;
  if (handler === undefined) {
    const head = "GET" in handlers && !("HEAD" in handlers) ? ["HEAD"] : [];
    const allow = [...Object.keys(handlers), ...head].join(", ");
    throw new HttpRefusal("methodNotAllowed", `method: expected ${allow}`, { allow });
  }
  return handler;
}

interface Found<E> {
  route?: Route<E>;
  /** The path as `Routes` has it; null when that has none. */
  pattern: string | null;
  params: Record<string, string>;
}

/** The route of a path, if there is one: that of its very name, else the first whose pattern it matches. */
export function find<E>(routes: Routes<E>, path: string): Found<E> {
  const route = routes[path];
  if (route !== undefined && Object.hasOwn(routes, path) && !path.includes("/:")) {
    return { route, pattern: path, params: {} };
  }
  const segments = path.split("/");
  for (const [pattern, route] of Object.entries(routes)) {
    const params = match(pattern.split("/"), segments);
    if (params !== undefined) {
      return { route, pattern, params };
    }
  }
  return { pattern: null, params: {} };
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  if (pattern.length !== segments.length) {
    return undefined;
  }
  for (const [index, name] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (name.startsWith(":") && segment !== "") {
      params[name.slice(1)] = segment;
    } else if (name !== segment) {
      return undefined;
    }
  }
  return params;
}
