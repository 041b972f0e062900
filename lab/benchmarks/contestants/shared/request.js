// The request of the contract, read with JSON.parse: for the contestants in JavaScript.

import { Refusal } from "./http.js";

/**
 * Reads and checks a request.
 * @param {string} json
 * @returns {{ text: string, maxLength: number, uppercase: boolean }}
 * @throws {Refusal}
 */
export function parse(json) {
  let request;
  try {
    request = JSON.parse(json);
  } catch {
    throw invalid("body: expected JSON");
  }
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    throw invalid("body: expected an object");
  }
  const { text, maxLength, uppercase } = request;
  if (text !== undefined && (typeof text !== "string" || !text.isWellFormed())) {
    throw invalid("text: expected a string without unpaired surrogates");
  }
  if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength >= 1)) {
    throw invalid("maxLength: expected an integer of at least 1");
  }
  if (uppercase !== undefined && typeof uppercase !== "boolean") {
    throw invalid("uppercase: expected a boolean");
  }
  if (text === undefined || text === "") {
    throw new Refusal("missingField", "text: expected at least one character");
  }
  if (maxLength === undefined) {
    throw new Refusal("missingField", "maxLength: expected a value, found none");
  }
  return { text, maxLength, uppercase: uppercase === true };
}

/** A refusal of what is not UTF-8, not JSON, or of another type. */
export function invalid(message) {
  return new Refusal("invalidInput", message);
}
