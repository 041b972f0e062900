// Runs Workers over R2 until standard input ends: serve.js BUNDLE... -- IMAGE... Each has the images in its bucket, by
// their numbers. Prints a JSON object: where each bundle listens.

import { readFileSync } from "node:fs";
import { startWorker } from "../platform/test/worker";

const words = process.argv.slice(2);
const bundles = words.slice(0, words.indexOf("--"));
const images = words.slice(bundles.length + 1);

const workers = await Promise.all(bundles.map((bundle) => startWorker(bundle)));
for (const { env } of workers) {
  for (const [number, file] of images.entries()) {
    await env.IMAGES.put(String(number), new Uint8Array(readFileSync(file)));
  }
}
console.log(JSON.stringify(workers.map(({ url }) => url.href)));
process.stdin.resume().on("end", () => Promise.all(workers.map((worker) => worker.stop())));
