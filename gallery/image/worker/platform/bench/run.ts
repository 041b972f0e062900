// Measures the Worker of this project against the same job in TypeScript, and both against an echo. `./build.sh bench`
// runs it, bundled into a folder that is as deep as this one.

import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ignored, path, request, sizes } from "../../bench/job";
import { type TestWorker, startWorker } from "../test/worker";
import { CONTESTANTS, type Contestant, type Measured, figures } from "./figures";
import { type Answer, load, post } from "./load";
import { table, write } from "./report";
import { size, verdict } from "./verdict";

const ROUNDS = 31;
/** Milliseconds that a contestant is under load, before the rounds and in each of them. */
const WARM_UP = 400;
const DURATION = 90;

type Urls = Record<Contestant, URL>;

async function main(): Promise<void> {
  const workers: TestWorker[] = [];
  const start = async (folder: string, route: string) => {
    const worker = await startWorker(folder);
    workers.push(worker);
    return new URL(route, worker.url);
  };
  try {
    // A process for each: what one job leaves behind is not for another to clear away.
    const urls: Urls = {
      rust: await start("dist", path),
      typescript: await start("dist-bench", "/typescript"),
      echo: await start("dist-bench", "/echo"),
    };
    const bodies = sizes.map(request);
    for (const body of bodies) {
      requireSameAnswer(body, await post(urls.typescript, body), await post(urls.rust, body));
    }
    const all = (await measure(urls, bodies)).map(figures);
    const words = verdict(all);
    const results = join(import.meta.dirname, "../../bench/results");
    write(results, all, words);
    console.log(`${table(all)}\n\n${words}\n\nAlso in worker/bench/results, with a plot.`);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

function requireSameAnswer(body: Uint8Array, typescript: Answer, rust: Answer): void {
  if (typescript.status === 200 && rust.status === 200 && isDeepStrictEqual(compared(typescript), compared(rust))) {
    return;
  }
  const shown = ({ status, body }: Answer) => `${status} ${Buffer.concat(body).toString().slice(0, 200)}`;
  throw new Error(
    `the request of ${size(body.byteLength)}: expected 200 and the same answer from both.\n` +
      `  TypeScript: ${shown(typescript)}\n  Rust:       ${shown(rust)}\n` +
      `Make worker/bench/job.ts do what the crate does, or name the fields that may differ in its \`ignored\``,
  );
}

/** What of an answer counts: its JSON without the fields that job.ts ignores. */
function compared({ body }: Answer): unknown {
  return JSON.parse(Buffer.concat(body).toString(), (name, value: unknown) =>
    ignored.includes(name) ? undefined : value,
  );
}

async function measure(urls: Urls, bodies: Uint8Array[]): Promise<Measured[]> {
  console.error("    warming up");
  for (const body of bodies) {
    for (const contestant of CONTESTANTS) {
      await load(urls[contestant], body, WARM_UP);
    }
  }
  const all = bodies.map((body): Measured => ({ bytes: body.byteLength, echo: [], typescript: [], rust: [] }));
  for (let round = 1; round <= ROUNDS; round += 1) {
    if (round % 5 === 1) {
      console.error(`    round ${round} of ${ROUNDS}`);
    }
    for (const [index, body] of bodies.entries()) {
      for (const contestant of rotated(CONTESTANTS, round)) {
        all[index]?.[contestant].push(await load(urls[contestant], body, DURATION));
      }
    }
  }
  return all;
}

/** So that each one comes first, second and third equally often. */
function rotated<T>(items: readonly T[], by: number): T[] {
  return items.map((_, index) => items[(index + by) % items.length] as T);
}

main().catch((error: unknown) => {
  console.error(`\nbench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
