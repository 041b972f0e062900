// The life of the WebAssembly instance. It is ready until it is called, and dead after a panic, after running out of
// memory or stack, and after a call that Cloudflare ended. No call reaches a dead instance, nor one that has grown
// large: a new one takes its place, and what the crate kept in it is gone.

import { isOnStack } from "./stack";

/** What wasm.ts needs of the crate's JavaScript. */
interface Crate {
  /** Makes the first instance; later it only gives the exports of the one that is there. */
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  schedule_recovery(): void;
  complete_recovery(): void;
  /** What left the instance as an exception, which is its end; undefined while it lives. */
  instance_death(): { readonly error: unknown } | undefined;
  /** While an export is under way, or when one was ended: a name that stands on the stack of each. */
  instance_running(): string | undefined;
  WasmError: Class<Error & { readonly code: string; readonly place: string | undefined }>;
  Panic: Class<Error & { readonly place: string | undefined }>;
}

type Class<T> = abstract new (...args: never) => T;

/** An export of the crate that takes a request's body and returns the answer's. */
export type Endpoint = (body: Uint8Array) => Uint8Array;

/** Nothing that fits where its type says that a result can be a promise; anything where it is `any`. */
type AtOnce<Result> = 0 extends Result & 1 ? unknown : [Extract<Result, PromiseLike<unknown>>] extends [never] ? unknown : never;

export interface Instance {
  /**
   * Which instance it is: 1 for the first of this crate in this isolate, one more with each that takes its place. What
   * a project keeps of an instance, as a struct, a pointer or a cache of these, belongs to its number. Read it within a
   * call, for another instance may take the place of this one before a call or after it.
   */
  readonly number: number;
  /**
   * Calls an export with its arguments, or a function that calls several and waits for nothing.
   * @throws {Refusal} when the crate returns a WasmError.
   * @throws {Crash} when the instance died.
   * @throws {Misuse} when the Worker may not make this call; the instance lives on, unless the call stood in another one.
   */
  call<Arguments extends readonly unknown[], Result>(
    run: ((...args: Arguments) => Result) & AtOnce<Result>,
    ...args: Arguments
  ): Result;
}

/** A WasmError of the crate: what the client is told, unless its code is "internal". */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The end of an instance. Its own message is always the same, for its cause's could hold what a client sent. */
export class Crash extends Error {
  override readonly name = "Crash";

  constructor(
    /** Which instance it was, counted from 1. */
    readonly instance: number,
    /** The build of the module, as its linker named it; null when it did not. */
    readonly module: string | null,
    /** A panic, or the engine's error for the trap. */
    override readonly cause: unknown,
  ) {
    super("the WebAssembly instance died");
  }
}

const NESTED = "wasm.call: expected no call within a call";
const STALE = "wasm.call: expected objects of this instance, found one of an instance that is gone";

/** A mistake in the Worker's own code. */
export class Misuse extends Error {
  override readonly name = "Misuse";

  constructor(message: typeof NESTED | typeof STALE) {
    super(message);
  }
}

/** What the log may have of a failure: texts that stand in the crate's sources, and where it failed. */
interface Said {
  message: string;
  /** As src/text.rs:5:63. */
  place: string | null;
}

const said = new WeakMap<object, Said>();

/** What the crate itself says of a failure, be it a panic or a WasmError; undefined of any other. */
export function toldByCrate(error: object): Said | undefined {
  return said.get(error);
}

/**
 * The most memory that an instance may keep after a call, in bytes: seven sixteenths of the 128 MB that everything in an
 * isolate shares (https://developers.cloudflare.com/workers/platform/limits/#memory), for it never gives any back. What
 * the default of MAX_BODY_BYTES admits needs less.
 */
export const KEPT_BYTES = 56 * 1024 * 1024;

/** The instance of each crate: there is one at a time, whoever asks for it. */
const lives = new WeakMap<Crate, Life>();

/**
 * Makes the first instance. `module` is what an import of the crate's .wasm file gives. A crate that keeps more than
 * `keptBytes` between calls would begin anew in each.
 */
export function instantiate(crate: Crate, module: WebAssembly.Module, keptBytes = KEPT_BYTES): Instance {
  const life = lives.get(crate) ?? new Life(crate, module);
  lives.set(crate, life);
  return { call: (run, ...args) => life.call(run, args, keptBytes), get number() { return life.number; } };
}

class Life {
  #memory: WebAssembly.Memory;
  #state: "ready" | "called" | "dead" = "ready";
  #number = 1;
  /** Calls, and is found on a stack by its name, which no other function has. */
  readonly #enter = <A extends readonly unknown[], R>(run: (...args: A) => R, args: A): R => run(...args);
  static #made = 0;

  constructor(
    readonly crate: Crate,
    readonly module: WebAssembly.Module,
  ) {
    this.#memory = crate.initSync({ module }).memory;
    Object.defineProperty(this.#enter, "name", { value: `<call of crate ${++Life.#made}>` });
  }

  get number(): number {
    return this.#number;
  }

  call<A extends readonly unknown[], R>(run: (...args: A) => R, args: A, keptBytes: number): R {
    const { crate } = this;
    // An export may have been called without `call`, too.
    const running = crate.instance_running();
    if (this.#state === "called" || running !== undefined) {
      queueMicrotask(() => {
        // Nothing runs any more: what is under way was ended.
        if (this.#state === "called" || crate.instance_running() !== undefined) {
          this.#replace();
        }
      });
      if (isOnStack(this.#enter.name, running) !== false) {
        throw new Misuse(NESTED);
      }
    }
    if (this.#state !== "ready" || running !== undefined || crate.instance_death() !== undefined) {
      this.#recover();
    }
    // Until it comes back: of a call that Cloudflare ends neither `catch` nor `finally` runs.
    this.#state = "called";
    let death: { readonly error: unknown } | undefined;
    try {
      const result = this.#enter(run, args);
      // `run` may have caught what killed it.
      death = crate.instance_death();
      if (death === undefined) {
        this.#state = "ready";
        return result;
      }
    } catch (error) {
      death = crate.instance_death();
      const mistake = death === undefined ? this.#mistake(error) : null;
      if (mistake !== null) {
        this.#state = "ready";
        throw mistake;
      }
      death ??= { error };
    } finally {
      if (this.#state === "ready" && this.#memory.buffer.byteLength > keptBytes) {
        this.#replace();
      }
    }
    const crash = new Crash(this.#number, buildId(this.module), death.error);
    if (isA(death.error, crate.Panic)) {
      said.set(crash, { message: death.error.message, place: death.error.place ?? null });
    }
    this.#replace();
    throw crash;
  }

  /** What an error is that leaves the instance alive; null when it is no such error. */
  #mistake(error: unknown): Refusal | Misuse | null {
    if (isA(error, Refusal)) {
      return error;
    }
    if (isA(error, this.crate.WasmError)) {
      const { code, message, place } = error;
      const refusal = new Refusal(code, message);
      if (place !== undefined) {
        said.set(refusal, { message, place });
      }
      return refusal;
    }
    return isA(error, Error) && STALE_OBJECTS.has(error.message) ? new Misuse(STALE) : null;
  }

  #recover(): void {
    this.#state = "dead";
    this.crate.schedule_recovery();
    // wasm-bindgen makes the scheduled instance inside the next call, but only after it has copied the
    // call's arguments into the old one's memory. A call without arguments has nothing to lose.
    this.crate.complete_recovery();
    this.#memory = this.crate.initSync({ module: this.module }).memory;
    this.#number += 1;
    this.#state = "ready";
  }

  #replace(): void {
    try {
      this.#recover();
    } catch {
      // No memory for another instance, say. The next call tries again, and its request tells why it failed.
    }
  }
}

/** How wasm-bindgen refuses what was made of an instance that is gone. */
const STALE_OBJECTS = new Set([
  "Invalid stale object from previous Wasm instance",
  "Cannot invoke closure from previous WASM instance",
]);

/** `instanceof`, whatever was thrown: a Proxy can throw here in its turn. */
export function isA<T>(error: unknown, type: Class<T>): error is T {
  try {
    return error instanceof type;
  } catch {
    return false;
  }
}

/** https://github.com/WebAssembly/tool-conventions/blob/main/BuildId.md: its length, then its bytes. */
function buildId(module: WebAssembly.Module): string | null {
  const [section] = WebAssembly.Module.customSections(module, "build_id");
  return section === undefined
    ? null
    : Array.from(new Uint8Array(section, 1), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
