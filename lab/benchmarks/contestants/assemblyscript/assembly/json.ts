// JSON, read forward from one place. Behind it must be zeros, which no JSON goes on with. Strings lose their escapes in
// place.

/** What is read next, and the string that was read last. */
export let at: usize = 0;
export let stringStart: usize = 0;
export let stringEnd: usize = 0;

export function begin(from: usize): void {
  at = from;
}

/** A name and its colon, up to the value. */
export function readName(isStrict: bool): bool {
  skipBlanks();
  if (!next(0x22) || !readString(isStrict)) {
    return false;
  }
  skipBlanks();
  if (!next(0x3a)) {
    return false;
  }
  skipBlanks();
  return true;
}

/** A value of any kind. What it is nested in stands on `stack`, a byte a level. */
export function skipValue(stack: usize): bool {
  let top = stack;
  while (true) {
    const first = load<u8>(at);
    if (first == 0x7b || first == 0x5b) {
      at += 1;
      skipBlanks();
      // Brackets and braces close with the code two after their own.
      if (!next(first + 2)) {
        store<u8>(top, first + 2);
        top += 1;
        if (first == 0x7b && !readName(false)) return false;
        continue;
      }
    } else if (first == 0x22) {
      at += 1;
      if (!readString(false)) return false;
    } else if (!(readWord("true") || readWord("false") || readWord("null") || readNumber())) {
      return false;
    }
    while (true) {
      if (top == stack) return true;
      skipBlanks();
      if (next(0x2c)) break;
      top -= 1;
      if (!next(load<u8>(top))) return false;
    }
    if (load<u8>(top - 1) == 0x7d) {
      if (!readName(false)) return false;
    } else {
      skipBlanks();
    }
  }
}

export function readNumber(): bool {
  next(0x2d);
  if (!next(0x30) && !skipDigits()) return false;
  if (next(0x2e) && !skipDigits()) return false;
  if ((load<u8>(at) | 0x20) == 0x65) {
    at += 1;
    if (!next(0x2b)) next(0x2d);
    return skipDigits();
  }
  return true;
}

function skipDigits(): bool {
  const start = at;
  while (load<u8>(at) - 0x30 < 10) at += 1;
  return at > start;
}

/** The rest of a string, whose escapes are put as what they mean. A strict one has no unpaired surrogates. */
export function readString(isStrict: bool): bool {
  let from = at;
  let to = at;
  stringStart = at;
  while (true) {
    const bytes = v128.load(from);
    const special = i8x16.bitmask(
      v128.or(
        i8x16.lt_u(bytes, i8x16.splat(0x20)),
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      ),
    );
    if (special == 0) {
      if (to != from) v128.store(to, bytes);
      from += 16;
      to += 16;
      continue;
    }
    const plain = <usize>ctz(special);
    if (to != from) memory.copy(to, from, plain);
    from += plain;
    to += plain;
    const char = load<u8>(from);
    if (char == 0x22) {
      stringEnd = to;
      at = from + 1;
      return true;
    }
    if (char != 0x5c) return false;
    const escaped = load<u8>(from + 1);
    from += 2;
    if (escaped != 0x75) {
      const meant = meaning(escaped);
      if (meant == 0) return false;
      store<u8>(to, meant);
      to += 1;
      continue;
    }
    let point = hex(from);
    if (point < 0) return false;
    from += 4;
    if (point >>> 11 == 0x1b) {
      const second = point < 0xdc00 && load<u16>(from) == 0x755c ? hex(from + 2) : -1;
      if (second >>> 10 == 0x37) {
        point = 0x10000 + ((point & 0x3ff) << 10) + (second & 0x3ff);
        from += 6;
      } else if (isStrict) {
        return false;
      }
    }
    to += encode(point, to);
  }
}

function meaning(escaped: u8): u8 {
  switch (escaped) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return escaped;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}

/** The number in four hexadecimal digits, or -1. */
function hex(from: usize): i32 {
  let value = 0;
  for (let end = from + 4; from < end; from += 1) {
    const char = <u32>load<u8>(from);
    const letter = (char | 0x20) - 0x61;
    if (char - 0x30 > 9 && letter > 5) return -1;
    value = (value << 4) | (letter <= 5 ? letter + 10 : char - 0x30);
  }
  return value;
}

/** Writes a code point in UTF-8; returns its length. */
function encode(point: u32, to: usize): usize {
  if (point < 0x80) {
    store<u8>(to, <u8>point);
    return 1;
  }
  if (point < 0x800) {
    store<u8>(to, <u8>(0xc0 | (point >> 6)));
    store<u8>(to + 1, <u8>(0x80 | (point & 0x3f)));
    return 2;
  }
  if (point < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (point >> 12)));
    store<u8>(to + 1, <u8>(0x80 | ((point >> 6) & 0x3f)));
    store<u8>(to + 2, <u8>(0x80 | (point & 0x3f)));
    return 3;
  }
  store<u8>(to, <u8>(0xf0 | (point >> 18)));
  store<u8>(to + 1, <u8>(0x80 | ((point >> 12) & 0x3f)));
  store<u8>(to + 2, <u8>(0x80 | ((point >> 6) & 0x3f)));
  store<u8>(to + 3, <u8>(0x80 | (point & 0x3f)));
  return 4;
}

/** Whether the string that was read last is this one. */
export function stringIs(name: string): bool {
  return stringEnd - stringStart == name.length && isHere(name, stringStart);
}

export function readWord(word: string): bool {
  const found = isHere(word, at);
  if (found) at += word.length;
  return found;
}

/** Whether an ASCII text stands at an address. */
function isHere(text: string, place: usize): bool {
  for (let index = 0; index < text.length; index += 1) {
    if (load<u8>(place + index) != <u8>text.charCodeAt(index)) return false;
  }
  return true;
}

export function next(char: u8): bool {
  const found = load<u8>(at) == char;
  if (found) at += 1;
  return found;
}

export function skipBlanks(): void {
  while (true) {
    const char = load<u8>(at);
    if (char != 0x20 && char != 0x0a && char != 0x0d && char != 0x09) return;
    at += 1;
  }
}
