// The figures as a picture: how many times as many requests as TypeScript answers, Rust does, for each size.

import type { Figures } from "./figures";
import { number, size } from "./verdict";

const LEFT = 60;
const TOP = 60;
const STEP = 110;
const HEIGHT = 260;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .scale { fill: #59636e }
  line { stroke: #d1d9e0 }
  .one { stroke: #59636e; stroke-width: 1.5 }
  .rust { stroke: #b7410e; fill: #b7410e; stroke-width: 2 }
  .echo { stroke: #59636e; stroke-width: 2; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .scale { fill: #9198a1 }
    line { stroke: #3d444d }
    .one, .echo { stroke: #9198a1 }
    .rust { stroke: #f0883e; fill: #f0883e }
  }
`;

/** An SVG that follows the reader's colour scheme. The scale is logarithmic: twice and half are equally far from 1. */
export function plot(all: Figures[]): string {
  const values = all.flatMap(({ speedup, ceiling }) => [speedup.low, speedup.high, ceiling]);
  const bottom = Math.min(-1, Math.floor(Math.log2(Math.min(...values))));
  const top = Math.max(1, Math.ceil(Math.log2(Math.max(...values))));
  const y = (ratio: number) => TOP + HEIGHT * (1 - (Math.log2(ratio) - bottom) / (top - bottom));
  const width = LEFT + STEP * all.length + 20;
  const scale = Array.from({ length: top - bottom + 1 }, (_, power) => 2 ** (bottom + power));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${TOP + HEIGHT + 100}" role="img">`,
    "<title>Requests answered by Rust, as a multiple of TypeScript, for each size of request</title>",
    `<style>${STYLE}</style>`,
    text("title", 20, 26, "Requests answered, as a multiple of TypeScript", "start"),
    ...scale.flatMap((ratio) => [
      line(ratio === 1 ? "one" : "grid", LEFT, y(ratio), width - 20, y(ratio)),
      text("scale", LEFT - 8, y(ratio) + 4, number(ratio), "end"),
    ]),
    ...all.flatMap(({ bytes, speedup, ceiling }, index) => {
      const x = LEFT + STEP * (index + 0.5);
      return [
        line("echo", x - 22, y(ceiling), x + 22, y(ceiling)),
        line("rust", x, y(speedup.low), x, y(speedup.high)),
        `<circle class="rust" cx="${x}" cy="${round(y(speedup.median))}" r="5"/>`,
        text("size", x, TOP + HEIGHT + 24, size(bytes), "middle"),
        text("size", x, TOP + HEIGHT + 44, number(speedup.median), "middle"),
      ];
    }),
    `<circle class="rust" cx="${LEFT + 6}" cy="${TOP + HEIGHT + 76}" r="5"/>`,
    text("scale", LEFT + 18, TOP + HEIGHT + 80, "Rust, 95 % sure to lie on its line", "start"),
    line("echo", LEFT + 260, TOP + HEIGHT + 76, LEFT + 304, TOP + HEIGHT + 76),
    text("scale", LEFT + 312, TOP + HEIGHT + 80, "echo: no job at all", "start"),
    "</svg>\n",
  ].join("\n");
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${x1}" y1="${round(y1)}" x2="${x2}" y2="${round(y2)}"/>`;
}

function text(kind: string, x: number, y: number, content: string, anchor: string): string {
  return `<text class="${kind}" x="${x}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}

function round(coordinate: number): string {
  return coordinate.toFixed(1);
}
