// Runs the image example and a Worker that only reads R2, each with the same images in its bucket, until standard
// input ends. r2.py bundles it beside the project's own test/worker.ts, and loads both.

import { jpeg, png } from "../test/samples";
import { startWorker } from "../test/worker";

const images: Record<string, Uint8Array> = {
  short: jpeg({ exif: true, pixels: 10_000 }),
  long: jpeg({ exif: true, pixels: 4_000_000 }),
  late: jpeg({ exif: true, before: 500_000, pixels: 4_000_000 }),
  last: png({ exif: true, pixels: 4_000_000 }),
};

const workers = await Promise.all(["dist", "dist-r2"].map((folder) => startWorker(folder)));
for (const { images: bucket } of workers) {
  for (const [key, image] of Object.entries(images)) {
    await bucket.put(key, image);
  }
}
console.log(JSON.stringify(workers.map(({ url }) => url.href)));
process.stdin.resume().on("end", () => Promise.all(workers.map((worker) => worker.stop())));
