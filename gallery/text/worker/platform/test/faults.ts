// Exports of the crate that fail on demand, as routes of a Worker. Only tests bundle it.

import type { Endpoint, Instance, Routes } from "..";

/** The crate with its feature `faults`. */
type Crate = Record<Fault | "check_simd", Endpoint> & { FaultNote: new (text: string) => Note };
type Fault = `fault_${"none" | "panic" | "out_of_memory" | "stack_overflow" | "exception" | "call_out"}`;

interface Note {
  text(): string;
  free(): void;
}

/** The routes, of a crate and its instance. */
export function faults(crate: Crate, wasm: Instance): Routes {
  /** What Rust calls in the middle of a call. */
  Object.assign(globalThis, { faultWithin: () => wasm.call(crate.fault_none, new Uint8Array()) });
  /** Structs of the crate that requests hold while others are answered. */
  const notes: Record<string, Note> = {};
  return {
    "/none": crate.fault_none,
    "/panic": crate.fault_panic,
    "/out-of-memory": crate.fault_out_of_memory,
    "/stack-overflow": crate.fault_stack_overflow,
    "/exception": crate.fault_exception,
    "/call-within": crate.fault_call_out,
    "/notes/:text": {
      async PUT(_request, { params: { text = "" } }) {
        notes[text] = wasm.call(() => new crate.FaultNote(text));
        return new Response();
      },
      GET: async (_request, { params: { text = "" } }) => new Response(wasm.call(() => notes[text]?.text())),
      async DELETE(_request, { params: { text = "" } }) {
        notes[text]?.free();
        return new Response();
      },
    },
    "/simd": crate.check_simd,
  };
}
