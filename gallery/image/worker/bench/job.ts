// What `./build.sh bench` measures: JPEG images, and the job of image_metadata/src/metadata.rs for these in TypeScript.

import { Refusal } from "../platform";
import type { Exposure, Gps, Metadata } from "../src/contract";
import { jpeg } from "../test/samples";

/** The route that does the job in Rust. */
export const path = "/metadata";

/** What `request` is called with, from small to large. */
export const sizes = [10_000, 100_000, 1_000_000, 4_000_000];

/** The fields of an answer in which the two may differ. */
export const ignored: string[] = [];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The body of a request: an image of about `size` bytes. */
export function request(size: number): Uint8Array {
  return jpeg({ exif: true, pixels: size });
}

/**
 * Answers the body of a request as the crate does.
 * @throws {Refusal} for what is no JPEG image, or one without a size.
 */
export function answer(body: Uint8Array): Uint8Array {
  const image = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (image.byteLength < 4 || image.getUint32(0) >>> 8 !== 0xffd8ff) {
    throw new Refusal("unsupportedMediaType", "image: expected JPEG");
  }
  const { width, height, exif } = read(image);
  const { image: main, camera, gps } = directories(exif);
  const orientation = main.number(0x0112);
  const turned = orientation !== null && orientation >= 5;
  const metadata: Metadata = {
    format: "jpeg",
    width: width,
    height: height,
    orientation: orientation,
    displayWidth: turned ? height : width,
    displayHeight: turned ? width : height,
    takenAt: time(camera),
    takenAtOffset: camera.text(0x9011),
    make: main.text(0x010f),
    model: main.text(0x0110),
    lens: camera.text(0xa434),
    exposure: exposure(camera),
    gps: position(gps),
    warnings: [],
  };
  return encoder.encode(JSON.stringify(metadata));
}

/** The size and the Exif data, from the segments up to the one that has the size (ITU-T T.81, annex B). */
function read(image: DataView): { width: number; height: number; exif?: DataView } {
  let exif: DataView | undefined;
  try {
    for (let at = 2; ; at += 2 + image.getUint16(at + 2)) {
      const marker = image.getUint16(at);
      if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
        const size = { width: image.getUint16(at + 7), height: image.getUint16(at + 5) };
        return exif === undefined ? size : { ...size, exif };
      }
      // "Exif", and two zeros.
      if (marker === 0xffe1 && image.getUint32(at + 4) === 0x45786966 && image.getUint16(at + 8) === 0) {
        exif = new DataView(image.buffer, image.byteOffset + at + 10, image.getUint16(at + 2) - 8);
      }
    }
  } catch {
    throw new Refusal("corruptImage", "image: expected its width and height, found none that can be read");
  }
}

/** A directory of fields in Exif data (TIFF 6.0, section 2). */
class Directory {
  private readonly fields = new Map<number, number>();

  constructor(
    private readonly tiff: DataView,
    private readonly little: boolean,
    at: number | null,
  ) {
    const count = at === null ? 0 : tiff.getUint16(at, little);
    for (let index = 0; index < count; index += 1) {
      const field = (at ?? 0) + 2 + 12 * index;
      this.fields.set(tiff.getUint16(field, little), field);
    }
  }

  /** An integer of two or four bytes. */
  number(tag: number): number | null {
    const at = this.fields.get(tag);
    if (at === undefined) {
      return null;
    }
    const isShort = this.tiff.getUint16(at + 2, this.little) === 3;
    return isShort ? this.tiff.getUint16(at + 8, this.little) : this.tiff.getUint32(at + 8, this.little);
  }

  text(tag: number): string | null {
    const at = this.fields.get(tag);
    if (at === undefined) {
      return null;
    }
    const length = this.tiff.getUint32(at + 4, this.little);
    const start = length > 4 ? this.tiff.getUint32(at + 8, this.little) : at + 8;
    const content = new Uint8Array(this.tiff.buffer, this.tiff.byteOffset + start, length);
    return decoder.decode(content).split("\0", 1)[0]?.trim() || null;
  }

  fractions(tag: number): number[] {
    const at = this.fields.get(tag);
    if (at === undefined) {
      return [];
    }
    const start = this.tiff.getUint32(at + 8, this.little);
    const long = (index: number) => this.tiff.getUint32(start + 4 * index, this.little);
    return Array.from({ length: this.tiff.getUint32(at + 4, this.little) }, (_, i) => long(2 * i) / long(2 * i + 1));
  }
}

function directories(exif: DataView = new DataView(new ArrayBuffer(10))): Record<"image" | "camera" | "gps", Directory> {
  const little = exif.getUint16(0) === 0x4949;
  const image = new Directory(exif, little, exif.getUint32(4, little));
  const other = (tag: number) => new Directory(exif, little, image.number(tag));
  return { image, camera: other(0x8769), gps: other(0x8825) };
}

function time(camera: Directory): string | null {
  const time = camera.text(0x9003)?.replace(/^(\d{4}):(\d\d):(\d\d) /, "$1-$2-$3T") ?? null;
  const fraction = camera.text(0x9291);
  return time !== null && fraction !== null ? `${time}.${fraction}` : time;
}

function exposure(camera: Directory): Exposure | null {
  const [time = null] = camera.fractions(0x829a);
  const [fNumber = null] = camera.fractions(0x829d);
  const [focalLength = null] = camera.fractions(0x920a);
  const iso = camera.number(0x8827);
  if (time === null && fNumber === null && iso === null && focalLength === null) {
    return null;
  }
  return {
    time: time,
    fNumber: fNumber,
    iso: iso,
    focalLength: focalLength,
  };
}

function position(gps: Directory): Gps | null {
  const degrees = (tag: number, direction: number) => {
    const [whole = NaN, minutes = 0, seconds = 0] = gps.fractions(tag);
    const isNegative = ["S", "W"].includes(gps.text(direction) ?? "");
    return (isNegative ? -1 : 1) * (whole + minutes / 60 + seconds / 3600);
  };
  const [altitude = null] = gps.fractions(6);
  const [latitude, longitude] = [degrees(2, 1), degrees(4, 3)];
  if (Number.isNaN(latitude + longitude)) {
    return null;
  }
  return {
    latitude: latitude,
    longitude: longitude,
    altitude: altitude,
  };
}
