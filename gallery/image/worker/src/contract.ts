// What clients get: the same fields as in image_metadata/src/metadata.rs. What they send is an image.

import type { ErrorAnswer as AnyErrorAnswer } from "../platform";

export type { ErrorCode } from "../platform";

/** The body of every answer that is not 200. */
export type ErrorAnswer = AnyErrorAnswer<"corruptImage">;

/** Of what an image does not say there is null. */
export interface Metadata {
  format: "jpeg" | "png" | "webp" | "heic" | "avif" | "tiff";
  /** Pixels as a decoder gives them: of HEIC and AVIF these are cropped and turned already. */
  width: number;
  height: number;
  /** How a viewer has to turn or mirror what the decoder gives, 1 to 8 as in Exif; null for HEIC and AVIF. */
  orientation: number | null;
  /** Pixels as a viewer shows them. */
  displayWidth: number;
  displayHeight: number;
  /** Local time of the camera, in ISO 8601 without a zone. */
  takenAt: string | null;
  /** The zone of this time, as in `+02:00`. */
  takenAtOffset: string | null;
  make: string | null;
  model: string | null;
  lens: string | null;
  exposure: Exposure | null;
  gps: Gps | null;
  /** What the image has and cannot be used. */
  warnings: string[];
}

export interface Exposure {
  /** In seconds. */
  time: number | null;
  fNumber: number | null;
  iso: number | null;
  /** In millimetres. */
  focalLength: number | null;
}

export interface Gps {
  /** In degrees, south and west below zero. */
  latitude: number;
  longitude: number;
  /** In metres above the sea. */
  altitude: number | null;
}
