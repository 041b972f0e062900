// What `./build.sh bench` measures: requests, and the job of my_worker/src/text.rs in TypeScript.

import { Refusal } from "../platform";
import type { ProcessRequest, ProcessResponse } from "../src/contract";

/** The route that does the job in Rust. */
export const path = "/";

/** What `request` is called with, from small to large. */
export const sizes = [100, 1_000, 10_000, 100_000, 1_000_000];

/** The fields of an answer in which the two may differ. */
export const ignored = ["processingTimeMs"];

const SENTENCE = "The café on the corner sells bread, cheese and 12 kinds of tea – until four o’clock, every day. ";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The body of a request: a text of `size` characters, all of which are kept and upper-cased. */
export function request(size: number): Uint8Array {
  const fields: ProcessRequest = {
    text: SENTENCE.repeat(Math.ceil(size / SENTENCE.length)).slice(0, size),
    maxLength: size,
    uppercase: true,
  };
  return encoder.encode(JSON.stringify(fields));
}

/**
 * Answers the body of a request as the crate does.
 * @throws {Refusal} for what the contract does not allow.
 */
export function answer(body: Uint8Array): Uint8Array {
  const started = performance.now();
  const { text, maxLength, uppercase } = parse(body);
  const kept = firstCharacters(text, maxLength);
  const processed = uppercase ? kept.toUpperCase() : kept;
  const response: ProcessResponse = {
    processedText: processed,
    characterCount: countCharacters(processed),
    processingTimeMs: performance.now() - started,
  };
  return encoder.encode(JSON.stringify(response));
}

function parse(body: Uint8Array): { text: string; maxLength: number; uppercase: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch {
    throw new Refusal("invalidInput", "body: expected JSON in UTF-8");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("invalidInput", "body: expected an object");
  }
  const fields: { [name in keyof ProcessRequest]?: unknown } = value;
  const text = fields.text;
  const maxLength = fields.maxLength;
  const uppercase = fields.uppercase === undefined ? false : fields.uppercase;
  if (text === undefined) {
    throw new Refusal("missingField", "text: expected a value, found none");
  }
  if (maxLength === undefined) {
    throw new Refusal("missingField", "maxLength: expected a value, found none");
  }
  if (typeof text !== "string") {
    throw new Refusal("invalidInput", "text: expected a string");
  }
  if (!text.isWellFormed()) {
    throw new Refusal("invalidInput", "body: expected JSON, found an unpaired surrogate");
  }
  if (typeof maxLength !== "number" || !Number.isInteger(maxLength) || maxLength < 1) {
    throw new Refusal("invalidInput", "maxLength: expected an integer of at least 1");
  }
  if (typeof uppercase !== "boolean") {
    throw new Refusal("invalidInput", "uppercase: expected a boolean");
  }
  if (text === "") {
    throw new Refusal("missingField", "text: expected at least one character");
  }
  return { text, maxLength, uppercase };
}

/** The first half of a surrogate pair. A text without one has as many characters as UTF-16 code units. */
const SURROGATE = /[\ud800-\udbff]/;

// Both go by index where they must: `[...text]` would make a string of each character.
function firstCharacters(text: string, count: number): string {
  if (text.length <= count || !SURROGATE.test(text)) {
    return text.slice(0, count);
  }
  let end = 0;
  for (let kept = 0; kept < count && end < text.length; kept += 1) {
    end += isLead(text.charCodeAt(end)) ? 2 : 1;
  }
  return text.slice(0, end);
}

function countCharacters(text: string): number {
  if (!SURROGATE.test(text)) {
    return text.length;
  }
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    count -= isLead(text.charCodeAt(index)) ? 1 : 0;
  }
  return count;
}

/** Whether a UTF-16 code unit is the first half of a surrogate pair. */
function isLead(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
