// A failure in workerd, from its line in the log to the names of Rust's functions, and of files and lines in the sources.

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestWorker, startWorker } from "../test/worker";

const root = join(import.meta.dirname, "../../..");

/** The twin of the module in a folder of the crate: the one with the names. */
function twin(folder: string): string {
  const path = join(root, "my_worker", folder);
  return join(path, String(readdirSync(path).find((file) => /^my_worker-[0-9a-f]+\.wasm$/.test(file))));
}

const map = (folder: string) => join(root, "worker", folder, "index.js.map");

function names(log: string, ...files: string[]): { status: number | null; stdout: string; stderr: string } {
  const given = files.length > 0 ? files : [twin("pkg-faults"), map("dist-unit")];
  return spawnSync("bash", ["build.sh", "names", ...given], { cwd: root, input: log, encoding: "utf8" });
}

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker("dist-unit");
});
afterAll(() => worker.stop());

async function logged(path: string): Promise<string> {
  const response = await fetch(new URL(path, worker.url), { method: "POST" });
  return worker.logLine(String(response.headers.get("x-request-id")));
}

it.each([
  ["/panic", "panic_with_hook"],
  ["/stack-overflow", "wasm_worker_platform::faults::fault_stack_overflow::descend"],
  ["/out-of-memory", "alloc::raw_vec::handle_error"],
])("names the functions in the stack of %s", async (path, name) => {
  const line = await logged(path);
  const { status, stdout, stderr } = names(line);
  expect(status, stderr).toBe(0);
  expect(stderr).not.toContain("the log is of");
  expect(JSON.parse(stdout)).toEqual({ ...JSON.parse(line), stack: expect.stringContaining(name) as string });
  expect(stdout).not.toContain("wasm-function[");
});

/** The place in a file of the project where a text stands, as in a stack. */
function placeOf(file: string, text: string): string {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  const line = lines.findIndex((each) => each.includes(text));
  return `${file}:${line + 1}:${String(lines[line]).indexOf(text) + 1}`;
}

it("names the file and the line of TypeScript that failed", async () => {
  const { stdout } = names(await logged("/quoting/bigint"));
  const { stack } = JSON.parse(stdout) as { stack: string };
  expect(stack.split("\n")[0]).toBe(`at ${placeOf("worker/platform/unit/quoting.ts", "BigInt(")}`);
  expect(stack).toContain(`at ${placeOf("worker/platform/unit/quoting.ts", "QUOTING[String(")}`.replace(/:\d+$/, ""));
  expect(stack).not.toContain("index.js");
});

it("names it in a stack as the engine writes it", () => {
  const bundle = readFileSync(join(root, "worker/dist-unit/index.js"), "utf8").split("\n");
  const line = bundle.findIndex((each) => each.includes("BigInt(`x")) + 1;
  const column = String(bundle[line - 1]).indexOf("BigInt(`x") + 1;
  const { stdout } = names(`Error\n    at POST (file:///a/b/index.js:${line}:${column})\n`);
  expect(stdout).toBe(`Error\n    at POST (file:///a/b/${placeOf("worker/platform/unit/quoting.ts", "BigInt(")})\n`);
});

it("gives no lines of another bundle", async () => {
  const line = (await logged("/quoting/bigint")).replace(/"bundle":"\w+"/, '"bundle":"b0"');
  const { status, stdout, stderr } = names(line);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/the log is of the bundle b0, the names of b[0-9a-f]+/);
});

it("names them in a bare stack", () => {
  expect(names("    at wasm://wasm/0002b96a:wasm-function[0]:0x1\n").stdout).toMatch(/^    at wasm:.*::.*:0x1\n$/);
});

it("gives no names of another build", async () => {
  const { status, stdout, stderr } = names(await logged("/panic"), twin("pkg"), map("dist-unit"));
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/the log is of the module [0-9a-f]+, the names of [0-9a-f]+/);
});

it.each([
  ["a text without a place", "it failed", [], /neither wasm-function\[N\] nor index\.js:L:C in the input/],
  ["a module without names", "wasm-function[1]", ["my_worker/pkg/my_worker_bg.wasm"], /my_worker_bg\.wasm has no names/],
  ["what is no module", "wasm-function[1]", ["my_worker/Cargo.toml"], /Cargo\.toml: expected a WebAssembly module/],
  ["no module", "wasm-function[1]", ["none.wasm"], /there is no none\.wasm: \.\/build\.sh test makes the files/],
  ["no map", "index.js:1:1", ["none.map"], /there is no none\.map: \.\/build\.sh test makes the files/],
])("says what is wrong: %s", (_, log, files, message) => {
  const { status, stdout, stderr } = names(log, ...files);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
});
