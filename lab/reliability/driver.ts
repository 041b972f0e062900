// Starts a bundle of a generated project through the project's own platform/test/worker.ts, for worker.py: prints where it
// listens, then for each line that it reads the log since the last one, and stops at the end of its input.

import { createInterface } from "node:readline";
// worker.py says where the project is.
import { startWorker } from "project/worker";

const [folder = "dist", vars = "{}"] = process.argv.slice(2);
const worker = await startWorker(folder, JSON.parse(vars));
console.log(JSON.stringify(worker.url.href));

let read = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const log = worker.log();
  console.log(JSON.stringify(log.slice(read)));
  read = log.length;
}
await worker.stop();
