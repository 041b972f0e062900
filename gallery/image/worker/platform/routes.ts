// Which paths there are, and what stands behind each.

import type { Env } from "./http";
import { type Endpoint, type Instance, Refusal } from "./wasm";

/** Of an ExecutionContext, what a request needs: work that goes on after the answer. */
export interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** The names in a pattern: `"key"` in `"/images/:key/metadata"`. */
type Names<Pattern extends string> = Pattern extends `${infer Segment}/${infer Rest}`
  ? Names<Segment> | Names<Rest>
  : Pattern extends `:${infer Name}`
    ? Name
    : never;

/** By name where the pattern is known, of several those that all have; else whichever. */
type Params<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, string>>
  : Pattern extends unknown
    ? { readonly [Name in Names<Pattern>]: string }
    : never;

/** What a handler is given beside the request. */
export interface Call<E, Pattern extends string = string> {
  env: E;
  wasm: Instance;
  /** What the path has in place of each `:name` of its pattern, as it stands in the URL: still percent-encoded. */
  params: Params<Pattern>;
  /** As `serve` was given it. */
  context?: Context | undefined;
}

/**
 * Answers the requests of one method. It may throw a Refusal; of any other error the client learns a request id. One
 * that stands behind a pattern has its `params` by name: `Handler<Env, "/images/:key">`.
 */
export type Handler<E, Pattern extends string = string> = (
  request: Request,
  call: Call<E, Pattern>,
) => Response | Promise<Response>;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export type Method = (typeof METHODS)[number];

/** A handler for each method. That of GET answers HEAD too, where HEAD has none. */
export type Handlers<E, Pattern extends string = string> = Readonly<Partial<Record<Method, Handler<E, Pattern>>>>;

/** An export of the crate, for a POST of JSON; or handlers. Without one, `{}`, the path is as if it were not there. */
type Route<E, Pattern extends string = string> = Endpoint | Handlers<E, Pattern>;

/** What stands behind each path. A segment `:name` matches any, as in `/images/:key/metadata`. */
export type Routes<E = Env> = Readonly<Record<string, Route<E>>>;

/**
 * Routes whose handlers get the `params` of their own pattern: `const routes = defineRoutes<Env>()({ ... })`. Called
 * twice, for of several types TypeScript infers all or none.
 */
export function defineRoutes<E>() {
  // `find` gives a handler no other params.
  return <Pattern extends string>(routes: { readonly [P in Pattern]: Route<E, P> }) => routes as Routes<E>;
}

/** A refusal whose answer has headers of its own. */
export class HttpRefusal extends Refusal {
  readonly headers: Headers;

  /** @throws {TypeError} where a header is none. */
  constructor(code: string, message: string, headers: Readonly<Record<string, string>>) {
    super(code, message);
    this.headers = new Headers(headers);
  }
}

/** What a path without a route is told. */
export function notFound(): Refusal {
  return new Refusal("notFound", "path: expected a route of this Worker");
}

/**
 * The handler of a method.
 * @throws {HttpRefusal} with `Allow`, as RFC 9110, section 15.5.6, demands.
 * @throws {Refusal} as for a path without a route, where no method has a handler.
 */
export function handlerOf<E>(handlers: Handlers<E>, method: string): Handler<E> {
  const answering = (name: Method) => handlers[name] ?? (name === "HEAD" ? handlers.GET : undefined);
  const known = METHODS.find((name) => name === method);
  const handler = known && answering(known);
  if (!handler) {
    const allow = METHODS.filter(answering).join(", ");
    throw allow === "" ? notFound() : new HttpRefusal("methodNotAllowed", `method: expected ${allow}`, { allow });
  }
  // They may be the methods of a class.
  return handler.bind(handlers);
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
