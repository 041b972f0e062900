// What V8's stacks tell: where an error was made, and what is running. The settings of stacks are the project's, which may
// have made anything of them.

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

/**
 * The frames, as `at index.js:922:73`, in lines; null when there are none, or the stack was read before. No text that
 * could be a client's is in them: the stack that V8 writes begins with the message, and names functions, which can be
 * named at run time.
 */
export function frames(error: Error): string | null {
  const found: string[] = [];
  // V8 calls it when a stack is read for the first time. What it gives is the stack from then on.
  const prepareStackTrace = (_: Error, sites: CallSite[]): string => {
    found.push(...sites.slice(0, MOST).flatMap(frame));
    return [headOf(error), ...sites].join("\n    at ");
  };
  const before = {};
  exchange({ prepareStackTrace }, before);
  try {
    void error.stack;
  } catch {
    // What the project has made of it throws in its turn.
  } finally {
    exchange(before);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** What stands above the frames. */
export function headOf(error: unknown): string {
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

/**
 * Whether a function of one of these names is running, at any depth: V8 keeps ten frames unless it is told otherwise.
 * Undefined where the project has it write less, or something else.
 * @throws {RangeError} where there is no room left on the stack to ask.
 */
export function isOnStack(...names: (string | undefined)[]): boolean | undefined {
  const read = (deeper: boolean): string => (deeper ? read(false) : String(new Error().stack));
  Object.defineProperty(read, "name", { value: READING });
  const before = {};
  try {
    exchange({ stackTraceLimit: Infinity, prepareStackTrace: undefined }, before);
    const stack = read(false);
    // It is whole where it has names, and where one frame more is one line more.
    const isWhole = stack.includes(READING) && read(true).split("\n").length === stack.split("\n").length + 1;
    return names.some((name) => name !== undefined && stack.includes(name)) || (isWhole ? false : undefined);
  } catch (error) {
    if (error instanceof RangeError) {
      throw error;
    }
    return undefined;
  } finally {
    exchange(before);
  }
}

const READING = "<reads the stack>";

/** Sets properties of Error, as far as the project lets them be set; adds to `before` what they were. */
function exchange(properties: object, before: Record<string, unknown> = {}): void {
  for (const [name, value] of Object.entries(properties)) {
    try {
      const old: unknown = Reflect.get(Error, name);
      if (Reflect.set(Error, name, value)) {
        before[name] = old;
      }
    } catch {
      // The project has made a getter of it.
    }
  }
}
