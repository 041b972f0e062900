// The domain: a text in UTF-8, cut and upper-cased, written as the answer in JSON.

import { BLOCKS, ENTRIES } from "../build/case";

/** Where the next byte of the answer goes, and how many characters the result has. */
let to: usize = 0;
let count: u64 = 0;

/**
 * Writes the answer up to the end of the text at `place`, where the memory may end: it grows as needed. What is kept of
 * the text between `from` and `end` are its first `limit` characters.
 */
export function process(from: usize, end: usize, limit: u64, uppercase: bool, place: usize): void {
  to = place;
  put('{"processedText":"');
  const step = i8x16.splat(uppercase ? 0x20 : 0);
  let room = <usize>memory.size() << 16;
  let at = to;
  let kept: u64 = 0;
  let more: u64 = 0;
  while (from < end && kept < limit) {
    if (at + 16 > room) {
      room = grow();
    }
    const lead = <usize>load<u8>(from);
    if (lead >= 0x80) {
      const length: usize = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      const entry = uppercase ? entryOf(from, lead) : 0;
      if (entry == 0) {
        store<u32>(at, load<u32>(from));
        at += length;
      } else {
        const bytes = load<u64>(entry);
        store<u64>(at, bytes);
        at += <usize>((bytes >> 48) & 0xff);
        more += (bytes >> 56) - 1;
      }
      from += length;
      kept += 1;
      continue;
    }
    const ascii = v128.load(from);
    const isLower = i8x16.lt_u(i8x16.sub(ascii, i8x16.splat(0x61)), i8x16.splat(26));
    v128.store(at, i8x16.sub(ascii, v128.and(isLower, step)));
    const special = i8x16.bitmask(
      v128.or(
        // Also the bytes from 80 on, which are negative.
        i8x16.lt_s(ascii, i8x16.splat(0x20)),
        v128.or(i8x16.eq(ascii, i8x16.splat(0x22)), i8x16.eq(ascii, i8x16.splat(0x5c))),
      ),
    );
    if (special == 0 && end - from >= 16 && limit - kept >= 16) {
      from += 16;
      at += 16;
      kept += 16;
      continue;
    }
    // Up to the first byte that is written otherwise; what was stored behind it is written over.
    const plain = min<u64>(min<u64>(ctz(special | 0x10000), end - from), limit - kept);
    from += <usize>plain;
    at += <usize>plain;
    kept += plain;
    if (plain == 0) {
      to = at;
      escape(<u8>lead);
      at = to;
      from += 1;
      kept += 1;
    }
  }
  to = at;
  count = kept + more;
}

/** Writes the answer's other fields; returns where it ends. */
export function finish(milliseconds: f64): usize {
  if (to + 128 > <usize>memory.size() << 16) {
    grow();
  }
  put('","characterCount":');
  number(count, 1);
  put(',"processingTimeMs":');
  const microseconds = <u64>(milliseconds * 1000);
  number(microseconds / 1000, 1);
  put(".");
  number(microseconds % 1000, 3);
  put("}");
  return to;
}

/** Where the upper case of a character stands, not an ASCII one; 0 for one that is its own. */
// @ts-ignore: the compiler's decorator
@inline
function entryOf(from: usize, lead: usize): usize {
  let block = lead & 0x1f;
  let last = from + 1;
  if (lead >= 0xf0) {
    block = ((lead & 7) << 12) | (continuation(from + 1) << 6) | continuation(from + 2);
    last = from + 3;
  } else if (lead >= 0xe0) {
    block = ((lead & 0xf) << 6) | continuation(from + 1);
    last = from + 2;
  }
  const number = block < 2048 ? <usize>load<u8>(BLOCKS + block) : 0;
  return number == 0 ? 0 : ENTRIES + (number << 9) + (continuation(last) << 3);
}

// @ts-ignore: the compiler's decorator
@inline
function continuation(at: usize): usize {
  return <usize>load<u8>(at) & 0x3f;
}

/** Writes a character of ASCII that JSON wants escaped. */
function escape(char: u8): void {
  const letter = char == 0x22 || char == 0x5c ? char : SHORT.at(char);
  store<u8>(to, 0x5c);
  if (letter != 0) {
    store<u8>(to + 1, letter);
    to += 2;
  } else {
    put("\\u00");
    hex(char >> 4);
    hex(char & 0xf);
  }
}

/** The letters of the short escapes: b, t, n, f, r. */
const SHORT: StaticArray<u8> = [
  0, 0, 0, 0, 0, 0, 0, 0, 0x62, 0x74, 0x6e, 0, 0x66, 0x72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

function hex(digit: u8): void {
  store<u8>(to, digit + (digit < 10 ? 0x30 : 0x57));
  to += 1;
}

/** Writes an integer in at least so many digits. */
function number(value: u64, digits: i32): void {
  if (value >= 10 || digits > 1) {
    number(value / 10, digits - 1);
  }
  store<u8>(to, <u8>(0x30 + (value % 10)));
  to += 1;
}

function put(text: string): void {
  to += String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, to);
}

/** A quarter more memory; returns where it ends. */
function grow(): usize {
  if (memory.grow(1 + (memory.size() >> 2)) < 0) {
    unreachable();
  }
  return <usize>memory.size() << 16;
}
