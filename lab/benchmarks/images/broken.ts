// What each does with broken images: broken.js SECONDS IMAGE... Prints a JSON array with an object for each image: what
// became of it, by contestant. Whoever takes longer than that many seconds is ended.

import { readFileSync } from "node:fs";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { metadata as exifr } from "exifr-contestant";
import { Refusal } from "../platform";
import { metadata } from "./crate";

const CONTESTANTS = { generated: metadata, exifr };
type Name = keyof typeof CONTESTANTS;

/** What is said of an image: its metadata as JSON, with `warnings` where there are any, or why there is none. */
async function outcome(name: Name, image: Uint8Array): Promise<string> {
  try {
    const json = new TextDecoder().decode(await CONTESTANTS[name](image));
    const { warnings = [], ...fields } = JSON.parse(json) ?? {};
    const found = Object.values(fields).filter((value) => value !== null).length;
    const what = found === 0 ? "answers nothing" : `answers ${found} field${found === 1 ? "" : "s"}`;
    return [what, ...warnings].join("; ");
  } catch (error) {
    if (error instanceof Refusal) {
      return `refuses: ${error.code}`;
    }
    return `throws: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A thread for each contestant, which is replaced when it does not come back. */
function asker(name: Name, seconds: number) {
  let thread = new Worker(new URL(import.meta.url), { argv: [name] });
  return {
    ask: (image: Uint8Array) =>
      new Promise<string>((resolve) => {
        const timer = setTimeout(() => {
          void thread.terminate();
          thread = new Worker(new URL(import.meta.url), { argv: [name] });
          resolve("never returns");
        }, 1000 * seconds);
        thread.once("message", (answer: string) => {
          clearTimeout(timer);
          resolve(answer);
        });
        thread.postMessage(image);
      }),
    end: () => thread.terminate(),
  };
}

if (isMainThread) {
  const [seconds, ...files] = process.argv.slice(2);
  const names = Object.keys(CONTESTANTS) as Name[];
  const askers = names.map((name) => asker(name, Number(seconds)));
  const rows = [];
  for (const file of files) {
    const image = new Uint8Array(readFileSync(file));
    const answers = await Promise.all(askers.map(({ ask }) => ask(image)));
    rows.push(Object.fromEntries(names.map((name, index) => [name, answers[index]])));
  }
  console.log(JSON.stringify(rows));
  await Promise.all(askers.map(({ end }) => end()));
} else {
  const [name] = process.argv.slice(2) as [Name];
  parentPort?.on("message", (image: Uint8Array) => {
    void outcome(name, image).then((answer) => parentPort?.postMessage(answer));
  });
}
