// The one place that configures workerd for the tests: a bundle as `wrangler deploy` would upload it, with
// the settings of wrangler.toml and no network.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import * as miniflares from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";

// What is bound to a Worker, its project knows: say so with `startWorker<Env>`.
type AnyBindings = Record<string, any>;

export interface TestWorker<Bindings = AnyBindings> {
  /** Where it listens, on loopback. */
  readonly url: URL;
  /** Everything that it logged. */
  log(): string;
  /** The line of its log that has this in it, from the first brace on: it comes a moment after the answer. */
  logLine(text: string): Promise<string>;
  /** What is bound to it in wrangler.toml: a bucket, a database, a variable, each by its name. */
  readonly env: Bindings;
  /** The Worker as a service binding has it: `fetch`, and the RPC methods of its default class. */
  readonly service: AnyBindings;
  /** Has a cron tick. */
  scheduled(tick: { cron: string; scheduledTime?: Date }): Promise<{ outcome: string }>;
  /** Has a queue deliver a batch. A message without an id has its index for one. */
  queue(name: string, messages: TestMessage[]): Promise<Delivered>;
  stop(): Promise<void>;
}

export interface TestMessage {
  body: unknown;
  id?: string;
  timestamp?: Date;
  attempts?: number;
}

/** What became of a batch, its messages by their ids. After `ok`, those that are not named here are acknowledged. */
export interface Delivered {
  outcome: string;
  ackAll: boolean;
  explicitAcks: string[];
  retryBatch: { retry: boolean };
  retryMessages: { msgId: string }[];
}

type Options = ConstructorParameters<typeof miniflares.Miniflare>[0];

/** Of a configuration, what is no option of Miniflare's. */
interface Named {
  name?: string | undefined;
  vars?: Record<string, unknown>;
  services?: { binding: string; service: string }[];
}

/** Classes that are bound, by the names of their bindings; one without a Worker is this Worker's. */
type Classes = Record<string, { scriptName?: string }>;

// Newer ones make options of theirs from those of Miniflare 4, which wrangler gives.
const convert = Reflect.get(miniflares, "convertV4MiniflareOptions") as ((options: object) => object) | undefined;

/** Has all that a Worker logs written to `log`, which each Miniflare calls in its own way. */
function logging(log: (text: string) => void): object {
  return convert === undefined
    ? { handleRuntimeStdio: (...streams: Readable[]) => streams.forEach((stream) => stream.on("data", (text) => log(String(text)))) }
    : { handleStructuredLogs: ({ message }: { message: string }) => log(`${message}\n`) };
}

/**
 * What stands beside the entry of a bundle, each of the kind that wrangler's rules say, the project's own before the
 * defaults. wrangler has put a checksum in place of its folder, so that only the end of a glob tells.
 */
function modulesIn(bundle: string, rules: { type: string; include: string[] }[]): { type: string; path: string }[] {
  const end = (glob: string) => glob.replace(/^.*[*/](?=.)/, "");
  return readdirSync(bundle).flatMap((file) => {
    const rule = rules.find(({ include }) => include.some((glob) => file.endsWith(end(glob))));
    return rule === undefined || file === "index.js" ? [] : [{ type: rule.type, path: join(bundle, file) }];
  });
}

const noNetwork = async () => new Response("no network in tests", { status: 502 });

/**
 * Starts the bundle in `worker/<folder>`, with other variables than wrangler.toml's, or with secrets, where given. What it fetches, from
 * other Workers that are bound to it too, is answered by `outside`.
 */
export async function startWorker<Bindings = AnyBindings>(
  folder: string,
  vars: Record<string, unknown> = {},
  outside: (request: Request) => Promise<Response> = noNetwork,
): Promise<TestWorker<Bindings>> {
  const root = join(import.meta.dirname, "../..");
  const bundle = join(root, folder);
  // In the order in which wrangler looks for them.
  const configurations = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"].map((name) => join(root, name));
  const configuration = String(configurations.find(existsSync));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configuration);
  const { name, vars: ofConfiguration = {}, services = [] } = unstable_readConfig({ config: configuration }, { hideWarnings: true }) as Named;
  const others = services.filter(({ service }) => service !== name).map(({ binding }) => [binding, outside]);
  const elsewhere = Object.fromEntries(others) as object;
  // The Worker alone, unless it asks for static files itself: with them before it, a small request would take twice the time.
  const { assets } = workerOptions as { assets?: { binding?: string } };
  if (assets?.binding === undefined) {
    delete workerOptions.assets;
  }
  // Objects and workflows of another Worker no test has, nor one that hears of this one's log.
  const { durableObjects, workflows } = workerOptions as Record<string, Classes | undefined>;
  const own = (bound: Classes = {}): object =>
    Object.fromEntries(Object.entries(bound).filter(([, { scriptName = name }]) => scriptName === name));
  const log: string[] = [];
  const options = {
    ...workerOptions,
    durableObjects: own(durableObjects),
    workflows: own(workflows),
    tails: undefined,
    streamingTails: undefined,
    name,
    serviceBindings: Object.assign({}, workerOptions.serviceBindings, elsewhere),
    modules: [{ type: "ESModule", path: join(bundle, "index.js") }, ...modulesIn(bundle, workerOptions.modulesRules ?? [])],
    modulesRoot: bundle,
    // Not through Miniflare's proxy, which would be half of the time of a small request.
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    // Not those of .dev.vars, with which a test would pass on one machine alone.
    bindings: { ...ofConfiguration, ...vars },
    outboundService: outside,
    ...logging((text) => log.push(text)),
  };
  const miniflare = new miniflares.Miniflare((convert?.(options) ?? options) as Options);
  await miniflare.ready;
  async function logLine(text: string): Promise<string> {
    // Not vitest's `waitUntil`: the benchmark starts a Worker, too.
    for (let tries = 0; tries < 1500; tries += 1) {
      const line = log.join("").split("\n").find((each) => each.includes(text));
      if (line !== undefined) {
        return line.replace(/^[^{]*/, "");
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the log has no line with ${text}`);
  }
  const service = (await miniflare.getWorker()) as unknown as AnyBindings;
  return {
    url: await miniflare.unsafeGetDirectURL(),
    log: () => log.join(""),
    logLine,
    env: await miniflare.getBindings(),
    service,
    scheduled: (tick) => service["scheduled"](tick),
    queue: (name, messages) =>
      service["queue"](
        name,
        messages.map((message, index) => ({ id: String(index), timestamp: new Date(), attempts: 1, ...message })),
      ),
    stop: () => miniflare.dispose(),
  };
}
