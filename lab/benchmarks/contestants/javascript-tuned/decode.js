import { invalid } from "../shared/request.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The string that bytes of UTF-8 are; refuses others. */
export function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid("body: expected UTF-8");
  }
}
