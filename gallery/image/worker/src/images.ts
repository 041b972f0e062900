// Images in R2, and what the crate says of them: from as few bytes as will do, for each is read from R2 and copied
// into the module's memory.

import { image_metadata, prefix_metadata } from "../../image_metadata/pkg/image_metadata.js";
import {
  type Handler,
  HttpRefusal,
  type Instance,
  Refusal,
  Told,
  answer,
  bodyLimit,
  joined,
  readBody,
} from "../platform";
import type { Metadata } from "./contract";

/** How many bytes of an image are looked at first, how many when these were not enough, and then all. */
const LENGTHS = [64 * 1024, 1024 * 1024, Infinity];

/** Answers the metadata of the image in the body. Its bytes say what it is, not its media type. */
export const postMetadata: Handler<Env> = async (request, { env, wasm }) =>
  answer(metadata(wasm, await readBody(request, bodyLimit(env))));

/** Stores the image in the body, in the place of an older one too, and answers its metadata. */
export const putImage: Handler<Env, "/images/:key"> = async (request, { env, wasm, params }) => {
  await requireToken(request, env);
  const key = requireKey(params);
  const image = await readBody(request, bodyLimit(env));
  const json = metadata(wasm, image);
  const found: Metadata = JSON.parse(new TextDecoder().decode(json));
  const contentType = "image/" + found.format;
  await env.IMAGES.put(key, image, { httpMetadata: { contentType } });
  return answer(json);
};

/** Answers the metadata of a stored image. */
export const getMetadata: Handler<Env, "/images/:key/metadata"> = async (_request, { env, wasm, params }) => {
  const key = requireKey(params);
  const limit = bodyLimit(env);
  let image: Uint8Array = new Uint8Array();
  let stored: R2Object | undefined;
  for (const length of LENGTHS) {
    if (length === Infinity && stored !== undefined && stored.size > limit) {
      throw tooLarge(limit);
    }
    const range = await getRange(env.IMAGES, key, image.byteLength, length, stored);
    if (range === undefined) {
      break;
    }
    image = joined([image, new Uint8Array(await range.arrayBuffer())]);
    const json: Uint8Array | undefined =
      image.byteLength < range.size ? prefixMetadata(wasm, image) : wasm.call(image_metadata, image);
    if (json !== undefined) {
      return answer(json);
    }
    stored = range;
  }
  return answer(metadata(wasm, await getWhole(env.IMAGES, key, limit)));
};

/**
 * The bytes of an image from `offset` to `length`. `stored` is what the ones before came from.
 * @returns undefined when that was replaced since, and for an image without bytes, of which R2 gives no range.
 * @throws {Refusal} when there is no image.
 */
async function getRange(
  bucket: R2Bucket,
  key: string,
  offset: number,
  length: number,
  stored?: R2Object,
): Promise<R2ObjectBody | undefined> {
  const range = { offset, length: Math.min(length, stored?.size ?? length) - offset };
  const onlyIf = stored && { onlyIf: { etagMatches: stored.etag } };
  const object = await bucket.get(key, { range, ...onlyIf }).catch(() => undefined);
  if (object === null) {
    throw notStored();
  }
  return stored === undefined || stored.etag === object?.etag ? object : undefined;
}

/** @throws {Refusal} when there is no image, or a longer one. */
async function getWhole(bucket: R2Bucket, key: string, limit: number): Promise<Uint8Array> {
  const object = await bucket.get(key);
  if (object === null) {
    throw notStored();
  }
  if (object.size > limit) {
    await object.body.cancel();
    throw tooLarge(limit);
  }
  return new Uint8Array(await object.arrayBuffer());
}

/** The metadata of an image as JSON. @throws {Refusal} when the crate refuses the image. */
export function metadata(wasm: Instance, image: Uint8Array): Uint8Array {
  for (const length of LENGTHS.filter((each) => each < image.byteLength)) {
    const json = prefixMetadata(wasm, image.subarray(0, length));
    if (json !== undefined) {
      return json;
    }
  }
  return wasm.call(image_metadata, image);
}

/** What the first bytes of an image say of the whole; undefined when the next ones could say something else. */
function prefixMetadata(wasm: Instance, prefix: Uint8Array): Uint8Array | undefined {
  try {
    return wasm.call(prefix_metadata, prefix);
  } catch (error) {
    if (error instanceof Refusal) {
      return undefined;
    }
    throw error;
  }
}

/** @throws {HttpRefusal} unless the request has the bearer token UPLOAD_TOKEN (RFC 6750, section 2.1), or without this secret. */
async function requireToken(request: Request, { UPLOAD_TOKEN }: Env): Promise<void> {
  // A variable of JSON or a binding would be written as a text that anybody can guess.
  if (UPLOAD_TOKEN !== undefined && typeof UPLOAD_TOKEN !== "string") {
    throw new Told("UPLOAD_TOKEN: expected a secret, which is a text");
  }
  const [, sent = ""] = /^bearer +([^ ].*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!UPLOAD_TOKEN || !crypto.subtle.timingSafeEqual(await digest(sent), await digest(UPLOAD_TOKEN))) {
    const headers = { "www-authenticate": "Bearer" };
    throw new HttpRefusal("unauthorized", "authorization: expected the bearer token UPLOAD_TOKEN", headers);
  }
}

/** As long for every text, for only as long ones can be compared in a time that tells nothing. */
function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

const KEY = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** The key in the path. @throws {Refusal} when it is no name for an image. */
function requireKey({ key }: { readonly key: string }): string {
  if (!KEY.test(key)) {
    const expected = "1 to 128 of the characters A-Z a-z 0-9 . _ -, the first a letter or a digit";
    throw new Refusal("invalidInput", `key: expected ${expected}`);
  }
  return key;
}

function notStored(): Refusal {
  return new Refusal("notFound", "image: expected one that is stored");
}

function tooLarge(limit: number): Refusal {
  return new Refusal("payloadTooLarge", `image: expected at most ${limit} bytes`);
}
