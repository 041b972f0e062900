// The fastest way that was found to do the job in JavaScript; ../README.md says what was measured. Text in ASCII is
// fastest as a string, by the engine's own functions. Those are slow on strings of UTF-16 and on the way from and to
// UTF-8, so that other text stays in bytes, where it can.

import { worker } from "../shared/http.js";
import { parse } from "../shared/request.js";
import { asBytes } from "./bytes.js";
import { decode } from "./decode.js";

export default worker((body) => (looksAscii(body) ? asString(body) : (asBytes(body) ?? asString(body))));

/** A look at the start: either way gives the right answer, and one over all would cost more than it saves. */
function looksAscii(body) {
  const end = Math.min(body.length, 4096);
  for (let at = 0; at < end; at += 1) {
    if (body[at] >= 0x80) {
      return false;
    }
  }
  return true;
}

function asString(body) {
  const { text, maxLength, uppercase } = parse(decode(body));
  const started = performance.now();
  let processedText = first(text, maxLength);
  if (uppercase) {
    processedText = processedText.toUpperCase();
  }
  return JSON.stringify({
    processedText,
    characterCount: count(processedText),
    processingTimeMs: performance.now() - started,
  });
}

/** The first `maxLength` scalar values. */
function first(text, maxLength) {
  if (text.length <= maxLength) {
    return text;
  }
  if (!HIGH.test(text)) {
    return text.slice(0, maxLength);
  }
  let end = 0;
  for (let kept = 0; kept < maxLength && end < text.length; kept += 1) {
    end += isHigh(text.charCodeAt(end)) ? 2 : 1;
  }
  return text.slice(0, end);
}

/** How many scalar values a well-formed string has. */
function count(text) {
  if (!HIGH.test(text)) {
    return text.length;
  }
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    pairs += isHigh(text.charCodeAt(at)) ? 1 : 0;
  }
  return text.length - pairs;
}

// V8 knows without a look that a string of one byte a character has none.
const HIGH = /[\ud800-\udbff]/;

function isHigh(unit) {
  return (unit & 0xfc00) === 0xd800;
}
