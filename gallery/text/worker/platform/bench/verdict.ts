// From figures to words: whether Rust pays, from which size on, by how much, and how sure that is.

import type { Estimate, Figures } from "./figures";

/** The verdict on the figures of all sizes, from small to large. */
export function verdict(all: Figures[]): string {
  const largest = all.at(-1);
  if (largest === undefined) {
    throw new Error("worker/bench/job.ts: expected at least one number in `sizes`, found none");
  }
  const before = all.findLastIndex((one) => outcome(one) !== "faster") + 1;
  const headline = {
    faster: `Rust pays here from requests of ${size((all[before] ?? largest).bytes)} on.`,
    slower: "Rust does not pay here.",
    close: "Whether Rust pays here is too close to tell.",
  };
  const rest = all.slice(0, before).filter((one) => one !== largest);
  return [
    headline[outcome(largest)],
    ...listed("Rust is faster at", rest, "faster"),
    ...listed("TypeScript is faster at", rest, "slower"),
    ...listed("It is too close to tell at", rest, "close"),
    comparison(largest),
    beyondEcho(largest),
  ].join(" ");
}

type Outcome = "faster" | "slower" | "close";

function outcome({ speedup }: Figures): Outcome {
  return speedup.low > 1 ? "faster" : speedup.high < 1 ? "slower" : "close";
}

function listed(what: string, some: Figures[], wanted: Outcome): string[] {
  const found = some.filter((one) => outcome(one) === wanted).map(({ bytes }) => size(bytes));
  return found.length === 0 ? [] : [`${what} ${found.join(", ")}.`];
}

function comparison(figures: Figures): string {
  const slower = outcome(figures) === "slower";
  const [winner, loser] = slower ? ["TypeScript", "Rust"] : ["Rust", "TypeScript"];
  const ratio = slower ? inverse(figures.speedup) : figures.speedup;
  return (
    `At ${size(figures.bytes)} ${winner} answers ${number(ratio.median)} times as many requests as ${loser}, ` +
    `95 % sure to lie between ${number(ratio.low)} and ${number(ratio.high)}.`
  );
}

function beyondEcho(figures: Figures): string {
  const { typescript, rust } = figures.job;
  if (typescript.low <= 0 || rust.low <= 0) {
    return "Beyond what echo takes, the job is too short to be measured.";
  }
  const ratio = typescript.median / rust.median;
  const more = {
    faster: `: ${number(ratio)} times as much in TypeScript`,
    slower: `: ${number(1 / ratio)} times as much in Rust`,
    close: "",
  };
  return (
    `Beyond what echo takes, the job costs ${milliseconds(typescript.median)} in TypeScript and ` +
    `${milliseconds(rust.median)} in Rust${more[outcome(figures)]}.`
  );
}

function inverse({ median, low, high }: Estimate): Estimate {
  return { median: 1 / median, low: 1 / high, high: 1 / low };
}

/** Bytes to two figures: 160 B, 1.1 KB, 110 KB, 1.1 MB. */
export function size(bytes: number): string {
  const unit = bytes < 1e3 ? "B" : bytes < 1e6 ? "KB" : "MB";
  return `${Number((bytes / { B: 1, KB: 1e3, MB: 1e6 }[unit]).toPrecision(2))} ${unit}`;
}

export function milliseconds(time: number): string {
  return `${number(time)} ms`;
}

/** Three figures. */
export function number(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
