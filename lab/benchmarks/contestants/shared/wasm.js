// The host of a module of WebAssembly that was not written by wasm-bindgen: bytes in, bytes out, one copy each way.

import { Refusal } from "./http.js";

// What `answer` of a module returns for a body that it refuses, less one.
const REFUSALS = [
  ["invalidInput", "body: expected JSON in UTF-8"],
  ["invalidInput", "body: expected an object of JSON"],
  ["invalidInput", "text: expected a string"],
  ["invalidInput", "maxLength: expected an integer of at least 1"],
  ["invalidInput", "uppercase: expected a boolean"],
  ["invalidInput", "text, maxLength, uppercase: expected each once, found one again"],
  ["missingField", "text: expected at least one character"],
  ["missingField", "maxLength: expected a value, found none"],
];

/** What a module may import: the milliseconds of the Worker's clock. */
export const IMPORTS = { env: { now: () => performance.now() } };

/**
 * Calls a module, whose exports are `reserve(bytes)`, the place for a body of so many bytes; `answer(bytes)`, 0 or a
 * number of REFUSALS; and then `output()` and `outputSize()`, where the answer is.
 * @returns {(body: Uint8Array) => Uint8Array}
 */
export function caller({ memory, reserve, answer, output, outputSize }) {
  return (body) => {
    const place = reserve(body.length);
    new Uint8Array(memory.buffer, place, body.length).set(body);
    const refusal = answer(body.length);
    if (refusal !== 0) {
      throw new Refusal(...REFUSALS[refusal - 1]);
    }
    // A copy: workerd sends it later, when the next request may have its body in the same place.
    return new Uint8Array(memory.buffer, output(), outputSize()).slice();
  };
}
