// The body of a request, of which no more is held than the limit, whoever put it into the request.

import { Told } from "./failures";
import { HttpRefusal } from "./routes";
import { Refusal, isA } from "./wasm";

/** What of the environment says how long a body may be. `object`, for else one that has other things only would be refused. */
export type BodyEnv = object & {
  /** The longest request body, in bytes. Unset it is DEFAULT_MAX_BODY_BYTES. */
  MAX_BODY_BYTES?: number;
};

/** For environments to which wrangler.toml does not pass its variables on, such as [env.staging] without its own. */
export const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

/** All the memory that an isolate may have: no body can be longer. */
const ISOLATE = 128 * 1024 * 1024;

/** The longest body that the Worker takes, in bytes. @throws {Told} when the variable is none. */
export function bodyLimit(env: BodyEnv): number {
  const given: unknown = env.MAX_BODY_BYTES ?? DEFAULT_MAX_BODY_BYTES;
  // .dev.vars and --var give texts.
  const limit = typeof given === "string" ? Number(given) : given;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > ISOLATE) {
    throw new Told("the variable MAX_BODY_BYTES: expected an integer from 1 to 134217728; set it in wrangler.toml");
  }
  return limit;
}

/**
 * The body, of which no more than a byte beyond `limit` is read.
 * @throws {Refusal} when it is compressed, has more than `limit` bytes, or when its client hung up.
 * @throws {Told} when it was read before, or what the project put in its place has no bytes.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  requireIdentity(request);
  const { body } = request;
  if (body === null) {
    return new Uint8Array();
  }
  if (request.bodyUsed || body.locked) {
    throw new Told("readBody: expected a body that nothing has read or is reading");
  }
  // Of a body that was replaced it is not true: it says how much to ask for, not where the end is.
  const declared = Number(request.headers.get("content-length"));
  if (declared > limit && ofClient.has(request)) {
    throw tooLarge(limit);
  }
  try {
    return await readStream(body, limit, Number.isInteger(declared) && declared > 0 ? declared : null);
  } catch (error) {
    throw ofClient.has(request) && isBroken(error) ? cutOff() : error;
  }
}

/** The requests that came in. The stream of any other the Worker made, or got from somebody else than its client. */
export const ofClient = new WeakSet<Request>();

/** RFC 9110, section 12.5.3: a 415 for a coding, and no other, names the codings that are taken. */
function requireIdentity(request: Request): void {
  const coding = request.headers.get("content-encoding");
  if (coding !== null && !["", "identity"].includes(coding.trim().toLowerCase())) {
    const headers = { "accept-encoding": "identity" };
    throw new HttpRefusal("unsupportedMediaType", "content-encoding: expected a body that is not compressed", headers);
  }
}

/** How many bytes are asked for first where nobody says how many there are. */
const PIECE = 16 * 1024;

/**
 * How many are asked for first where somebody does, and how many times as many as there are already after that: memory for
 * what a client only announces would cost it nothing, and the isolate much.
 */
const ANNOUNCED = 64 * 1024;
const GROWTH = 4;

async function readStream(stream: ReadableStream<unknown>, limit: number, declared: number | null): Promise<Uint8Array> {
  const reader = readerOf(stream);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    // workerd hands out 4 KB unless it is told to wait for more.
    const more =
      declared !== null && length <= declared
        ? Math.min(Math.max(length * GROWTH, ANNOUNCED), declared + 1 - length)
        : Math.max(length, PIECE);
    const { piece, last } = await reader.read(Math.min(more, limit + 1 - length));
    pieces.push(piece);
    length += piece.byteLength;
    if (length > limit) {
      // Not waited for: a stream of the project's may never end, or fail at that.
      reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    if (last) {
      return pieces.length === 1 ? piece : joined(pieces);
    }
  }
}

interface Reader {
  /** The next bytes of a stream: at least `min`, unless they are its last. */
  read(min: number): Promise<{ piece: Uint8Array; last: boolean }>;
  cancel(): Promise<void>;
}

/** Of the Streams standard; the runtime's types lack `min`. */
interface ByteReader {
  read(view: Uint8Array, options: { min: number }): Promise<{ value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

function readerOf(stream: ReadableStream<unknown>): Reader {
  let bytes: ByteReader;
  try {
    // Faster than getReader, which has options to look at.
    bytes = new ReadableStreamBYOBReader(stream);
  } catch {
    return readerOfChunks(stream);
  }
  return {
    async read(min) {
      const { value: piece = new Uint8Array() } = await bytes.read(new Uint8Array(min), { min });
      // Only the end of a stream makes a piece shorter.
      return { piece, last: piece.byteLength < min };
    },
    cancel: () => bytes.cancel(),
  };
}

/** Of a stream that the project made, a TransformStream for example, whose chunks are as long as it wants. */
function readerOfChunks(stream: ReadableStream<unknown>): Reader {
  const chunks = stream.getReader();
  let rest: Uint8Array = new Uint8Array();
  return {
    async read(min) {
      const piece = new Uint8Array(min);
      for (let length = 0; ; ) {
        // Copied, for a chunk of one byte may hold a buffer of thousands.
        const fitting = rest.subarray(0, min - length);
        piece.set(fitting, length);
        rest = rest.subarray(fitting.byteLength);
        length += fitting.byteLength;
        if (length === min) {
          return { piece, last: false };
        }
        const { done, value = new Uint8Array() } = await chunks.read();
        if (!(value instanceof Uint8Array)) {
          throw new Told("readBody: expected a stream of Uint8Array");
        }
        if (done) {
          return { piece: piece.subarray(0, length), last: true };
        }
        rest = value;
      }
    },
    cancel: () => chunks.cancel(),
  };
}

/** What workerd says of a client that hung up, and of one whose chunks are none: that of 2025 has no better words for these. */
function isBroken(error: unknown): boolean {
  return isA(error, Error) && /^(Network connection lost\.|internal error)/.test(error.message);
}

/** The bytes of all pieces, one after the other. */
export function joined(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function tooLarge(limit: number): Refusal {
  return new Refusal("payloadTooLarge", `body: expected at most ${limit} bytes`);
}

function cutOff(): Refusal {
  return new Refusal("invalidInput", "body: expected all of it, found a broken connection");
}
