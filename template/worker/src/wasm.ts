// The life of the WebAssembly instance. It is ready until it is called, and dead after a panic, after running out of
// memory or stack, and after a call that the platform ended. No call reaches a dead instance, nor one that has grown
// large: a new one takes its place, and what the crate kept in it is gone.

/** What wasm.ts needs of the glue that wasm-bindgen writes for the crate. */
interface Crate {
  /** Makes the first instance; later it only gives the exports of the one that is there. */
  initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  schedule_recovery(): void;
  complete_recovery(): void;
}

/** An export of the crate that takes a request's body and returns the answer's. */
export type Endpoint = (body: Uint8Array) => Uint8Array;

export interface Instance {
  /**
   * Calls an export with its arguments, or a function that calls several and waits for nothing.
   * @throws {Refusal} when the crate returns a WasmError.
   * @throws {Crash} when the instance died.
   * @throws {Misuse} when the Worker may not make this call; the instance lives on.
   */
  call<Arguments extends readonly unknown[], Result>(run: (...args: Arguments) => Result, ...args: Arguments): Result;
}

/** A WasmError of the crate: what the client is told, unless its code is "internal". */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    message: string,
    /** Where the crate failed, as src/text.rs:5:63, when its code is "internal". */
    readonly place: string | null = null,
  ) {
    super(message);
  }
}

/** The end of an instance. */
export class Crash extends Error {
  override readonly name = "Crash";

  constructor(
    /** Which instance it was, counted from 1. */
    readonly instance: number,
    /** The build of the module, as its linker named it; null when it did not. */
    readonly module: string | null,
    /** A panic with its message and place, or the engine's error for the trap. */
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** A mistake in the Worker's own code: a call within a call, or an object of an instance that is gone. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

/**
 * The most memory that an instance may keep after a call, in bytes: three eighths of the 128 MB that everything in an
 * isolate shares (https://developers.cloudflare.com/workers/platform/limits/#memory), for it never gives any back. What
 * the default of MAX_BODY_BYTES admits needs less.
 */
export const KEPT_BYTES = 48 * 1024 * 1024;

let instantiated = 0;

/**
 * Makes the first instance. `module` is what an import of the crate's .wasm file gives. A crate that keeps more than
 * `keptBytes` between calls would begin anew in each.
 */
export function instantiate(crate: Crate, module: WebAssembly.Module, keptBytes = KEPT_BYTES): Instance {
  let { memory } = crate.initSync({ module });
  let state: "ready" | "called" | "dead" = "ready";
  let number = 1;

  function recover(): void {
    crate.schedule_recovery();
    // wasm-bindgen makes the scheduled instance inside the next call, but only after it has copied the
    // call's arguments into the old one's memory. A call without arguments has nothing to lose.
    crate.complete_recovery();
    ({ memory } = crate.initSync({ module }));
    number += 1;
    state = "ready";
  }

  function replace(): void {
    state = "dead";
    try {
      recover();
    } catch {
      // No memory for another instance, say. The next call tries again, and its request tells why it failed.
    }
  }

  // Found on a stack by its name, which no other function has.
  const within = `<call of crate ${++instantiated}>`;
  const enter = <A extends readonly unknown[], R>(run: (...args: A) => R, args: A): R => run(...args);
  Object.defineProperty(enter, "name", { value: within });

  return {
    call(run, ...args) {
      if (state === "called" && stack().includes(within)) {
        throw new Misuse("wasm.call: expected no call within a call");
      }
      if (state !== "ready") {
        recover();
      }
      // Until it comes back: of a call that the platform ends neither `catch` nor `finally` runs.
      state = "called";
      try {
        const result = enter(run, args);
        state = "ready";
        return result;
      } catch (error) {
        if (error instanceof Error && error.name === "WasmError" && "code" in error) {
          state = "ready";
          const place = "place" in error ? String(error.place) : null;
          throw new Refusal(String(error.code), error.message, place);
        }
        if (isStale(error, within)) {
          state = "ready";
          throw new Misuse("wasm.call: expected objects of this instance, found one of an instance that is gone");
        }
        const crash = new Crash(number, buildId(module), error);
        replace();
        throw crash;
      } finally {
        if (state === "ready" && memory.buffer.byteLength > keptBytes) {
          replace();
        }
      }
    },
  };
}

/** Whether the glue refused an object whose instance is gone, and no frame of Rust stood above the call. */
function isStale(error: unknown, within: string): boolean {
  if (!(error instanceof Error) || error.message !== "Invalid stale object from previous Wasm instance") {
    return false;
  }
  // V8 keeps ten frames: where the call is not among them, some of Rust could be cut off.
  const [above = "", below] = String(error.stack).split(within);
  return below !== undefined && !above.includes("wasm-function[");
}

/** The whole stack, of whatever depth: V8 keeps ten frames unless it is told otherwise. */
function stack(): string {
  const settings = { stackTraceLimit: Infinity, prepareStackTrace: undefined };
  const before = Object.keys(settings).map((name) => [name, Reflect.get(Error, name)] as const);
  Object.assign(Error, settings);
  try {
    return String(new Error().stack);
  } finally {
    Object.assign(Error, Object.fromEntries(before));
  }
}

/** https://github.com/WebAssembly/tool-conventions/blob/main/BuildId.md: its length, then its bytes. */
function buildId(module: WebAssembly.Module): string | null {
  const [section] = WebAssembly.Module.customSections(module, "build_id");
  return section === undefined
    ? null
    : Array.from(new Uint8Array(section, 1), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
