// The metadata of an image by exifr, as JSON bytes: what the image example answers, but for what exifr does not know:
// the dimensions, and whether the file is damaged.

import exifr from "exifr/dist/full.esm.mjs";

const encoder = new TextEncoder();

const PICK = [
  "Orientation", "Make", "Model", "LensModel", "DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal",
  "ExposureTime", "FNumber", "ISO", "FocalLength",
  "GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef", "GPSAltitude", "GPSAltitudeRef",
];

/** exifr's fastest settings: no field more than is needed, none translated into words or dates. */
const FASTEST = { pick: PICK, translateValues: false, reviveValues: false };

/** Of an image in memory, with these options of exifr. */
export async function metadata(image, options = FASTEST) {
  return json(await exifr.parse(image, options));
}

/** Of an image in R2, read in the ranges that exifr wants. */
export async function storedMetadata(bucket, key) {
  const parser = new exifr.Exifr({ ...FASTEST, firstChunkSize: 64 * 1024 });
  parser.file = new Ranges({ bucket, key }, parser.options);
  await parser.file.read();
  return json(await parser.parse());
}

function json(found) {
  return encoder.encode(JSON.stringify(found ?? null));
}

/** exifr's reader of URLs, but for where the bytes come from. */
class Ranges extends exifr.fileReaders.get("url") {
  async readWhole() {
    this.chunked = false;
    const { bucket, key } = this.input;
    this._swapArrayBuffer(await (await bucket.get(key)).arrayBuffer());
  }

  async _readChunk(offset, length) {
    const { bucket, key } = this.input;
    const object = await bucket.get(key, { range: { offset, length } });
    this.size = object.size;
    return this.set(new Uint8Array(await object.arrayBuffer()), offset, true);
  }
}
