// The exports that ../../shared/wasm.js calls. The body and the answer are the only things that need memory, so there is
// no allocator: the body stands at the end of the static data, the answer behind it, up to the memory's end.

import { INVALID_UTF8, MISSING_LENGTH, MISSING_TEXT } from "./refusals";
import { hasMaxLength, maxLength, read, refusal, text, textSize, uppercase } from "./request";
import { finish, process } from "./text";
import { isUtf8 } from "./utf8";

// @ts-ignore: the compiler's decorator
@external("env", "now")
declare function now(): f64;

/** Bytes behind the body that may be read in whole vectors. */
const SLACK: usize = 64;

const body: usize = (__heap_base + 15) & ~15;
let start: usize = 0;
let size: usize = 0;

/** The place for a body; behind it is room for as many bytes again, which the reader needs. */
export function reserve(bytes: usize): usize {
  start = (body + bytes + SLACK + 15) & ~15;
  const missing = <isize>(start + bytes + SLACK) - <isize>(<usize>memory.size() << 16);
  if (missing > 0 && memory.grow(<i32>((missing + 0xffff) >> 16)) < 0) {
    unreachable();
  }
  return body;
}

/** Writes the answer to the body that was put into its place; 0, or a number of refusals.ts. */
export function answer(bytes: usize): i32 {
  memory.fill(body + bytes, 0, SLACK);
  if (!isUtf8(body, body + bytes)) {
    return INVALID_UTF8;
  }
  if (!read(body, body + bytes, start)) {
    return refusal;
  }
  if (textSize == 0) {
    return MISSING_TEXT;
  }
  if (!hasMaxLength) {
    return MISSING_LENGTH;
  }
  const started = now();
  process(text, text + textSize, maxLength, uppercase, start);
  size = finish(now() - started) - start;
  return 0;
}

export function output(): usize {
  return start;
}

export function outputSize(): usize {
  return size;
}
