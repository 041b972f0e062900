// What src/images.ts reads of the bucket, and what it makes of an image that changes meanwhile.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as crate from "../../image_metadata/pkg/image_metadata.js";
import { instantiate } from "../platform";
import { type TestWorker, startWorker } from "../platform/test/worker";
import type { Metadata } from "../src/contract";
import { getMetadata } from "../src/images";
import { jpeg, png } from "./samples";

const module = readFileSync(join(import.meta.dirname, "../../image_metadata/pkg/image_metadata_bg.wasm"));
// The types are those of a Worker, where no module can be compiled.
const wasm = instantiate(crate, Reflect.construct(WebAssembly.Module, [module]) as WebAssembly.Module);

const KIB = 1024;
const LIMIT = 3000 * KIB;

let worker: TestWorker<Env>;
beforeAll(async () => {
  worker = await startWorker("dist");
});
afterAll(() => worker.stop());

/** How many bytes each reading gave, in turn. */
let reads: number[] = [];
beforeEach(() => {
  reads = [];
});

/** Stores an image and asks for its metadata. What `meanwhile` has for a reading, counted from 1, is done before it. */
async function ask(image: Uint8Array, meanwhile: Record<number, () => Promise<unknown>> = {}): Promise<Metadata> {
  await worker.env.IMAGES.put("a", image);
  let readings = 0;
  const bucket = {
    async get(key: string, options?: R2GetOptions) {
      readings += 1;
      await meanwhile[readings]?.();
      const object = await worker.env.IMAGES.get(key, options);
      return (
        object && {
          size: object.size,
          etag: object.etag,
          body: { cancel: async () => reads.push(0) },
          async arrayBuffer() {
            const content = await object.arrayBuffer();
            reads.push(content.byteLength);
            return content;
          },
        }
      );
    },
  };
  const env = { IMAGES: bucket as unknown as R2Bucket, MAX_BODY_BYTES: LIMIT, UPLOAD_TOKEN: "" };
  const response = await getMetadata(new Request("http://worker/"), { env, wasm, params: { key: "a" } });
  return (await response.json()) as Metadata;
}

const replace = (image: Uint8Array) => () => worker.env.IMAGES.put("a", image);

describe("of an image", () => {
  const long = png({ exif: true, pixels: 2000 * KIB });
  it.each([
    ["all are read when it is short", jpeg({ exif: true }), [jpeg({ exif: true }).byteLength]],
    ["64 KiB are read when these say all", jpeg({ exif: true, pixels: 2000 * KIB }), [64 * KIB]],
    ["64 KiB are read when it is over the limit, too", jpeg({ exif: true, pixels: LIMIT }), [64 * KIB]],
    ["1 MiB is read when 64 KiB do not say all", jpeg({ before: 70_000, pixels: 2000 * KIB }), [64 * KIB, 960 * KIB]],
    ["all are read otherwise, and none twice", long, [64 * KIB, 960 * KIB, long.byteLength - 1024 * KIB]],
  ])("%s", async (_, image, expected) => {
    await ask(image);
    expect(reads).toEqual(expected);
  });

  it("no more than 1 MiB is read when it is over the limit", async () => {
    const refused = ask(png({ exif: true, pixels: LIMIT }));
    await expect(refused).rejects.toMatchObject({ code: "payloadTooLarge" });
    expect(reads).toEqual([64 * KIB, 960 * KIB]);
  });
});

describe("an image that is replaced while it is read", () => {
  const before = jpeg({ exif: true, before: 1100 * KIB });

  it.each([2, 3])("is the new one from reading %i on, all of it", async (reading) => {
    const after = png({ exif: true, pixels: 2000 * KIB });
    const found = await ask(before, { [reading]: replace(after) });
    expect(found.format).toBe("png");
    expect(found.make).toBe("Maker");
    expect(reads.at(-1)).toBe(after.byteLength);
  });

  it("may be a shorter one then, than what was read", async () => {
    expect((await ask(before, { 2: replace(png({})) })).format).toBe("png");
  });

  it("may be over the limit then, and is not read", async () => {
    const refused = ask(before, { 2: replace(png({ pixels: LIMIT })) });
    await expect(refused).rejects.toMatchObject({ code: "payloadTooLarge" });
    expect(reads).toEqual([64 * KIB, 0]);
  });

  it.each([2, 3])("is not found when it is gone before reading %i", async (reading) => {
    const refused = ask(before, { [reading]: () => worker.env.IMAGES.delete("a") });
    await expect(refused).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("when R2 fails", () => {
  const fail = async () => {
    throw new Error("get: Network connection lost. (10001)");
  };

  it("all of the image is read, in one piece", async () => {
    const image = png({ exif: true, pixels: 2000 * KIB });
    await ask(image, { 1: fail });
    expect(reads).toEqual([image.byteLength]);
  });

  it("a second time, so does the request", async () => {
    await expect(ask(png({}), { 1: fail, 2: fail })).rejects.toThrow("Network connection lost");
  });
});
