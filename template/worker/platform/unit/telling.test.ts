// Nothing that the client sent is in the log, in workerd: failures whose message, name or stack quotes it.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestWorker, startWorker } from "../test/worker";
import { QUOTING } from "./quoting";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-unit");
});
afterAll(() => worker.stop());

// A text, a number that Rust's usize takes, and no line of any file.
const SENT = "4111111111";

const post = (path: string, body: string) => fetch(new URL(path, worker.url), { method: "POST", body });

async function logged(path: string, body: string): Promise<{ message: string | null }> {
  const response = await post(path, body);
  expect(response.status).toBe(500);
  const line = await worker.logLine(String(response.headers.get("x-request-id")));
  expect(worker.log()).not.toContain(SENT);
  return JSON.parse(line) as { message: string | null };
}

it.each(Object.keys(QUOTING))("not when a handler fails: %s", async (way) => {
  expect(await logged(`/quoting/${way}`, SENT)).toMatchObject({ route: "/quoting/:way", message: null });
});

// But for those that wait, which no call of the crate may.
const WAITING = ["json", "fetch", "cache", "iterable"];

it.each(Object.keys(QUOTING).filter((way) => !WAITING.includes(way)))("not when a call fails: %s", async (way) => {
  expect(await logged(`/quoting-call/${way}`, SENT)).toMatchObject({ message: null });
});

// How std begins the message for a place in a text, from one version of Rust to another.
const IN_A_TEXT = ["start byte index", "byte index", null];

// What is left of each message: the constant with which std begins it.
it.each([
  ["panic", null],
  ["panic-any", null],
  ["like-std", "index out of bounds"],
  ["unwrap", "called `Result::unwrap()` on an `Err` value"],
  ["unwrap-number", "called `Result::unwrap()` on an `Err` value"],
  ["unwrap-debug", "called `Result::unwrap()` on an `Err` value"],
  ["unwrap-err", null],
  ["expect", null],
  ["expect-text", null],
  ["assert", null],
  ["assert-eq", "assertion `left == right` failed"],
  ["assert-ne", "assertion `left != right` failed"],
  ["unreachable", null],
  ["todo", null],
  ["index", "index out of bounds"],
  ["range", "range start index"],
  ["slice", IN_A_TEXT],
  ["boundary", IN_A_TEXT],
  ["remove", null],
  ["clamp", null],
  ["key", "no entry found for key"],
])("not when Rust panics: %s", async (way, message) => {
  const place = expect.stringMatching(/\.rs:\d+:\d+$/) as string;
  const line = await logged("/quoting", `${way}\n${SENT}`);
  expect(line).toMatchObject({ type: "panic", place });
  expect([message].flat()).toContain(line.message);
});

it("not when the crate fails", async () => {
  const place = expect.stringMatching(/faults\.rs:\d+:\d+$/) as string;
  expect(await logged("/quoting", `failed\n${SENT}`)).toMatchObject({ message: "a failure on demand", place });
});

it.each(["throw", "error"])("not when Rust throws: %s", async (way) => {
  expect(await logged("/quoting", `${way}\n${SENT}`)).toMatchObject({ type: "Error", message: null, place: null });
});

it("not when a built-in throws, whichever it is", async () => {
  const { quoted, lines } = (await (await post("/every-built-in", "sent")).json()) as { quoted: number; lines: string[] };
  expect(quoted).toBeGreaterThan(100);
  expect(lines.filter((line) => line.includes("sent"))).toEqual([]);
});
