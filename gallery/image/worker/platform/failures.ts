// What is said of a failure: a line of JSON in the log, whose fields Workers Logs can search by. Nothing that the client
// sent can be in it: a text gets there only when it is one of a list, or stands as it is in the sources.

import build from "./build.json";
import type { Context } from "./routes";
import { frames, headOf } from "./stack";
import { Crash, Misuse, Refusal, isA, toldByCrate } from "./wasm";

/** What failed: a request, or another event of the Worker. All of it is the Worker's own, nothing is the client's. */
export interface Failed {
  /** From crypto.randomUUID(). */
  requestId: string;
  /** The pattern of the route, not the path; null when it has none. Of another event as `attempt` is told. */
  route: string | null;
  /** That of the request, of which a line has only the known ones; or what the event is, as queue or scheduled. */
  method: string;
}

const EVENTS = ["scheduled", "queue", "alarm", "email", "tail", "rpc"] as const;

/** The line. */
export interface Failure extends Failed {
  code: "internal";
  /** "panic", or the name of the error, or the type of what was thrown instead of one. */
  type: string;
  /** Null where it could be put together from what the client sent. */
  message: string | null;
  /** Where the crate failed, as src/text.rs:5:63. */
  place: string | null;
  /** Which instance of the module died, counted from 1. */
  instance: number | null;
  /** The builds of the module and of the bundle, for `./build.sh names`. */
  module: string | null;
  bundle: string;
  /** Where the error was made: files of the bundle, functions of the module. */
  stack: string | null;
}

/** A text that stands in the sources as it is. One that holds a value does not compile, alone or as one of several. */
type Literal<Text extends string> = [Text] extends [Known<Text>] ? Text : never;
type Known<Text extends string> = Text extends unknown ? ({} extends Record<Text, never> ? never : Text) : never;

/**
 * Throw it where the log shall say why: its message is told. That of any other error is not. Write the message there, for
 * the compiler believes what a type says: a text that a client sent and a type calls "fast" or "slow" would be told.
 */
export class Told<Text extends string> extends Error {
  override readonly name = "Told";

  constructor(message: Literal<Text>, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Defined by `./build.sh dev`. On the desk the error itself is told, too, and wrangler shows it with its lines in the sources.
 * It is scripts/hints.json: words of errors, as regular expressions, and what helps.
 */
declare const DEVELOPMENT: readonly (readonly [words: string, hint: string])[] | undefined;
export const isDevelopment = typeof DEVELOPMENT !== "undefined";

/** Sends a failure to where `env` says. Whether it can is nobody's concern but its own: the line in the log is there. */
export type Send = (failure: Failure, env: object) => Promise<void>;

const receivers = new Set<Send>();

/** Has every failure sent there too, beside its line in the log. To be called once, where the Worker starts. */
export function reportTo<E extends object>(send: (failure: Failure, env: E) => Promise<void>): void {
  receivers.add(send as Send);
}

/** Tells of a failure, whatever was thrown. It never throws itself. Without `context` nothing waits for what is sent. */
export function report(error: unknown, failed: Failed, env: object, context?: Context): void {
  const line = { ...failed, method: METHODS.has(failed.method) ? failed.method : "other", code: "internal" } as const;
  try {
    const failure = { ...line, ...describe(error) };
    console.error(JSON.stringify(failure));
    if (isDevelopment) {
      const cause = error instanceof Crash ? error.cause : error;
      console.error(cause);
      const told = `${JSON.stringify(failure)} ${headOf(cause)}`;
      DEVELOPMENT?.filter(([words]) => RegExp(words).test(told)).forEach(([, hint]) => console.error(`hint: ${hint}`));
    }
    for (const send of receivers) {
      try {
        const sent = send(failure, env).catch(() => {});
        context?.waitUntil(sent);
      } catch {
        // It is the next one's turn.
      }
    }
  } catch {
    console.error(JSON.stringify(line));
  }
}

/**
 * Runs what stands behind an event that is no request. `route` is the name of the queue, the pattern of the cron, the class
 * of the Durable Object or the method of an RPC, but nothing that a client sent. Whatever `run` throws has its line in the
 * log; but a refusal that is the answer to an RPC is thrown as it is, without one.
 * @throws {Error} whose message has the request id and nothing else, for the runtime logs what an event throws, and tells
 * it to whoever made the RPC. Of a refusal it is a Refusal, with the same code.
 */
export async function attempt<T>(
  event: { method: (typeof EVENTS)[number]; route: string },
  env: object,
  context: Context | undefined,
  run: () => T | Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const refused = isA(error, Refusal) && error.code !== "internal";
    if (refused && event.method === "rpc") {
      throw error;
    }
    const requestId = crypto.randomUUID();
    report(error, { requestId, route: event.route, method: event.method }, env, context);
    const message = publicMessage(requestId);
    throw refused ? new Refusal(error.code, message) : new Error(message);
  }
}

/** All that whoever asked is told of a failure. */
export function publicMessage(requestId: string): string {
  return `the Worker failed; its log has request ${requestId}`;
}

function describe(error: unknown): Omit<Failure, keyof Failed | "code"> {
  const crash = isA(error, Crash) ? error : null;
  const cause = crash === null ? error : crash.cause;
  return {
    ...(crash === null ? why(error) : whyDead(crash)),
    instance: crash?.instance ?? null,
    module: crash?.module ?? null,
    bundle: build.bundle,
    stack: isA(cause, Error) ? frames(cause) : null,
  };
}

type Why = Pick<Failure, "type" | "message" | "place">;

function whyDead(crash: Crash): Why {
  const panic = toldByCrate(crash);
  return panic === undefined ? why(crash.cause) : { type: "panic", message: panic.message || null, place: panic.place };
}

function why(cause: unknown): Why {
  if (isA(cause, Told) || isA(cause, Misuse)) {
    return { type: cause.name, message: cause.message, place: null };
  }
  if (isA(cause, Refusal)) {
    // Of one that TypeScript threw the crate says nothing.
    return { type: "WasmError", message: null, place: null, ...toldByCrate(cause) };
  }
  if (!isA(cause, Error)) {
    return { type: typeof cause, message: null, place: null };
  }
  try {
    const { name, message } = cause;
    return { type: NAMES.has(name) ? name : "Error", message: MESSAGES.has(message) ? message : null, place: null };
  } catch {
    // The project gave it a getter that throws.
    return { type: "Error", message: null, place: null };
  }
}

const METHODS = new Set<string>([
  ..."GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH fetch webSocketMessage".split(" "),
  ...EVENTS,
]);

// Of JavaScript, of WebAssembly, and of https://webidl.spec.whatwg.org/#idl-DOMException-error-names.
const NAMES = new Set(
  (
    "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "CompileError LinkError RuntimeError " +
    "AbortError ConstraintError DataCloneError DataError EncodingError HierarchyRequestError InUseAttributeError " +
    "InvalidAccessError InvalidCharacterError InvalidModificationError InvalidNodeTypeError InvalidStateError " +
    "NamespaceError NetworkError NoModificationAllowedError NotAllowedError NotFoundError NotReadableError " +
    "NotSupportedError OperationError OptOutError QuotaExceededError ReadOnlyError SecurityError TimeoutError " +
    "TransactionInactiveError UnknownError VersionError WrongDocumentError"
  ).split(" "),
);

/** Messages of the engine, of the glue and of the runtime that have no value in them. */
const MESSAGES = new Set([
  "WebAssembly.Module(): Wasm code generation disallowed by embedder",
  "WebAssembly.compile(): Wasm code generation disallowed by embedder",
  "WebAssembly.instantiate(): Wasm code generation disallowed by embedder",
  "unreachable",
  "memory access out of bounds",
  "table index is out of bounds",
  "null function or function signature mismatch",
  "Maximum call stack size exceeded",
  "Array buffer allocation failed",
  "Invalid stale object from previous Wasm instance",
  "Cannot invoke closure from previous WASM instance",
  "attempted to take ownership of Rust value while it was borrowed",
  "null pointer passed to rust",
  "recursive use of an object detected which would lead to unsafe aliasing in rust",
  "Network connection lost.",
  "The operation was aborted due to timeout",
]);
