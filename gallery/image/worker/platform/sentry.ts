// Whoever imports this has failures sent to Sentry, each as one envelope with one event:
// https://develop.sentry.dev/sdk/foundations/transport/envelopes/. It has what the line in the log has, nothing more.

import build from "./build.json";
import { type Failure, isDevelopment, reportTo } from "./failures";

const DSN = /^(https?:\/\/)(\w+)(?::\w*)?@([^/?#@]+(?:\/[^/?#]+)*)\/(\d+)$/;
const FRAME = /^at (?:(wasm-function\[\d+\]):|([^:]+):(\d+):(\d+)$)/;
const TIMEOUT_MS = 5000;

let told = false;
/** Until then Sentry wants nothing more, in milliseconds since 1970. */
let quietUntil = 0;

interface Env {
  SENTRY_DSN?: string;
  /** Sentry takes an event without one for one of "production". */
  SENTRY_ENVIRONMENT?: string;
}

reportTo(send);

/** Posts the failure where the secret SENTRY_DSN says, if there is one. It neither throws nor rejects. */
export async function send(failure: Failure, env: Env): Promise<void> {
  if (!env.SENTRY_DSN || Date.now() < quietUntil) {
    return;
  }
  const [, scheme, key, host, project] = DSN.exec(env.SENTRY_DSN) ?? [];
  if (project === undefined) {
    if (!told) {
      told = true;
      console.error("The secret SENTRY_DSN: expected https://KEY@HOST/PROJECT. Nothing is sent to Sentry");
    }
    return;
  }
  try {
    const response = await fetch(`${scheme}${host}/api/${project}/envelope/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-sentry-envelope",
        "x-sentry-auth": `Sentry sentry_version=7, sentry_client=${build.name}/${build.crate}, sentry_key=${key}`,
      },
      body: envelope(failure, env.SENTRY_ENVIRONMENT ?? (isDevelopment ? "development" : undefined)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    quietUntil = Date.now() + 1000 * quietSeconds(response);
    await response.body?.cancel();
  } catch {
    // The line in the log is there in any case.
  }
}

/** https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/, as far as it is about errors. */
function quietSeconds({ status, headers }: Response): number {
  const limits = headers.get("x-sentry-rate-limits");
  if (limits === null) {
    return status === 429 ? Number(headers.get("retry-after") ?? NaN) || 60 : 0;
  }
  const seconds = limits.split(",").map((limit) => {
    const [wait, categories = ""] = limit.trim().split(":");
    return categories === "" || categories.split(";").includes("error") ? Number(wait) || 60 : 0;
  });
  return Math.max(...seconds);
}

/** https://develop.sentry.dev/sdk/foundations/transport/event-payloads/ has the fields of an event. */
function envelope(failure: Failure, environment: string | undefined): string {
  const { requestId, type, message, place, route, method, instance, module, bundle, code } = failure;
  const transaction = route === null ? undefined : `${method} ${route}`;
  const event = {
    event_id: requestId.replaceAll("-", ""),
    timestamp: new Date().toISOString(),
    platform: "javascript",
    level: "error",
    // Of the bundle, for the crate's version is often the same in the next deployment.
    release: `${build.name}@${bundle}`,
    environment,
    transaction,
    tags: texts({ requestId, code, route, method, place, instance, module, crate: build.crate }),
    // Else each build would begin an issue of its own, for the functions of the module have other numbers then.
    fingerprint: [type, message ?? "", place ?? transaction ?? ""],
    exception: {
      values: [
        {
          type,
          value: message ?? undefined,
          mechanism: { type: "worker", handled: false },
          stacktrace: { frames: frames(failure) },
        },
      ],
    },
  };
  return [{ event_id: event.event_id, sent_at: event.timestamp }, { type: "event" }, event]
    .map((line) => JSON.stringify(line))
    .join("\n");
}

function texts(tags: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).flatMap(([tag, value]) => (value === null ? [] : [[tag, String(value)]])));
}

/** The outermost first; the innermost is the place in Rust. */
function frames({ stack, place }: Failure): object[] {
  const calls = (stack ?? "").split("\n").flatMap((line) => {
    const [found, name, filename, lineno, colno] = FRAME.exec(line) ?? [];
    return found === undefined ? [] : [{ function: name, filename, ...position(lineno, colno) }];
  });
  const [, filename, lineno, colno] = /^(.*):(\d+):(\d+)$/.exec(place ?? "") ?? [];
  return [...calls.reverse(), ...(filename === undefined ? [] : [{ filename, ...position(lineno, colno) }])];
}

function position(lineno?: string, colno?: string): object {
  return lineno === undefined ? {} : { lineno: Number(lineno), colno: Number(colno) };
}
