// The job on bytes. JSON.parse reads the body without its longest string, which is checked, mapped and written byte by
// byte.

import { invalid, parse } from "../shared/request.js";
import { mapping } from "./case.js";
import { decode } from "./decode.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

// Stands for the longest string. No other string of a body has this character if the body has not this escape.
const MARK = "\u0001";
const MARK_ESCAPED = "\\u0001";

const encoder = new TextEncoder();
const PREFIX = encoder.encode('{"processedText":"');

/** Where answers are written: kept, and as long as the longest needed. */
let out = new Uint8Array(1 << 16);

/** The answer, or undefined where the longest string is not the text, or what is kept of it has an escape `\u`. */
export function asBytes(body) {
  const { start, end } = longestString(body);
  const head = decode(body.subarray(0, start));
  const tail = decode(body.subarray(end));
  if (end - start < 2 || head.includes(MARK_ESCAPED) || tail.includes(MARK_ESCAPED)) {
    return undefined;
  }
  const request = parseOrNone(head + MARK_ESCAPED + tail);
  if (request?.text !== MARK) {
    return undefined;
  }
  const started = performance.now();
  const written = write(body, start, end, request.maxLength, mapping(request.uppercase));
  if (written === undefined) {
    return undefined;
  }
  checkRest(body.subarray(written.at, end));
  const last = `","characterCount":${written.count},"processingTimeMs":${performance.now() - started}}`;
  reserve(written.to + last.length);
  return out.slice(0, written.to + encoder.encodeInto(last, out.subarray(written.to)).written);
}

/** The request, or undefined: what was taken out may be a name, so nothing is refused here. */
function parseOrNone(json) {
  try {
    return parse(json);
  } catch {
    return undefined;
  }
}

/** Of the strings of JSON the longest, without its quotes. */
function longestString(body) {
  let start = 0;
  let end = 0;
  for (let close = -1; ; ) {
    const open = body.indexOf(QUOTE, close + 1);
    close = open === -1 ? -1 : closingQuote(body, open + 1);
    if (close === -1) {
      return { start, end };
    }
    if (close - open - 1 > end - start) {
      start = open + 1;
      end = close;
    }
  }
}

function closingQuote(body, start) {
  for (let quote = body.indexOf(QUOTE, start); ; quote = body.indexOf(QUOTE, quote + 1)) {
    let before = quote;
    while (before > start && body[before - 1] === BACKSLASH) {
      before -= 1;
    }
    if (quote === -1 || (quote - before) % 2 === 0) {
      return quote;
    }
  }
}

/**
 * Writes the answer up to the end of the text.
 * @returns where the rest begins that is not kept, where writing ended, and how many characters the result has;
 *   undefined at an escape `\u`.
 */
function write(body, start, end, maxLength, { ascii, packed, special }) {
  reserve(end - start + 1024);
  out.set(PREFIX);
  let to = PREFIX.length;
  let at = start;
  let kept = 0;
  let more = 0;
  for (; at < end && kept < maxLength; kept += 1) {
    if (to + 8 > out.length) {
      reserve(2 * to);
    }
    const lead = body[at];
    let code;
    if (lead < 0x80) {
      const upper = ascii[lead];
      if (upper !== 0) {
        out[to] = upper;
        to += 1;
        at += 1;
        continue;
      }
      if (lead !== BACKSLASH) {
        throw malformed();
      }
      if (body[at + 1] === 0x75) {
        return undefined;
      }
      to = writeEscape(body[at + 1], to);
      at += 2;
      continue;
    }
    if (lead < 0xe0) {
      const second = body[at + 1];
      if (lead < 0xc2 || (second & 0xc0) !== 0x80) {
        throw malformed();
      }
      code = ((lead & 0x1f) << 6) | (second & 0x3f);
      at += 2;
    } else if (lead < 0xf0) {
      const second = body[at + 1];
      const third = body[at + 2];
      code = ((lead & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
      if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 || code < 0x800 || code >>> 11 === 0x1b) {
        throw malformed();
      }
      at += 3;
    } else {
      code = fourBytes(body, at);
      at += 4;
      if (code >= 0x1f000) {
        out[to] = lead;
        out[to + 1] = body[at - 3];
        out[to + 2] = body[at - 2];
        out[to + 3] = body[at - 1];
        to += 4;
        continue;
      }
    }
    const bytes = code < 0x10000 ? packed[code] : 0;
    if (bytes !== 0) {
      out[to] = bytes;
      out[to + 1] = bytes >>> 8;
      if (bytes > 0xffff) {
        out[to + 2] = bytes >>> 16;
        to += 1;
      }
      to += 2;
    } else {
      const { units, extra } = special(code);
      for (let unit = 0; unit < units.length; unit += 1) {
        out[to + unit] = units[unit];
      }
      to += units.length;
      more += extra;
    }
  }
  return { at, to, count: kept + more };
}

function fourBytes(body, at) {
  const [lead, second, third, fourth] = body.subarray(at, at + 4);
  const code = ((lead & 7) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
  const isContinued = (second & 0xc0) === 0x80 && (third & 0xc0) === 0x80 && (fourth & 0xc0) === 0x80;
  if (lead > 0xf4 || !isContinued || code < 0x10000 || code > 0x10ffff) {
    throw malformed();
  }
  return code;
}

// JSON.stringify writes these escapes as they came, but for the slash.
const ESCAPES = new Set(encoder.encode('"\\bfnrt'));

function writeEscape(letter, to) {
  if (letter === 0x2f) {
    out[to] = letter;
    return to + 1;
  }
  if (!ESCAPES.has(letter)) {
    throw malformed();
  }
  out[to] = BACKSLASH;
  out[to + 1] = letter;
  return to + 2;
}

/** What is not kept must be good all the same. */
function checkRest(rest) {
  if (rest.length === 0) {
    return;
  }
  parse(`{"text":"${decode(rest)}","maxLength":1}`);
}

function reserve(length) {
  if (length > out.length) {
    const longer = new Uint8Array(length);
    longer.set(out);
    out = longer;
  }
}

function malformed() {
  return invalid("text: expected a string of JSON in UTF-8");
}
