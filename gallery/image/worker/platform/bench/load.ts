// The client: sends requests over several connections that stay open.

import { Agent, type IncomingMessage, request } from "node:http";

const CONNECTIONS = 10;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

export interface Answer {
  status: number;
  body: Buffer[];
}

/** Posts a body and waits for the whole answer. */
export function post(url: URL, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.byteLength };
    const sent = request(url.href, { method: "POST", agent, headers }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: chunks }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * Posts a body again and again, on each connection as soon as the last answer is there, for so many milliseconds.
 * @returns milliseconds for each request: the time over the number of answers.
 */
export async function load(url: URL, body: Uint8Array, duration: number): Promise<number> {
  const started = performance.now();
  let answers = 0;
  const connection = async () => {
    do {
      const { status } = await post(url, body);
      if (status !== 200) {
        throw new Error(`${url.href}: expected 200 for ${body.byteLength} bytes under load, found ${status}`);
      }
      answers += 1;
    } while (performance.now() - started < duration);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return (performance.now() - started) / answers;
}
