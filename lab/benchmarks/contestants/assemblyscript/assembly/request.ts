// Reads the request: an object of JSON in the body, complete or refused.

import {
  at,
  begin,
  next,
  readName,
  readNumber,
  readString,
  readWord,
  skipBlanks,
  skipValue,
  stringEnd,
  stringIs,
  stringStart,
} from "./json";
import { FOUND_AGAIN, INVALID_JSON, INVALID_LENGTH, INVALID_TEXT, INVALID_UPPERCASE } from "./refusals";

/** Why `read` returned false: a number of refusals.ts. */
export let refusal: i32 = 0;

/** The request: the text at an address, 0 bytes when there is none. */
export let text: usize = 0;
export let textSize: usize = 0;
export let maxLength: u64 = 0;
export let hasMaxLength: bool = false;
export let uppercase: bool = false;

/** Reads UTF-8 from `from` to `end`, with zeros behind, which no JSON goes on with. `stack` has as many bytes. */
export function read(from: usize, end: usize, stack: usize): bool {
  begin(from);
  textSize = 0;
  hasMaxLength = false;
  uppercase = false;
  refusal = INVALID_JSON;
  let hasText = false;
  let hasUppercase = false;
  skipBlanks();
  if (!next(0x7b)) {
    return false;
  }
  skipBlanks();
  if (!next(0x7d)) {
    do {
      if (!readName(true)) {
        return false;
      }
      if (stringIs("text")) {
        if (!take(hasText, INVALID_TEXT, readText())) return false;
        hasText = true;
      } else if (stringIs("maxLength")) {
        if (!take(hasMaxLength, INVALID_LENGTH, readLength())) return false;
        hasMaxLength = true;
      } else if (stringIs("uppercase")) {
        if (!take(hasUppercase, INVALID_UPPERCASE, readBoolean())) return false;
        hasUppercase = true;
      } else if (!skipValue(stack)) {
        return false;
      }
      skipBlanks();
    } while (next(0x2c));
    if (!next(0x7d)) {
      return false;
    }
  }
  skipBlanks();
  return at == end;
}

function take(isAgain: bool, wrong: i32, isRight: bool): bool {
  refusal = isAgain ? FOUND_AGAIN : isRight ? INVALID_JSON : wrong;
  return !isAgain && isRight;
}

function readText(): bool {
  if (!next(0x22) || !readString(true)) {
    return false;
  }
  text = stringStart;
  textSize = stringEnd - stringStart;
  return true;
}

/** An integer from 1 to 2^64 - 1, without a fraction or an exponent. */
function readLength(): bool {
  const start = at;
  if (!readNumber() || at - start > 20) {
    return false;
  }
  maxLength = 0;
  for (let digit = start; digit < at; digit += 1) {
    const value = <u64>load<u8>(digit) - 0x30;
    if (value > 9 || maxLength > (u64.MAX_VALUE - value) / 10) {
      return false;
    }
    maxLength = maxLength * 10 + value;
  }
  return maxLength > 0;
}

function readBoolean(): bool {
  uppercase = readWord("true");
  return uppercase || readWord("false");
}
