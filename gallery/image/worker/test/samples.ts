// Images for the tests and for bench: whole in all that is read, with filler in the place of the pixels.

export const WIDTH = 4000;
export const HEIGHT = 3000;

/** A JPEG image. `before` its size stand so many bytes that nobody needs, after it so many of pixels. */
export function jpeg({ exif = false, before = 0, pixels = 1000 }): Uint8Array {
  const parts: Part[] = [[0xff, 0xd8]];
  if (exif) {
    parts.push(segment(0xe1, "Exif\0\0", photo()));
  }
  for (let left = before; left > 0; left -= 65_000) {
    parts.push(segment(0xef, filler(Math.min(left, 65_000))));
  }
  parts.push(segment(0xc0, [8], short(HEIGHT), short(WIDTH), [1, 1, 0x11, 0]));
  parts.push(segment(0xda, [1, 1, 0, 0, 63, 0]), filler(pixels), [0xff, 0xd9]);
  return bytes(...parts);
}

/** A PNG image; its Exif data, if any, stands after the pixels. */
export function png({ exif = false, pixels = 1000 }): Uint8Array {
  const parts: Part[] = ["\x89PNG\r\n\x1a\n", chunk("IHDR", long(WIDTH), long(HEIGHT), [8, 2, 0, 0, 0])];
  parts.push(chunk("IDAT", filler(pixels)));
  if (exif) {
    parts.push(chunk("eXIf", photo()));
  }
  return bytes(...parts, chunk("IEND"));
}

/** Of 451 x 461 pixels, as libheif writes it: stored are 452 x 462, of which a decoder keeps the clean aperture. */
export const HEIC = decoded(
  "AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAABgW1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAAAAAAAAImlsb2MAAAAAREAA" +
  "AQABAAAAAAGhAAEAAAAAAAAAfQAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAADnBpdG0AAAAAAAEAAAEBaXBycAAAAOFpcGNv" +
  "AAAAemh2Y0MBA3AAAACQAAAAAAA/8AD8/fj4AAAPA2AAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwA/ugJAYQABAC1CAQEDcAAAAwCQAAADAAADAD+g" +
  "DkgHR3WW6kkprm4CGgwIAAADAMgAAAMACEBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAABxAAAAc4AAAAoY2xh" +
  "cAAAAcMAAAABAAABzQAAAAH/////AAAAAv////8AAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAIVtZGF0AAAA" +
  "eSgBrwQRBctYxa1Q/Hk46//yzj8NJxsRv7BOZ0dwKYWJmAAARMCn6O4GYMU9AAADAAAr4JMNNMAAAAMAAAMAGbCHAAADAAADAAADACmgAAADAAAD" +
  "AAADAAX8AAADAAADAAADAEvAAAADAAADAAADAT0AAAMAAAMAAW0=",
);

/** Of 451 x 461 pixels, cropped to 300 x 200, turned by a quarter and mirrored, as avifenc writes it. */
export const AVIF = decoded(
  "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAS1tZXRhAAAAAAAAAChoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAbGliYXZpZgAAAAAO" +
  "cGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAFRAAAAHAAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAACl" +
  "aXBycAAAAINpcGNvAAAAFGlzcGUAAAAAAAABwwAAAc0AAAAOcGl4aQAAAAABCAAAAAxhdjFDgQEcAAAAABNjb2xybmNseAABAA0ABoAAAAAoY2xh" +
  "cAAAASwAAAABAAAAyAAAAAH///9pAAAAAv///vsAAAACAAAACWlyb3QBAAAACWltaXIAAAAAGmlwbWEAAAAAAAAAAQABBwECgwSFhocAAAAkbWRh" +
  "dBIACgkYYjhczlgIaDUyDRP8AABEAPX4150X2oc=",
);

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

type Part = string | number[] | Uint8Array;

/** Parts one after the other, each character of a string as one byte. */
export function bytes(...parts: Part[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === "string" ? Array.from(part, (char) => char.charCodeAt(0)) : part));
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function filler(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x55);
}

function short(number: number): number[] {
  return [number >> 8, number & 0xff];
}

function long(number: number): number[] {
  return [...short(number >>> 16), ...short(number & 0xffff)];
}

function segment(code: number, ...content: Part[]): Uint8Array {
  const inside = bytes(...content);
  return bytes([0xff, code], short(inside.length + 2), inside);
}

/** The check sum is left out: nobody reads it here. */
function chunk(name: string, ...content: Part[]): Uint8Array {
  const inside = bytes(...content);
  return bytes(long(inside.length), name, inside, [0, 0, 0, 0]);
}

type Fraction = [numerator: number, denominator: number];
type Field = [tag: number, value: string | number | Fraction[] | { fields: Field[] }];

/** Exif data with a field of each kind that an answer has. */
function photo(): Uint8Array {
  const camera: Field[] = [
    [0x829a, [[1, 200]]],
    [0x829d, [[18, 10]]],
    [0x8827, 125],
    [0x9003, "2021:05:01 12:34:56"],
    [0x9011, "+02:00"],
    [0x920a, [[42, 10]]],
    [0x9291, "789"],
    [0xa434, "Lens 4.2mm f/1.8"],
  ];
  const gps: Field[] = [
    [1, "S"],
    [2, [[33, 1], [30, 1], [36, 1]]],
    [3, "E"],
    [4, [[151, 1], [12, 1], [0, 1]]],
    [6, [[25, 10]]],
  ];
  const image: Field[] = [
    [0x010f, "Maker"],
    [0x0110, "Model 1"],
    [0x0112, 6],
    [0x8769, { fields: camera }],
    [0x8825, { fields: gps }],
  ];
  return bytes("MM\0*", long(8), directory(8, image));
}

/** A directory that stands at `at`: its fields, then the values that are too long for a field. */
function directory(at: number, fields: Field[]): Uint8Array {
  const head: Part[] = [short(fields.length)];
  const values: Uint8Array[] = [];
  let end = at + 2 + 12 * fields.length + 4;
  for (const [tag, value] of fields) {
    const [kind, count, content] = encoded(value, end);
    const inside = content.length <= 4 && typeof value !== "object";
    head.push(short(tag), short(kind), long(count), inside ? bytes(content, [0, 0, 0, 0]).subarray(0, 4) : long(end));
    if (!inside) {
      values.push(content);
      end += content.length;
    }
  }
  return bytes(...head, long(0), ...values);
}

function encoded(value: Field[1], at: number): [kind: number, count: number, content: Uint8Array] {
  if (typeof value === "string") {
    return [2, value.length + 1, bytes(value, [0])];
  }
  if (typeof value === "number") {
    return [3, 1, bytes(short(value))];
  }
  if (Array.isArray(value)) {
    return [5, value.length, bytes(...value.flat().map(long))];
  }
  return [4, 1, directory(at, value.fields)];
}
