// The job as one writes it first: every step is the language's own, in its plainest form.

import { worker } from "../shared/http.js";
import { invalid, parse } from "../shared/request.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export default worker((body) => {
  const { text, maxLength, uppercase } = parse(decode(body));
  const started = performance.now();
  let processedText = [...text].slice(0, maxLength).join("");
  if (uppercase) {
    processedText = processedText.toUpperCase();
  }
  return JSON.stringify({
    processedText,
    characterCount: [...processedText].length,
    processingTimeMs: performance.now() - started,
  });
});

function decode(body) {
  try {
    return decoder.decode(body);
  } catch {
    throw invalid("body: expected UTF-8");
  }
}
