// The HTTP contract of the routes in src/index.ts, asked of the bundle that would be deployed.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestWorker, startWorker } from "../platform/test/worker";
import type { ErrorAnswer, Metadata } from "../src/contract";
import { AVIF, HEIC, HEIGHT, WIDTH, bytes, jpeg, png } from "./samples";

const LIMIT = 3_000_000;
const TOKEN = "a secret, as long as you like";

let worker: TestWorker<Env>;
beforeAll(async () => {
  worker = await startWorker("dist", { MAX_BODY_BYTES: LIMIT, UPLOAD_TOKEN: TOKEN });
});
afterAll(() => worker.stop());

function ask(method: string, path: string, body?: Uint8Array, type?: string): Promise<Response> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(type !== undefined && { "content-type": type }) };
  return fetch(new URL(path, worker.url), { method, headers, ...(body && { body }) });
}

async function metadata(answer: Promise<Response>): Promise<Metadata> {
  const response = await answer;
  expect({ status: response.status, type: response.headers.get("content-type") }).toEqual({
    status: 200,
    type: "application/json",
  });
  return (await response.json()) as Metadata;
}

async function expectError(response: Response, status: number, answer: ErrorAnswer): Promise<void> {
  expect(response.headers.get("content-type")).toBe("application/json");
  expect({ status: response.status, answer: await response.json() }).toEqual({ status, answer });
}

/** Puts an object into the bucket without asking the Worker. */
async function store(key: string, object: Uint8Array): Promise<void> {
  await worker.env.IMAGES.put(key, object);
}

const PHOTO: Metadata = {
  format: "jpeg",
  width: WIDTH,
  height: HEIGHT,
  orientation: 6,
  displayWidth: HEIGHT,
  displayHeight: WIDTH,
  takenAt: "2021-05-01T12:34:56.789",
  takenAtOffset: "+02:00",
  make: "Maker",
  model: "Model 1",
  lens: "Lens 4.2mm f/1.8",
  exposure: {
    time: 0.005,
    fNumber: 1.8,
    iso: 125,
    focalLength: 4.2,
  },
  gps: {
    latitude: -33.51,
    longitude: 151.2,
    altitude: 2.5,
  },
  warnings: [],
};

const SCREENSHOT: Metadata = {
  format: "png",
  width: WIDTH,
  height: HEIGHT,
  orientation: null,
  displayWidth: WIDTH,
  displayHeight: HEIGHT,
  takenAt: null,
  takenAtOffset: null,
  make: null,
  model: null,
  lens: null,
  exposure: null,
  gps: null,
  warnings: [],
};

describe("an image", () => {
  it.each([
    ["a photo", jpeg({ exif: true }), PHOTO],
    ["a screenshot", png({}), SCREENSHOT],
  ])("is answered with exactly the fields of the contract: %s", async (_, image, expected) => {
    expect(await metadata(ask("POST", "/metadata", image))).toEqual(expected);
    expect(await metadata(ask("PUT", "/images/a", image))).toEqual(expected);
    expect(await metadata(ask("GET", "/images/a/metadata"))).toEqual(expected);
  });

  it.each([
    ["a HEIC that is cropped", HEIC, "heic", 451, 461],
    ["an AVIF that is cropped, turned and mirrored", AVIF, "avif", 200, 300],
  ] as const)("has the size that a decoder shows: %s", async (_, image, format, width, height) => {
    const expected: Metadata = {
      ...SCREENSHOT,
      format: format,
      width: width,
      height: height,
      displayWidth: width,
      displayHeight: height,
    };
    expect(await metadata(ask("POST", "/metadata", image))).toEqual(expected);
    await metadata(ask("PUT", "/images/a", image));
    expect(await metadata(ask("GET", "/images/a/metadata"))).toEqual(expected);
  });

  it.each([
    ["whose size stands beyond 64 KiB", jpeg({ exif: true, before: 70_000 })],
    ["whose size stands beyond 1 MiB", jpeg({ exif: true, before: 1_100_000 })],
    ["that is long, with all that matters at the start", jpeg({ exif: true, pixels: 2_000_000 })],
    ["of less than 64 KiB, with Exif data at the end", png({ exif: true })],
    ["of less than 1 MiB, with Exif data at the end", png({ exif: true, pixels: 500_000 })],
    ["of more, with Exif data at the end", png({ exif: true, pixels: 2_000_000 })],
  ])("says the same stored and sent, one %s", async (_, image) => {
    const sent = await metadata(ask("POST", "/metadata", image));
    expect(sent).toEqual({ ...PHOTO, format: sent.format });
    await store("a", image);
    expect(await metadata(ask("GET", "/images/a/metadata"))).toEqual(sent);
  });

  it.each(["text/plain", "application/json", "image/png", undefined])("is known by its bytes, not by %s", async (type) => {
    expect(await metadata(ask("POST", "/metadata", jpeg({}), type))).toMatchObject({ format: "jpeg" });
    await metadata(ask("PUT", "/images/a", jpeg({}), type));
    expect((await worker.env.IMAGES.head("a"))?.httpMetadata?.contentType).toBe("image/jpeg");
  });

  it("takes the place of an older one under its key", async () => {
    await metadata(ask("PUT", "/images/a", jpeg({ exif: true })));
    await metadata(ask("PUT", "/images/a", png({})));
    expect(await metadata(ask("GET", "/images/a/metadata"))).toEqual(SCREENSHOT);
  });

  it("may have any key of the contract", async () => {
    for (const key of ["a", "7", "IMG_0001.JPG", "a..b", "x".repeat(128)]) {
      await metadata(ask("PUT", `/images/${key}`, png({})));
      expect((await worker.env.IMAGES.head(key))?.size).toBe(png({}).byteLength);
    }
  });

  it("is answered without a body to HEAD", async () => {
    await store("a", png({}));
    const response = await ask("HEAD", "/images/a/metadata");
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: "" });
  });
});

const REFUSED: [name: string, image: Uint8Array, status: number, answer: ErrorAnswer][] = [
  ["nothing", bytes(), 400, { error: "body: expected an image, found none", code: "missingField" }],
  [
    "a text",
    bytes("GIF89a, or so it says"),
    415,
    { error: "image: expected JPEG, PNG, WebP, HEIC, AVIF or TIFF", code: "unsupportedMediaType" },
  ],
  [
    "an image that is cut off before its size",
    jpeg({ exif: true, before: 1000 }).subarray(0, 700),
    422,
    {
      error: "image: expected its width and height, found none that can be read",
      code: "corruptImage",
    },
  ],
];

describe("what is no image", () => {
  it.each(REFUSED)("is refused when sent: %s", async (_, image, status, answer) => {
    await expectError(await ask("POST", "/metadata", image), status, answer);
  });

  it.each(REFUSED)("is refused and not stored: %s", async (_, image, status, answer) => {
    await store("kept", png({}));
    await expectError(await ask("PUT", "/images/kept", image), status, answer);
    expect((await worker.env.IMAGES.head("kept"))?.size).toBe(png({}).byteLength);
    await expectError(await ask("PUT", "/images/never", image), status, answer);
    expect(await worker.env.IMAGES.head("never")).toBeNull();
  });

  it.each(REFUSED)("is refused where it was stored by another way: %s", async (_, image, status, answer) => {
    await store("broken", image);
    await expectError(await ask("GET", "/images/broken/metadata"), status, answer);
  });

  it("is refused after all of it was read, if it is long", async () => {
    await store("broken", bytes(jpeg({ before: 2_000_000 }).subarray(0, 1_900_000)));
    expect((await ask("GET", "/images/broken/metadata")).status).toBe(422);
  });
});

describe("an image over the limit", () => {
  const error = `expected at most ${LIMIT} bytes`;
  const image = (length: number) => bytes(png({ exif: true, pixels: length - png({ exif: true, pixels: 0 }).byteLength }));

  it("is one byte longer than one that is not", async () => {
    expect(image(LIMIT).byteLength).toBe(LIMIT);
    await metadata(ask("POST", "/metadata", image(LIMIT)));
    await metadata(ask("PUT", "/images/a", image(LIMIT)));
    await metadata(ask("GET", "/images/a/metadata"));
  });

  it("is refused when sent, and not stored", async () => {
    const answer: ErrorAnswer = { error: `body: ${error}`, code: "payloadTooLarge" };
    await expectError(await ask("POST", "/metadata", image(LIMIT + 1)), 413, answer);
    await expectError(await ask("PUT", "/images/long", image(LIMIT + 1)), 413, answer);
    expect(await worker.env.IMAGES.head("long")).toBeNull();
  });

  it("is refused when stored, unless its first bytes say all", async () => {
    await store("a", image(LIMIT + 1));
    const answer: ErrorAnswer = { error: `image: ${error}`, code: "payloadTooLarge" };
    await expectError(await ask("GET", "/images/a/metadata"), 413, answer);
    await store("a", jpeg({ exif: true, pixels: 2 * LIMIT }));
    expect(await metadata(ask("GET", "/images/a/metadata"))).toEqual(PHOTO);
  });
});

describe("a request that is refused by its path or method", () => {
  it.each([".hidden", "-a", "_a", "%61", "a%2Fb", "a%00", "a b", "ñ", "..%2f..%2fetc", "x".repeat(129), "a;b", "__proto__"])(
    "is answered 400 when the key is %s",
    async (key) => {
      const answer: ErrorAnswer = {
        error: "key: expected 1 to 128 of the characters A-Z a-z 0-9 . _ -, the first a letter or a digit",
        code: "invalidInput",
      };
      await expectError(await ask("PUT", `/images/${key}`, png({})), 400, answer);
      await expectError(await ask("GET", `/images/${key}/metadata`), 400, answer);
    },
  );

  it("is answered 404 where no image is stored", async () => {
    const answer: ErrorAnswer = { error: "image: expected one that is stored", code: "notFound" };
    await expectError(await ask("GET", "/images/none/metadata"), 404, answer);
    await expectError(await ask("GET", "/images/constructor/metadata"), 404, answer);
  });

  it.each(["/", "/images", "/images/", "/images//metadata", "/images/a/other"])("is answered 404 at %s", async (path) => {
    const answer: ErrorAnswer = { error: "path: expected a route of this Worker", code: "notFound" };
    await expectError(await ask("PUT", path, png({})), 404, answer);
  });

  it.each([
    ["GET", "/metadata", "POST"],
    ["GET", "/images/a", "PUT"],
    ["DELETE", "/images/a", "PUT"],
    ["POST", "/images/a/metadata", "GET, HEAD"],
  ])("is answered 405 to %s %s, and told what is allowed", async (method, path, allowed) => {
    const response = await ask(method, path);
    expect(response.headers.get("allow")).toBe(allowed);
    await expectError(response, 405, { error: `method: expected ${allowed}`, code: "methodNotAllowed" });
  });
});

describe("a request to store an image", () => {
  const put = (worker: TestWorker, authorization?: string) =>
    fetch(new URL("/images/guarded", worker.url), {
      method: "PUT",
      headers: authorization === undefined ? {} : { authorization },
      body: png({}),
    });
  const answer: ErrorAnswer = {
    error: "authorization: expected the bearer token UPLOAD_TOKEN",
    code: "unauthorized",
  };

  it.each([undefined, "", "Bearer", "Bearer ", `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`, TOKEN])(
    "is answered 401, and nothing is stored, when its authorization is %s",
    async (authorization) => {
      const response = await put(worker, authorization);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      await expectError(response, 401, answer);
      expect(await worker.env.IMAGES.head("guarded")).toBeNull();
    },
  );

  it("may write the scheme in any case", async () => {
    expect((await put(worker, `bearer  ${TOKEN}`)).status).toBe(200);
  });

  it("is answered 401 where the Worker has no secret", async () => {
    const open = await startWorker("dist", { UPLOAD_TOKEN: "" });
    try {
      await expectError(await put(open, "Bearer "), 401, answer);
      await expectError(await put(open, "Bearer undefined"), 401, answer);
    } finally {
      await open.stop();
    }
  });

  it.each<[string, unknown]>([
    ["[object Object]", { current: TOKEN }],
    ["true", true],
    ["a,b", ["a", "b"]],
  ])("is answered 500, and nothing is stored, where the secret would be written as %s", async (guessed, secret) => {
    const open = await startWorker("dist", { UPLOAD_TOKEN: secret });
    try {
      expect((await put(open, `Bearer ${guessed}`)).status).toBe(500);
      expect(await open.env.IMAGES.head("guarded")).toBeNull();
    } finally {
      await open.stop();
    }
  });
});
