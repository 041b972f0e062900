// The life of an instance in wasm.ts, where a request to a running Worker cannot show it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as crate from "../../../my_worker/pkg-faults/my_worker.js";
import * as otherCrate from "../../../my_worker/pkg/my_worker.js";
import { Crash, type Endpoint, KEPT_BYTES, Misuse, Refusal, instantiate, toldByCrate } from "../wasm";

function compiled(folder: string): WebAssembly.Module {
  const path = join(import.meta.dirname, "../../../my_worker", folder, "my_worker_bg.wasm");
  // The types are those of a Worker, where no module can be compiled.
  return Reflect.construct(WebAssembly.Module, [readFileSync(path)]) as WebAssembly.Module;
}

const module = compiled("pkg-faults");
const wasm = instantiate(crate, module);
afterEach(() => vi.restoreAllMocks());

const text = new TextDecoder();
const call = (endpoint: Endpoint, body = "sent") => text.decode(wasm.call(endpoint, new TextEncoder().encode(body)));
/** How many bytes the memory of the instance has. */
const memory = () => crate.initSync({ module }).memory.buffer.byteLength;

/**
 * Calls, and ends the call from outside, as Cloudflare does with one that takes too long. A busy machine may end it
 * before an export has begun: then once more.
 */
function end(run: () => unknown): void {
  const called = vi.fn();
  vi.stubGlobal("run", () => {
    try {
      run();
    } finally {
      called();
    }
  });
  do {
    expect(() => new Script("run()").runInThisContext({ timeout: 20 })).toThrow("timed out");
  } while (crate.instance_running() === undefined);
  expect(called).not.toHaveBeenCalled();
}

it("gives what an export returns, whatever it takes", () => {
  expect(wasm.call(crate.fault_grow, 1000, 3)).toBe(3000);
  expect(wasm.call(() => 7)).toBe(7);
});

it("lives on where the Worker's own code refuses", () => {
  const calls = parseInt(call(crate.fault_none));
  const refusal = new Refusal("gone", "thing: expected one");
  const refused = attempted(() =>
    wasm.call(() => {
      throw refusal;
    }),
  );
  expect(refused).toBe(refusal);
  expect(parseInt(call(crate.fault_none))).toBe(calls + 1);
});

it("has a number, which is another for each instance", () => {
  const other = instantiate(crate, module);
  const { number } = wasm;
  call(crate.fault_none);
  expect(wasm.number).toBe(number);
  const crash = thrownBy(() => call(crate.fault_panic));
  expect([(crash as Crash).instance, wasm.number, other.number]).toEqual([number, number + 1, number + 1]);
  end(() => call(crate.fault_endless));
  expect(wasm.call(() => wasm.number)).toBe(number + 2);
  // Its memory ends it, after the call.
  const [grown, within] = wasm.call(() => [crate.fault_grow(KEPT_BYTES, 1), wasm.number]);
  expect([grown, within, wasm.number]).toEqual([KEPT_BYTES, number + 2, number + 3]);
});

it("has 1 for its first, each crate for itself", () => {
  expect(instantiate(otherCrate, compiled("pkg")).number).toBe(1);
});

it("lets no call reach a dead instance, and recovers as soon as that is possible", () => {
  wasm.call(crate.fault_none, new Uint8Array());
  const shortage = vi.spyOn(WebAssembly, "Instance").mockImplementation(function () {
    throw new RangeError("no memory");
  });
  expect(() => call(crate.fault_panic)).toThrow(Crash);
  expect(() => call(crate.fault_none)).toThrow("no memory");
  expect(() => call(crate.fault_none)).toThrow("no memory");
  shortage.mockRestore();

  expect(call(crate.fault_none)).toBe("1 sent");
  expect(call(crate.fault_none)).toBe("2 sent");
});

describe("a call that is ended from outside", () => {
  it("is the end of its instance", () => {
    expect(call(crate.fault_none)).toMatch(/ sent$/);
    end(() => call(crate.fault_endless));
    expect(call(crate.fault_none)).toBe("1 sent");
    expect(call(crate.fault_none)).toBe("2 sent");
  });

  it("is its end also without `call`", () => {
    call(crate.fault_none);
    end(() => crate.fault_endless(new Uint8Array()));
    expect(call(crate.fault_none)).toBe("1 sent");
    expect(call(crate.fault_none)).toBe("2 sent");
  });

  it("leaves nothing behind, 40 times in a row", () => {
    const body = "x".repeat(4_000_000);
    for (let round = 0; round < 40; round += 1) {
      end(() => call(crate.fault_endless, body));
    }
    expect(call(crate.fault_none)).toBe("1 sent");
    expect(memory()).toBeLessThan(10_000_000);
  });
});

/** What Rust calls in the middle of a call. */
const within = (run: () => unknown) => vi.stubGlobal("faultWithin", run);

/** What a call threw, or gave. */
function attempted(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

/** What a call threw. */
function thrownBy(run: () => unknown): unknown {
  const nothing = {};
  const thrown = attempted(() => (run(), nothing));
  expect(thrown).not.toBe(nothing);
  return thrown;
}

// @ts-expect-error: that this type has a constructor would let anybody say what a client or the log is told
export const REFUSING = () => new crate.WasmError("sent", "tooWide", undefined);
// @ts-expect-error
export const PANICKING = () => new crate.Panic("sent", undefined);
// @ts-expect-error: it may give a promise
export const WAITING = (later: boolean) => wasm.call(() => (later ? Promise.resolve(1) : 1));
// @ts-expect-error
export const AT_TIMES = (run: () => Promise<number> | undefined) => wasm.call(run);

describe("an instance whose end somebody caught", () => {
  const caught = (run: () => unknown) => {
    try {
      run();
    } catch {
      // As if nothing had happened.
    }
  };
  const panic = () => crate.fault_panic(new Uint8Array());

  it.each<[string, () => unknown]>([
    ["in a function that goes on", () => wasm.call(() => (caught(panic), crate.fault_none(new Uint8Array())))],
    ["in JavaScript that Rust called", () => (within(() => caught(panic)), call(crate.fault_call_out))],
    ["in Rust", () => (within(panic), call(crate.fault_call_out_caught))],
  ])("%s, is dead", (_, run) => {
    const crash = thrownBy(run);
    expect(crash).toBeInstanceOf(Crash);
    expect(toldByCrate(crash as Crash)).toMatchObject({ message: "a panic on demand" });
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("after its call, is dead", async () => {
    call(crate.fault_none);
    await Promise.resolve().then(() => caught(panic));
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("is dead in a function that waits, which no type allows", async () => {
    let waiting: Promise<unknown> = Promise.resolve();
    // @ts-expect-error: of what it does later nothing would be known
    const run = () => wasm.call(() => (waiting = Promise.resolve(caught(panic))));
    expect(run).toThrow(Crash);
    await waiting;
  });
});

it("is one for a crate, whoever asks for it", () => {
  const other = instantiate(crate, module);
  end(() => call(crate.fault_endless));
  expect(text.decode(other.call(crate.fault_none, new Uint8Array()))).toBe("1 ");
  expect(call(crate.fault_none)).toBe("2 sent");
});

/** Runs while nobody can tell how deep the stack is. */
function unreadable<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  Object.defineProperty(Error, "stackTraceLimit", { writable: false, value: 0 });
  try {
    return run();
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", { writable: true, value: limit });
  }
}

it("is a new one after an ended call also where stacks cannot be read, once nothing else runs", async () => {
  for (const ended of [() => call(crate.fault_endless), () => crate.fault_endless(new Uint8Array())]) {
    end(ended);
    expect(() => unreadable(() => call(crate.fault_none))).toThrow(Misuse);
    await Promise.resolve();
    expect(unreadable(() => call(crate.fault_none))).toBe("1 sent");
  }
});

const thrown = () => {
  throw new TypeError("locked");
};

/** Makes a property of Error the project's own, until what this returns is called. */
function own(name: string, property: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name);
  Object.defineProperty(Error, name, { configurable: true, ...property });
  return () => (before === undefined ? Reflect.deleteProperty(Error, name) : Object.defineProperty(Error, name, before));
}

it.each<[string, PropertyDescriptor]>([
  ["set", { get: () => undefined, set: thrown }],
  ["read", { get: thrown, set: () => undefined }],
])("is a new one after an ended call also where the settings of stacks throw when they are %s", async (_, property) => {
  end(() => call(crate.fault_endless));
  const undo = own("prepareStackTrace", property);
  attempted(() => call(crate.fault_none));
  await Promise.resolve();
  expect(attempted(() => call(crate.fault_none))).toMatch(/^[12] sent$/);
  undo();
});

/** A stack without names. */
const places = (_: Error, sites: NodeJS.CallSite[]) => sites.map((site) => `at ${site.getFileName()}:${site.getLineNumber()}`).join("\n");

describe("a call from within a call", () => {
  it.each<[string, () => Uint8Array]>([
    ["the one", () => wasm.call(crate.fault_call_out, new Uint8Array())],
    ["one without `call`", () => crate.fault_call_out(new Uint8Array())],
  ])("is refused, and %s around it goes on", (_, around) => {
    let refused: unknown;
    within(() => {
      refused = thrownBy(() => call(crate.fault_none));
    });
    call(crate.fault_none);
    const calls = parseInt(call(crate.fault_none));
    expect(around()).toEqual(new Uint8Array());
    expect(refused).toBeInstanceOf(Misuse);
    expect(parseInt(call(crate.fault_none))).toBe(calls + 1);
  });

  it("is refused also where stacks cannot be read", async () => {
    const calls = parseInt(call(crate.fault_none));
    let refused: unknown;
    within(() => {
      refused = unreadable(() => thrownBy(() => call(crate.fault_none)));
    });
    expect(call(crate.fault_call_out)).toBe("");
    expect(refused).toBeInstanceOf(Misuse);
    await Promise.resolve();
    expect(call(crate.fault_none)).toBe(`${calls + 1} sent`);
  });

  it.each<[string, () => () => void]>([
    ["Error is another class", () => {
      const before = Error;
      globalThis.Error = class extends before {} as ErrorConstructor;
      return () => void (globalThis.Error = before);
    }],
    ["their length is the project's", () => own("stackTraceLimit", { get: () => 50, set: () => undefined })],
    ["the project has them empty", () => own("prepareStackTrace", { get: () => () => "", set: () => undefined })],
    ["the project writes places only", () => own("prepareStackTrace", { get: () => places, set: () => undefined })],
    ["their settings throw", () => own("prepareStackTrace", { get: thrown, set: thrown })],
  ])("is refused also where %s", async (_, change) => {
    const calls = parseInt(call(crate.fault_none));
    const deep = (depth: number): unknown => (depth === 0 ? call(crate.fault_none) : deep(depth - 1));
    let refused: unknown;
    within(() => {
      const undo = change();
      refused = attempted(() => deep(30));
      undo();
    });
    expect(call(crate.fault_call_out)).toBe("");
    expect(refused).toBeInstanceOf(Misuse);
    await Promise.resolve();
    expect(call(crate.fault_none)).toBe(`${calls + 1} sent`);
  });

  it("is refused within one without `call`, also after an ended one, where stacks cannot be read", async () => {
    end(() => call(crate.fault_endless));
    expect(() => unreadable(() => call(crate.fault_none))).toThrow(Misuse);
    await Promise.resolve();
    let refused: unknown;
    within(() => {
      refused = attempted(() => unreadable(() => call(crate.fault_none)));
    });
    crate.fault_call_out(new Uint8Array());
    expect(refused).toBeInstanceOf(Misuse);
  });

  it("is told apart at any depth of the stack", () => {
    const deep = (depth: number): unknown => (depth === 0 ? call(crate.fault_none) : deep(depth - 1));
    within(() => expect(() => deep(100)).toThrow(Misuse));
    expect(call(crate.fault_call_out)).toBe("");
  });

  it("takes the place of no instance near the end of the stack", () => {
    const answers: unknown[] = [];
    const deep = (): void => {
      try {
        deep();
      } catch {
        // Each on its way back has some more room.
      }
      if (answers.length < 20) {
        const answer = attempted(() => call(crate.fault_none));
        answers.push(...(answer instanceof RangeError ? [] : [answer]));
      }
    };
    within(deep);
    const calls = parseInt(call(crate.fault_none));
    expect(call(crate.fault_call_out)).toBe("");
    expect(answers.map((answer) => answer instanceof Misuse)).toEqual(Array(20).fill(true));
    expect(parseInt(call(crate.fault_none))).toBe(calls + 1);
  });

  it("is told apart where the settings of stacks cannot be changed", () => {
    const limit = Error.stackTraceLimit;
    let refused: unknown;
    within(() => {
      Object.defineProperty(Error, "stackTraceLimit", { writable: false });
      // Of the stack there are ten frames, so that this one is not to stand in a function more.
      try {
        wasm.call(crate.fault_none, new Uint8Array());
      } catch (error) {
        refused = error;
      } finally {
        Object.defineProperty(Error, "stackTraceLimit", { writable: true, value: limit });
      }
    });
    expect(call(crate.fault_call_out)).toBe("");
    expect(refused).toBeInstanceOf(Misuse);
  });

  it("is told apart whatever the project makes of stacks", () => {
    const before: unknown = Reflect.get(Error, "prepareStackTrace");
    Reflect.set(Error, "prepareStackTrace", (error: unknown) => String(error));
    within(() => expect(() => call(crate.fault_none)).toThrow(Misuse));
    expect(call(crate.fault_call_out)).toBe("");
    Reflect.set(Error, "prepareStackTrace", before);
  });

  it("kills the instance when its exception passes through Rust", () => {
    within(() => call(crate.fault_none));
    expect(() => call(crate.fault_call_out)).toThrow(expect.objectContaining({ cause: expect.any(Misuse) }));
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("is told apart from one within a call of another crate, after an ended one", () => {
    end(() => call(crate.fault_endless));
    const other = instantiate(otherCrate, compiled("pkg"));
    expect(other.call(() => call(crate.fault_none))).toBe("1 sent");
  });
});

describe("an exception that has a code", () => {
  it("is no refusal, and ends the instance that it passed through", () => {
    const gone = expect.objectContaining({ name: "Crash", cause: expect.objectContaining({ code: 22 }) });
    expect(() => call(crate.fault_exception)).toThrow(gone);
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it.each([
    ["of the runtime", new DOMException("sent", "DataError")],
    ["of Node.js", Object.assign(new TypeError("sent"), { code: "ERR_INVALID_ARG_TYPE" })],
    ["that is no error", { name: "WasmError", code: "tooWide" }],
    ["with the name of one", Object.assign(new Error("sent"), { name: "WasmError", code: "tooWide" })],
    ["that cannot be looked at", Proxy.revocable({}, {}).proxy],
  ])("%s is none either", (_, thrown) => {
    const failing = () => {
      throw thrown;
    };
    const crash = thrownBy(() => wasm.call(failing));
    expect(crash).toBeInstanceOf(Crash);
    expect(crash).toHaveProperty("message", "the WebAssembly instance died");
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("is no panic either", () => {
    const like = Object.assign(new Error("sent"), { name: "Panic", place: "sent" });
    const failing = () => {
      throw like;
    };
    expect(toldByCrate(thrownBy(() => wasm.call(failing)) as Crash)).toBeUndefined();
  });

  it("is none when it is the crate's own, but passed through Rust", () => {
    within(() => crate.fault_quoting(new TextEncoder().encode("failed\n")));
    expect(thrownBy(() => call(crate.fault_call_out))).toBeInstanceOf(Crash);
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("is one when the crate made it, with what may be told", () => {
    const calls = parseInt(call(crate.fault_none));
    const refusal = thrownBy(() => call(crate.fault_quoting, "failed\n")) as Refusal;
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal.code).toBe("internal");
    const place = expect.stringMatching(/^platform\/src\/faults\.rs:\d+:\d+$/) as string;
    expect(toldByCrate(refusal)).toEqual({ message: "a failure on demand", place });
    expect(parseInt(call(crate.fault_none))).toBe(calls + 1);
  });
});

describe("memory", () => {
  it("comes back after a call that needed much", () => {
    const small = memory();
    wasm.call(crate.fault_grow, KEPT_BYTES, 1);
    expect(memory()).toBeLessThanOrEqual(small);
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("stays for the next call while it is little", () => {
    wasm.call(crate.fault_grow, KEPT_BYTES / 2, 1);
    const grown = memory();
    expect(grown).toBeGreaterThan(KEPT_BYTES / 2);
    call(crate.fault_none);
    expect(memory()).toBe(grown);
  });

  it("ends in the module before it does in the isolate", () => {
    const crash = thrownBy(() => wasm.call(crate.fault_grow, 97 * 1024 * 1024, 1));
    expect(crash).toMatchObject({ name: "Crash", cause: { message: "unreachable" } });
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("stays as far as the Worker allows", () => {
    const patient = instantiate(crate, module, 2 * KEPT_BYTES);
    patient.call(crate.fault_grow, KEPT_BYTES, 1);
    expect(memory()).toBeGreaterThan(KEPT_BYTES);
  });
});

describe("a struct that outlives its instance", () => {
  function outlived(): crate.FaultNote {
    const note = wasm.call(() => new crate.FaultNote("mine"));
    expect(() => call(crate.fault_panic)).toThrow(Crash);
    return note;
  }

  it("is refused, and the new instance lives on", () => {
    const note = outlived();
    expect(call(crate.fault_none)).toBe("1 sent");
    expect(() => wasm.call(() => note.text())).toThrow(Misuse);
    expect(call(crate.fault_none)).toBe("2 sent");
  });

  it("ends the instance when it is refused in the middle of Rust, however deep", () => {
    const note = outlived();
    call(crate.fault_none);
    const deep = (depth: number): unknown => (depth === 0 ? note.text() : deep(depth - 1));
    vi.stubGlobal("faultWithin", () => deep(20));
    expect(() => call(crate.fault_call_out)).toThrow(Crash);
    expect(call(crate.fault_none)).toBe("1 sent");
  });

  it("frees nothing of the new instance", () => {
    const note = outlived();
    const theirs = wasm.call(() => new crate.FaultNote("theirs"));
    note.free();
    const more = wasm.call(() => new crate.FaultNote("more!!"));
    expect([theirs.text(), more.text()]).toEqual(["theirs", "more!!"]);
  });

  it("is taken by no export", () => {
    const note = outlived();
    const theirs = wasm.call(() => new crate.FaultNote("theirs"));
    const crash = thrownBy(() => wasm.call(crate.fault_notes, [note, theirs]));
    expect(crash).toMatchObject({ name: "Crash", cause: { message: "Invalid stale object from previous Wasm instance" } });
    expect(wasm.call(crate.fault_notes, [new crate.FaultNote("fresh")])).toBe("fresh");
  });
});
