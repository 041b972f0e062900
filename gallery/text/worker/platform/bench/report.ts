// What bench leaves in bench/results: a page of Markdown with the verdict and the table, and the plot that it shows.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Estimate, Figures } from "./figures";
import { plot } from "./plot";
import { milliseconds, number, size } from "./verdict";

/** Writes `results.md` and `plot.svg`. */
export function write(folder: string, all: Figures[], words: string): void {
  mkdirSync(folder, { recursive: true });
  const page = ["# Does Rust pay here?", words, "![The same as a picture](plot.svg)", table(all), NOTES];
  writeFileSync(join(folder, "results.md"), `${page.join("\n\n")}\n`);
  writeFileSync(join(folder, "plot.svg"), plot(all));
}

/** A Markdown table with a row for each size. */
export function table(all: Figures[]): string {
  const rows = all.map(({ bytes, time, speedup, job }) => [
    size(bytes),
    ...[time.echo, time.typescript, time.rust].map((one) => Math.round(1000 / one).toString()),
    `${number(speedup.median)} (${number(speedup.low)} to ${number(speedup.high)})`,
    beyond(job.typescript),
    beyond(job.rust),
  ]);
  const head = [
    "request",
    "echo/s",
    "TypeScript/s",
    "Rust/s",
    "Rust : TypeScript",
    "TypeScript beyond echo",
    "Rust beyond echo",
  ];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const written = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => `${"-".repeat(width - 1)}:`).join(" | ")} |`;
  return [written(head), rule, ...rows.map(written)].join("\n");
}

function beyond({ median, low }: Estimate): string {
  return low > 0 ? milliseconds(median) : "too short";
}

const NOTES = `A figure is a median over rounds in which all take turns; in brackets, where the true one lies with a
probability of 95 %. Requests per second are whole requests, with HTTP, the guards and the client on this machine. What
is beyond echo is the job alone.`;
