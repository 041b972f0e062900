// From what was measured to figures. Ratios and differences are taken within a round, so that what slows the whole
// machine for a while slows all sides.

export const CONTESTANTS = ["echo", "typescript", "rust"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/** Requests of one size: milliseconds for each request to a contestant, one number a round. */
export interface Measured extends Record<Contestant, number[]> {
  /** The length of a request. */
  bytes: number;
}

/** A median, and an interval that holds the true one with a probability of 95 %. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

export interface Figures {
  bytes: number;
  /** Milliseconds for each request. */
  time: Record<Contestant, number>;
  /** How many times as many requests as TypeScript answers, Rust does. */
  speedup: Estimate;
  /** The same for echo: what no job can exceed. */
  ceiling: number;
  /** Milliseconds for each request beyond those of echo: those of the job. */
  job: { typescript: Estimate; rust: Estimate };
}

/** The figures of one size, from at least six rounds. */
export function figures({ bytes, echo, typescript, rust }: Measured): Figures {
  const rounds = echo.map((time, round) => ({
    echo: time,
    typescript: typescript[round] ?? NaN,
    rust: rust[round] ?? NaN,
  }));
  return {
    bytes,
    time: { echo: median(echo), typescript: median(typescript), rust: median(rust) },
    speedup: estimate(rounds.map((round) => round.typescript / round.rust)),
    ceiling: median(rounds.map((round) => round.typescript / round.echo)),
    job: {
      typescript: estimate(rounds.map((round) => round.typescript - round.echo)),
      rust: estimate(rounds.map((round) => round.rust - round.echo)),
    },
  };
}

function estimate(values: number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const edge = outside(sorted.length);
  return { median: median(values), low: sorted[edge] ?? NaN, high: sorted.at(-1 - edge) ?? NaN };
}

/**
 * How many of so many values an interval leaves out on each side, from the sign test: a value lies above the true
 * median as a coin falls heads, and the interval misses it when at most that many coins fall on one of the sides.
 */
function outside(values: number): number {
  let left = -1;
  let ways = 1;
  for (let tail = 1; 2 * tail <= 0.05 * 2 ** values; tail += ways) {
    left += 1;
    ways = (ways * (values - left)) / (left + 1);
  }
  return left;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
