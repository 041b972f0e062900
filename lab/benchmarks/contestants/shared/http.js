// HTTP around the contestants in JavaScript, AssemblyScript and C++: the contract of docs/http-contract.md, each
// guard in its cheapest form. Fast as it is, it reads no chunk of a body after the one that crosses the limit.

const STATUS = {
  invalidInput: 400,
  missingField: 400,
  notFound: 404,
  methodNotAllowed: 405,
  payloadTooLarge: 413,
  unsupportedMediaType: 415,
  internal: 500,
};

const HEADERS = { "content-type": "application/json", "x-content-type-options": "nosniff" };
// Headers, for the runtime copies them faster than it reads an object.
const SUCCESS = { headers: new Headers(HEADERS) };

/** Why a request is not answered: `code` is a key of `STATUS`, the message names the field. */
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * A Worker that answers `POST /`.
 * @param {(body: Uint8Array) => string | Uint8Array} answer JSON to JSON; throws a Refusal.
 */
export function worker(answer) {
  return {
    async fetch(request, env) {
      try {
        const refusal = guard(request);
        if (refusal !== undefined) {
          return refusal;
        }
        const body = await read(request, env.MAX_BODY_BYTES);
        return new Response(answer(body), SUCCESS);
      } catch (error) {
        if (error instanceof Refusal) {
          return refuse(error.code, error.message);
        }
        console.error(error);
        return refuse("internal", "the Worker failed; its log has the cause");
      }
    },
  };
}

function guard(request) {
  if (!isRoot(request.url)) {
    return refuse("notFound", "path: expected a route of this Worker");
  }
  if (request.method !== "POST") {
    return refuse("methodNotAllowed", "method: expected POST", { allow: "POST" });
  }
  const type = request.headers.get("content-type");
  if (type !== null && type !== "application/json" && !JSON_TYPE.test(type)) {
    return refuse("unsupportedMediaType", "content-type: expected application/json");
  }
  return undefined;
}

// WHATWG MIME Sniffing, section 4.6; the names are tokens of RFC 9110, section 5.6.2.
const JSON_TYPE = /^\s*(?:(?:application|text)\/json|[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\+json)\s*(?:;|$)/i;

/** Whether the path is `/`. An URL is parsed only when it is not plainly an origin and a slash. */
function isRoot(url) {
  return url.indexOf("/", "https://".length) === url.length - 1 || new URL(url).pathname === "/";
}

async function read(request, limit) {
  const length = request.headers.get("content-length");
  if (length === null) {
    return readChunks(request, limit);
  }
  if (Number(length) > limit) {
    throw tooLarge(limit);
  }
  // It fails only where the client hung up.
  return new Uint8Array(await request.arrayBuffer().catch(brokenOff));
}

/** A body of unknown length, in a buffer with twice the room whenever it is full. */
async function readChunks(request, limit) {
  let body = new Uint8Array(4096);
  let length = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const chunk = await reader?.read().catch(brokenOff);
    if (chunk === undefined || chunk.done) {
      return body.subarray(0, length);
    }
    const end = length + chunk.value.length;
    if (end > limit) {
      await reader.cancel();
      throw tooLarge(limit);
    }
    if (end > body.length) {
      const longer = new Uint8Array(2 * end);
      longer.set(body.subarray(0, length));
      body = longer;
    }
    body.set(chunk.value, length);
    length = end;
  }
}

function brokenOff() {
  throw new Refusal("invalidInput", "body: expected all of it, found a broken connection");
}

function tooLarge(limit) {
  return new Refusal("payloadTooLarge", `body: expected at most ${limit} bytes`);
}

function refuse(code, error, headers) {
  return new Response(JSON.stringify({ error, code }), {
    status: STATUS[code],
    headers: { ...HEADERS, "cache-control": "no-store", ...headers },
  });
}
