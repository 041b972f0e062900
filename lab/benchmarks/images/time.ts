// Times how long each takes for an image in memory: time.js ROUNDS CALLS IMAGE... Prints a JSON array with an object for each
// image: of each contestant the microseconds of processor time, one a round.

import { readFileSync } from "node:fs";
import { metadata as exifr } from "exifr-contestant";
import { metadata } from "./crate";

type Contestant = (image: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const CONTESTANTS: Record<string, Contestant> = {
  "generated": metadata,
  "exifr": (image) => exifr(image),
  "exifr, all fields": (image) => exifr(image, {}),
};
// Until V8 has compiled all that is hot.
const WARM_UP = 3;

/** Of a call, by the time of so many: processor time is counted in microseconds. */
async function microseconds(contestant: Contestant, image: Uint8Array, calls: number): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const json = contestant(image);
    // To wait costs a turn of the event loop, which the crate's answer does not need.
    if (json instanceof Promise) await json;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

const [rounds, calls, ...files] = process.argv.slice(2);
const images = files.map((file) => new Uint8Array(readFileSync(file)));
const samples = images.map(() => Object.fromEntries(Object.keys(CONTESTANTS).map((name) => [name, [] as number[]])));
for (let round = 0; round < WARM_UP + Number(rounds); round += 1) {
  for (const [number, image] of images.entries()) {
    for (const [name, contestant] of Object.entries(CONTESTANTS)) {
      const found = await microseconds(contestant, image, Number(calls));
      if (round >= WARM_UP) samples[number]?.[name]?.push(found);
    }
  }
}
console.log(JSON.stringify(samples));
