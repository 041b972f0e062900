// Times the exports of passes.rs: node passes.js PACKAGE BODY... Prints a JSON array with an object of microseconds
// for each body, medians over rounds that take the exports in turn. `memcpy` is one copy of the body, to the offset
// in a page where it came from.

import { readFileSync } from "node:fs";

const PASSES = ["copy_in", "read", "upper_case", "count", "write", "copy_out"];
const ROUNDS = 41;
// Processor time is counted in microseconds: a sample is as many calls as make its error small.
const BYTES_A_SAMPLE = 30e6;

const [folder, ...bodies] = process.argv.slice(2);
const module = await import(`${folder}/my_worker.js`);
module.initSync({ module: readFileSync(`${folder}/my_worker_bg.wasm`) });

const median = (samples) => samples.sort((a, b) => a - b)[samples.length >> 1];

function times(body) {
  const copy = new Uint8Array(body.length);
  const passes = PASSES.map((name) => [name, () => module[name](body)]);
  const calls = { memcpy: () => copy.set(body), ...Object.fromEntries(passes) };
  const samples = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  const number = Math.ceil(BYTES_A_SAMPLE / Math.max(body.length, 3000));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(calls)) {
      // Not the clock: others may use the machine too.
      const start = process.cpuUsage();
      for (let turn = 0; turn < number; turn += 1) call();
      const { user, system } = process.cpuUsage(start);
      samples[name].push((user + system) / number);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, found]) => [name, median(found)]));
}

console.log(JSON.stringify(bodies.map((path) => times(new Uint8Array(readFileSync(path))))));
