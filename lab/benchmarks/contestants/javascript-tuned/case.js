// What becomes of each character, in UTF-8: filled as characters come, for a table made at the start would be paid for by
// every cold start.

const encoder = new TextEncoder();
const made = [];

/**
 * The mapping to upper case, or of each character to itself.
 * @returns `ascii`: the byte for a byte, 0 for one that is written otherwise; `packed`: the two or three bytes for a code
 *   point, the first one lowest, or 0; `special`: any other code point's bytes, and how many characters more it becomes.
 */
export function mapping(uppercase) {
  return (made[Number(uppercase)] ??= make((char) => (uppercase ? char.toUpperCase() : char)));
}

function make(map) {
  const ascii = Uint8Array.from({ length: 0x80 }, (_, code) => map(String.fromCharCode(code)).charCodeAt(0));
  ascii.fill(0, 0, 0x20);
  ascii[0x5c] = 0;
  const packed = new Uint32Array(0x10000);
  const others = new Map();
  function special(code) {
    let other = others.get(code);
    if (other === undefined) {
      const text = map(String.fromCodePoint(code));
      const units = encoder.encode(text);
      const extra = [...text].length - 1;
      if (extra === 0 && (units.length === 2 || units.length === 3)) {
        packed[code] = units[0] | (units[1] << 8) | (units[2] << 16);
      }
      other = { units, extra };
      others.set(code, other);
    }
    return other;
  }
  return { ascii, packed, special };
}
