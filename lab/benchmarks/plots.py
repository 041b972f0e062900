"""The pictures of a run: how fast, how near to echo, what a start costs, and where a request's time goes."""

from typing import Any

from .ratios import Spread, ratio, spread
from .svg import Bar, Panel, chart
from .targets import INPUTS, OURS, SPEED

# A Worker that takes the bytes through WebAssembly and back untouched.
COPY = "copy-through"


def plots(results: dict[str, Any]) -> dict[str, str]:
    """Every plot as SVG, by its file name."""
    return {
        "requests.svg": _requests(results),
        "of-echo.svg": _of_echo(results),
        "start.svg": _start(results),
        "time.svg": _time(results),
    }


def _requests(results: dict[str, Any]) -> str:
    panels = []
    for name in results["inputs"]:
        found = {it: spread(_of(results, it, name, "per_second")) for it in results["contestants"]}
        bars = [_spread_bar(it, found[it], f"{found[it].median:,.0f}") for it in found]
        panels.append(Panel(name, bars, max(it.high for it in found.values())))
    return chart(
        "Requests a second, ten connections; the line is the spread over the rounds",
        list(results["contestants"]),
        panels,
    )


def _of_echo(results: dict[str, Any]) -> str:
    panels = []
    for name in results["inputs"]:
        floor = _of(results, "echo", name, "per_second")
        found = {it: ratio(_of(results, it, name, "per_second"), floor) for it in results["contestants"]}
        bars = [
            _spread_bar(it, found[it], f"{found[it].median:.2f}", _target(name) if it == OURS else None) for it in found
        ]
        panels.append(Panel(name, bars, max(1.0, *(it.high for it in found.values()))))
    legend = [("target", "target of generated-speed")]
    return chart(
        "Requests a second as a part of echo's; the line is the spread over the rounds",
        list(results["contestants"]),
        panels,
        legend,
    )


def _start(results: dict[str, Any]) -> str:
    contestants = results["contestants"]
    starts = {"minimal": spread(results["minimal_cold_start_ms"])}
    starts |= {name: spread(row["cold_start_ms"]) for name, row in contestants.items()}
    # Without the spread: of thirty starts one always meets a stall that would squeeze all bars.
    cold = [Bar([(it.median, _kind(name))], f"{it.median:.1f} ms") for name, it in starts.items()]
    sizes: list[Bar | None] = [None]
    for name, row in contestants.items():
        size = row["bytes"]
        text = f"{_kilobytes(size['all'])} KB, gzip {_kilobytes(size['all_gzip'])}"
        sizes.append(Bar([(size["module"], _kind(name)), (size["all"] - size["module"], "floor")], text))
    largest = max(row["bytes"]["all"] for row in contestants.values())
    panels = [
        Panel("cold start, median", cold, max(it.median for it in starts.values())),
        Panel("bytes uploaded", sizes, largest),
    ]
    legend = [("floor", "of the bytes uploaded: JavaScript")]
    return chart("Cold start and size: less is better", list(starts), panels, legend)


def _time(results: dict[str, Any]) -> str:
    """CPU time a request in parts. Bars are cut where they would dwarf those of the generated Workers."""
    panels = []
    contestants = results["contestants"]
    for name in results["inputs"]:
        cpu = {it: spread(_of(results, it, name, "cpu_ms")).median for it in contestants}
        bars = []
        for it, total in cpu.items():
            floor = min(cpu["echo"], total)
            copied = 0.0
            if COPY in cpu and contestants[it]["bytes"]["module"]:
                copied = min(max(0.0, cpu[COPY] - floor), total - floor)
            parts = [(floor, "floor"), (copied, "copy"), (total - floor - copied, _kind(it))]
            bars.append(Bar(parts, f"{total:.2f} ms" if total < 10 else f"{total:.0f} ms"))
        near = [total for it, total in cpu.items() if it.startswith("generated-")] or list(cpu.values())
        panels.append(Panel(name, bars, min(max(cpu.values()), 3 * max(near))))
    legend = [("floor", "echo"), ("copy", "copies into WebAssembly and back"), ("other", "the job: what is left")]
    if COPY not in contestants:
        del legend[1]
    return chart("CPU time of a request: less is better", list(contestants), panels, legend)


def _of(results: dict[str, Any], contestant: str, name: str, what: str) -> list[float]:
    return [sample[what] for sample in results["contestants"][contestant]["loads"][name]]


def _spread_bar(name: str, found: Spread, text: str, target: float | None = None) -> Bar:
    return Bar([(found.median, _kind(name))], text, found.low, found.high, target)


def _kilobytes(size: int) -> str:
    return f"{size / 1000:.1f}" if size < 10_000 else f"{size / 1000:.0f}"


def _kind(name: str) -> str:
    if name == OURS:
        return "ours"
    if name.startswith("generated-"):
        return "sibling"
    return "floor" if name in ("echo", COPY, "minimal") else "other"


def _target(name: str) -> float:
    return SPEED["echo"][INPUTS.index(name)]
