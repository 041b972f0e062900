// The deployed module with images that are cut off or damaged. `cargo test` does the same on the host, whose
// addresses have 64 bits: that says little about memory in WebAssembly.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as crate from "../../image_metadata/pkg/image_metadata.js";
import * as faults from "../../image_metadata/pkg-faults/image_metadata.js";
import { type Endpoint, Refusal, instantiate } from "../platform";

const module = compile("pkg");
const wasm = instantiate(crate, module);
faults.initSync({ module: compile("pkg-faults") });

function compile(folder: string): WebAssembly.Module {
  const bytes = readFileSync(join(import.meta.dirname, `../../image_metadata/${folder}/image_metadata_bg.wasm`));
  // The types are those of a Worker, where no module can be compiled.
  return Reflect.construct(WebAssembly.Module, [bytes]) as WebAssembly.Module;
}

/** The bytes that the instance has taken and never gives back, for the tests of other files too. */
function memory(): number {
  return crate.initSync({ module }).memory.buffer.byteLength;
}

const CODES = ["missingField", "unsupportedMediaType", "corruptImage", "incompleteImage"];

/** The JSON, or the code of a refusal. Anything else is thrown. */
function outcome(endpoint: Endpoint, image: Uint8Array): string {
  try {
    const json = new TextDecoder().decode(wasm.call(endpoint, image));
    JSON.parse(json);
    return json;
  } catch (error) {
    if (error instanceof Refusal && CODES.includes(error.code)) {
      return error.code;
    }
    throw error;
  }
}

/** What a prefix says has to hold for the whole image. */
function expectTheSame(prefix: Uint8Array, whole: string): void {
  const answer = outcome(crate.prefix_metadata, prefix);
  if (!CODES.includes(answer)) {
    expect(answer).toBe(whole);
  }
}

function samples(): Uint8Array[] {
  const images: Uint8Array[] = [];
  for (;;) {
    const image = faults.sample_image(images.length);
    if (image === undefined) {
      return images;
    }
    images.push(image);
  }
}

it("answers each sample", () => {
  for (const image of samples()) {
    expect(JSON.parse(outcome(crate.image_metadata, image))).toMatchObject({ warnings: [] });
  }
});

it("answers or refuses each sample cut off anywhere", () => {
  for (const image of samples()) {
    const whole = outcome(crate.image_metadata, image);
    for (let end = 0; end < image.length; end += 1) {
      outcome(crate.image_metadata, image.subarray(0, end));
      expectTheSame(image.subarray(0, end), whole);
    }
  }
});

it("answers or refuses 10,000 damaged images", () => {
  const before = memory();
  const images = samples();
  const random = randomly(20210501);
  for (let run = 0; run < 10_000; run += 1) {
    const image = (images[run % images.length] as Uint8Array).slice();
    for (let change = random(8); change >= 0; change -= 1) {
      const at = random(image.length);
      const byte = image[at] as number;
      image[at] = [0, 0xff, byte ^ (1 << random(8)), random(256)][random(4)] as number;
    }
    expectTheSame(image.subarray(0, random(image.length)), outcome(crate.image_metadata, image));
  }
  expect(memory() - before).toBeLessThan(1 << 20);
});

it("needs no more memory than an image has bytes, whatever it says", () => {
  const before = memory();
  const image = nested(1 << 20);
  expect(JSON.parse(outcome(crate.image_metadata, image))).toMatchObject({ format: "tiff" });
  expect(memory() - before).toBeLessThan(2 * image.length);
});

/** A TIFF image with thousands of fields that each lead to another directory of thousands, in bytes that these share. */
function nested(length: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(length));
  const fields = 60_000;
  const shared = 10 + 12 * fields;
  const field = (at: number, tag: number, kind: number, count: number, value: number) => {
    data.setUint16(at, tag);
    data.setUint16(at + 2, kind);
    data.setUint32(at + 4, count);
    data.setUint32(at + 8, value);
  };
  data.setUint32(0, 0x4d4d002a);
  data.setUint32(4, 8);
  data.setUint16(8, fields);
  for (let number = 0; number < fields; number += 1) {
    field(10 + 12 * number, 0x8769, 4, 1, shared + 12 * (number % 10_000));
  }
  // The width and the height.
  field(10, 0x100, 4, 1, 400);
  field(22, 0x101, 4, 1, 300);
  // Read from where they begin, these say 10,000 fields; as fields, from two bytes further on, a byte each.
  for (let at = shared; at + 12 <= length; at += 12) {
    field(at, 10_000, 1, 0x00010000, 0x00010000);
  }
  return new Uint8Array(data.buffer);
}

/** Numbers below a limit that look random and are the same each time: a linear congruential generator (POSIX, rand). */
function randomly(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
}
