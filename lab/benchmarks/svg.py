"""Horizontal bars as SVG: panels side by side, a row each name. Follows the reader's theme, also inside an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .heading { font-weight: 600 }
    .small { font-size: 11px; fill: #59636e }
    .ours { fill: #c2500a } .sibling { fill: #e8a66f } .other { fill: #7a8ca0 } .floor { fill: #b9c2cc }
    .copy { fill: #4c9a8a } .line { stroke: #1f2328; stroke-width: 1.5; fill: none }
    .target { stroke: #0969da; stroke-width: 2; stroke-dasharray: 3 2 } .cut { stroke: #fff; stroke-width: 3 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .small { fill: #9198a1 }
      .ours { fill: #ff8a3d } .sibling { fill: #9a5a2c } .other { fill: #6b7c90 } .floor { fill: #3f4a56 }
      .copy { fill: #3d8073 } .line { stroke: #e6edf3 } .target { stroke: #58a6ff } .cut { stroke: #0d1117 }
    }
"""

# In pixels: room for the names, a panel's bars, the text behind them; then down the rows.
NAMES, PANEL, GAP = 150, 150, 100
TOP, ROW, BAR = 56, 26, 15


@dataclass(frozen=True)
class Bar:
    """Stacked parts, each with its class; `low` and `high` are the ends of its spread, `text` stands behind it."""

    parts: Sequence[tuple[float, str]]
    text: str
    low: float | None = None
    high: float | None = None
    target: float | None = None


@dataclass(frozen=True)
class Panel:
    """One heading over one bar a row. What is longer than `limit` is cut there; a row may have no bar.

    A limit of 0 is one of values that are all 0, below what the clock can tell: the panel has their texts alone.
    """

    heading: str
    bars: Sequence[Bar | None]
    limit: float


def chart(title: str, names: Sequence[str], panels: Sequence[Panel], legend: Sequence[tuple[str, str]] = ()) -> str:
    """The whole picture; the same for the same arguments. `legend` pairs a class with its meaning."""
    width = NAMES + len(panels) * (PANEL + GAP)
    height = TOP + len(names) * ROW + (30 if legend else 8)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title">',
        f'  <title id="title">{escape(title)}</title>',
        f"  <style>{STYLE}  </style>",
        f'  <text class="heading" x="0" y="16">{escape(title)}</text>',
    ]
    for row, name in enumerate(names):
        lines.append(f'  <text x="{NAMES - 8}" y="{_middle(row) + 4:g}" text-anchor="end">{escape(name)}</text>')
    for number, panel in enumerate(panels):
        lines += _panel(panel, NAMES + number * (PANEL + GAP))
    lines += _legend(legend, height - 10)
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, left: float) -> list[str]:
    lines = [f'  <text class="heading" x="{left}" y="42">{escape(panel.heading)}</text>']
    scale = PANEL / panel.limit if panel.limit else 0.0
    for row, bar in enumerate(panel.bars):
        if bar is not None:
            lines += _bar(bar, left, _middle(row), scale)
    return lines


def _bar(bar: Bar, left: float, middle: float, scale: float) -> list[str]:
    lines = []
    at = 0.0
    for value, kind in bar.parts:
        end = min(PANEL, at + max(0.0, value) * scale)
        place = f'x="{left + at:.1f}" y="{middle - BAR / 2:g}" width="{end - at:.1f}" height="{BAR}"'
        lines.append(f'  <rect class="{kind}" {place}/>')
        at = end
    if sum(value for value, _ in bar.parts) * scale > PANEL + 0.5:
        lines.append(f'  <path class="cut" d="M{left + PANEL - 14:g} {middle + 9:g}l6 -18"/>')
    text_at = at
    if bar.low is not None and bar.high is not None:
        low, high = left + bar.low * scale, left + min(PANEL, bar.high * scale)
        lines.append(f'  <path class="line" d="M{low:.1f} {middle:g}H{high:.1f}"/>')
        text_at = max(at, high - left)
    if bar.target is not None:
        x = left + bar.target * scale
        lines.append(f'  <path class="target" d="M{x:.1f} {middle - 11:g}v22"/>')
        text_at = max(text_at, x - left)
    lines.append(f'  <text class="small" x="{left + text_at + 5:.1f}" y="{middle + 4:g}">{escape(bar.text)}</text>')
    return lines


def _legend(legend: Sequence[tuple[str, str]], y: float) -> list[str]:
    lines = []
    x = NAMES
    for kind, meaning in legend:
        if kind == "target":
            lines.append(f'  <path class="target" d="M{x + 6} {y - 12:g}v14"/>')
        else:
            lines.append(f'  <rect class="{kind}" x="{x}" y="{y - 10:g}" width="12" height="12"/>')
        lines.append(f'  <text class="small" x="{x + 18}" y="{y:g}">{escape(meaning)}</text>')
        x += 34 + 6 * len(meaning)
    return lines


def _middle(row: int) -> float:
    return TOP + row * ROW + ROW / 2
