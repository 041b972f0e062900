// Where an error was made, without a text that could be a client's. The stack that V8 writes begins with the message,
// and names functions, which can be named at run time; a frame has the file and the position alone.

/** Of V8's API for stacks: https://v8.dev/docs/stack-trace-api. */
interface CallSite {
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  toString(): string;
}

const MOST = 50;
const FUNCTION = /:(wasm-function\[\d+\]:0x[0-9a-f]+)\)?$/;
const FILE = /[\w.-]+\.m?[jt]s$/;

/** The frames, as `at index.js:922:73`, in lines; null when there are none, or the stack was read before. */
export function frames(error: Error): string | null {
  const found: string[] = [];
  const before: unknown = Reflect.get(Error, "prepareStackTrace");
  // V8 calls it when a stack is read for the first time. What it gives is the stack from then on.
  Reflect.set(Error, "prepareStackTrace", (_: Error, sites: CallSite[]) => {
    found.push(...sites.slice(0, MOST).flatMap(frame));
    return [headOf(error), ...sites].join("\n    at ");
  });
  try {
    void error.stack;
  } catch {
    // What the project has made of it throws in its turn.
  } finally {
    Reflect.set(Error, "prepareStackTrace", before);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** What stands above the frames. */
function headOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return "Error";
  }
}

function frame(site: CallSite): string[] {
  // Of WebAssembly. It ends a text in which whatever is in a name stands before the place.
  const [, number] = FUNCTION.exec(String(site)) ?? [];
  if (number !== undefined) {
    return [`at ${number}`];
  }
  // Not the name that code which was made at run time gives itself.
  const [file] = FILE.exec(site.getFileName() ?? "") ?? [];
  return file === undefined ? [] : [`at ${file}:${site.getLineNumber()}:${site.getColumnNumber()}`];
}
