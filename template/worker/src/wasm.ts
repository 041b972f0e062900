// The life of the WebAssembly instance. It is alive from `instantiate` on. A panic, or running out of
// memory or stack, kills it in the middle of a call; `recover` makes a new one before that call ends, or,
// where that failed, before the next. Calls are synchronous, so a dying instance takes no other request with it.

/** What wasm.ts needs of the glue that wasm-bindgen writes for the crate. */
interface Crate {
  initSync(options: { module: WebAssembly.Module }): unknown;
  schedule_recovery(): void;
  complete_recovery(): void;
}

/** An export of the crate that takes a request's body and returns the answer's. */
export type Endpoint = (body: Uint8Array) => Uint8Array;

export interface Instance {
  /**
   * Calls an endpoint.
   * @throws {Refusal} when the crate refuses the body.
   * @throws {Crash} when the instance died.
   */
  call(endpoint: Endpoint, body: Uint8Array): Uint8Array;
}

/** A WasmError of the crate: what the client is told. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The end of an instance. */
export class Crash extends Error {
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

/** Makes the first instance. `module` is what an import of the crate's .wasm file gives. */
export function instantiate(crate: Crate, module: WebAssembly.Module): Instance {
  crate.initSync({ module });
  let number = 1;
  let alive = true;

  function recover(): void {
    crate.schedule_recovery();
    // wasm-bindgen makes the scheduled instance inside the next call, but only after it has copied the
    // call's arguments into the old one's memory. A call without arguments has nothing to lose.
    crate.complete_recovery();
    number += 1;
    alive = true;
  }

  return {
    call(endpoint, body) {
      if (!alive) {
        recover();
      }
      try {
        return endpoint(body);
      } catch (error) {
        if (error instanceof Error && "code" in error) {
          throw new Refusal(String(error.code), error.message);
        }
        alive = false;
        const crash = new Crash(number, buildId(module), error);
        try {
          recover();
        } catch {
          // No memory for another instance, say. The next call tries again, and its request tells why it failed.
        }
        throw crash;
      }
    },
  };
}

/** https://github.com/WebAssembly/tool-conventions/blob/main/BuildId.md: its length, then its bytes. */
function buildId(module: WebAssembly.Module): string | null {
  const [section] = WebAssembly.Module.customSections(module, "build_id");
  return section === undefined
    ? null
    : Array.from(new Uint8Array(section, 1), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
