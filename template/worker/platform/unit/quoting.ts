// Ways to fail with a text of the client's in the error: in its message, its name or its stack.

import type { Routes } from "..";
import { report } from "../failures";
import { Refusal } from "../wasm";

const thrown = (error: unknown): never => {
  throw error;
};

/** What a handler may do with a text that it was sent. */
export const QUOTING: Record<string, (text: string) => unknown> = {
  json: (text) => new Response(`["Ann Smith", "5678", ${text}, "9012"`).json(),
  "json-parse": (text) => JSON.parse(`{"${text}`),
  in: (text) => "text" in (text as unknown as object),
  bigint: (text) => BigInt(`x${text}`),
  fetch: (text) => fetch(`${text}/`),
  redirect: (text) => Response.redirect(text),
  url: (text) => new URL(text),
  cache: (text) => caches.default.put(text, new Response()),
  "time-zone": (text) => new Date().toLocaleString("en", { timeZone: text }),
  currency: (text) => (7).toLocaleString("en", { style: "currency", currency: text }),
  regexp: (text) => new RegExp(`${text}(`),
  iterator: (text) => new Map([text] as unknown as [string, string][]),
  iterable: (text) => Promise.all(Number(text) as unknown as []),
  property: (text) => (undefined as unknown as Record<string, unknown>)[text],
  method: (text) => (({}) as Record<string, () => void>)[text]!(),
  text: (text) => thrown(text),
  number: (text) => thrown(Number(text)),
  object: (text) => thrown({ name: text, message: text, stack: text, toString: () => text }),
  name: (text) => thrown(Object.assign(new Error(), { name: text })),
  class: (text) => thrown(new { [text]: class extends Error {} }[text]!()),
  "dom-exception": (text) => thrown(new DOMException(text, text)),
  aggregate: (text) => thrown(new AggregateError([new Error(text)], text, { cause: text })),
  message: (text) => thrown(new Error(text)),
  "message-like-a-panic": (text) => thrown(new Error(`panicked at src/lib.rs:1:1:\n${text}`)),
  "message-like-a-stack": (text) => thrown(new Error(`\n    at ${text} (index.js:${text}:1)\n    at index.js:${text}:1`)),
  "message-of-the-engine": (text) => thrown(new RangeError(`unreachable ${text}`)),
  "like-a-panic": (text) => thrown(Object.assign(new Error(text), { name: "Panic", place: text })),
  "like-a-refusal": (text) => thrown(Object.assign(new Error(text), { name: "WasmError", code: "internal", place: text })),
  refusal: (text) => thrown(new Refusal("internal", text)),
  stack: (text) => thrown(Object.assign(new Error(), { stack: `Error\n    at ${text} (index.js:${text}:1)` })),
  "stack-that-was-read": (text) => thrown(read(new Error(`${text}\n    at index.js:${text}:1`))),
  "function-name": (text) => named(`${text}\n    at index.js:${text}:1`)(),
  "method-name": (text) => ({ [text]() { thrown(new Error()); } })[text]!(),
  "type-name": (text) => new { [text]: class { fail() { thrown(new Error()); } } }[text]!().fail(),
};

function named(name: string): () => never {
  return Object.defineProperty(() => thrown(new Error()), "name", { value: name });
}

function read(error: Error): Error {
  error.stack = String(error.stack);
  return error;
}

/** Gives the text to every built-in: how many threw an error that quotes it, and what the log says of all that threw. */
export async function everyBuiltIn(text: string): Promise<{ quoted: number; lines: string[] }> {
  const errors: unknown[] = [];
  const keep = (error: unknown) => void errors.push(error);
  for (const run of builtIns()) {
    for (const attempt of [
      () => run(text),
      () => run(undefined, text),
      () => run.call(text),
      () => run.call(text, text, text),
      () => Reflect.construct(run, [text]) as unknown,
      () => Reflect.construct(run, [[text], text]) as unknown,
    ]) {
      try {
        Promise.resolve(attempt()).catch(keep);
      } catch (error) {
        keep(error);
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve));
  const quoted = errors.filter((error) => error instanceof Error && `${error.name} ${error.message}`.includes(text));
  return { quoted: quoted.length, lines: errors.map(told) };
}

function told(error: unknown): string {
  const log = console.error;
  let line = "";
  console.error = (said: string) => void (line += said);
  report(error, { requestId: "", route: null, method: "" }, {});
  console.error = log;
  return line;
}

// They end the process, keep it, print, or lead to these.
const OTHERS = /^(process|console|global|globalThis|self|window|BroadcastChannel|reportError|Worker|__vitest.*)$/;

type Run = (...args: unknown[]) => unknown;

/** The functions among the globals, and in them and their prototypes, however deep. */
function builtIns(): Run[] {
  const found = new Set<unknown>();
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => !OTHERS.test(name));
  const queue = names.map((name) => Reflect.get(globalThis, name) as unknown);
  while (queue.length > 0) {
    const value = queue.pop();
    if (Object(value) === value && !found.has(value)) {
      found.add(value);
      queue.push(Object.getPrototypeOf(value), ...inside(value as object));
    }
  }
  return [...found].filter((value): value is Run => typeof value === "function");
}

function inside(value: object): unknown[] {
  try {
    return Object.values(Object.getOwnPropertyDescriptors(value)).flatMap(({ value, get, set }) => [value, get, set]);
  } catch {
    // An object of the older runtime that describes nothing.
    return [];
  }
}

export const routes: Routes = {
  "/quoting/:way": {
    POST: async (request, { params }) => Response.json(await QUOTING[String(params["way"])]?.(await request.text())),
  },
  "/quoting-call/:way": {
    POST: async (request, { wasm, params }) => {
      const text = await request.text();
      return Response.json(wasm.call(() => void QUOTING[String(params["way"])]?.(text)));
    },
  },
  "/every-built-in": {
    POST: async (request) => Response.json(await everyBuiltIn(await request.text())),
  },
};
