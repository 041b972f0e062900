"""The results of a run as files: results.json with every sample, results.md with the tables, and the plots."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .plots import plots
from .ratios import Spread, ratio, spread
from .targets import CEILING, OURS, speed_ratios, verdicts, written

Row = dict[str, Any]
FLOOR = "echo"


def write(results: dict[str, Any], folder: Path) -> list[Path]:
    """Writes all files of a run into a folder; returns them, the tables first."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"results.md": markdown(results), "results.json": json.dumps(results, indent=1) + "\n"} | plots(results)
    for name, content in contents.items():
        (folder / name).write_text(content)
    return [folder / name for name in contents]


def markdown(results: dict[str, Any]) -> str:
    """The tables of a run."""
    made_by = "Made by `./scripts/run.sh benchmark`; [Benchmarks](../benchmarks.md) says how."
    parts = ["# Benchmarks: the figures", made_by]
    for name in results["inputs"]:
        parts += [f"## {name}", "\n".join(_load_table(results, name))]
    parts += ["## Targets", "\n".join(_target_table(results))]
    if {OURS, CEILING} <= results["contestants"].keys():
        parts += ["## How near the limit", "\n".join(_limit_table(results))]
    parts += ["## Cold start, memory, size, build", "\n".join(_cost_table(results))]
    parts += ["## The run", "\n".join(_run(results))]
    return "\n\n".join(parts) + "\n"


def _load_table(results: dict[str, Any], name: str) -> Iterator[str]:
    """Medians over the rounds; the ratio to echo with its spread."""
    floor = [sample["per_second"] for sample in results["contestants"][FLOOR]["loads"][name]]
    yield "| | requests/s | p50 ms | p99 ms | CPU ms a request | of echo |"
    yield "| --- |" + " ---: |" * 5
    for contestant, row in results["contestants"].items():
        samples = row["loads"][name]
        rate, *times = (
            spread([sample[key] for sample in samples]).median for key in ("per_second", "p50_ms", "p99_ms", "cpu_ms")
        )
        of = ratio([sample["per_second"] for sample in samples], floor)
        cells = " | ".join(map(_milliseconds, times))
        yield f"| {contestant} | {rate:,.0f} | {cells} | {written(of)} |"


def _limit_table(results: dict[str, Any]) -> Iterator[str]:
    """What a request costs the floors and the Worker, and which part of what a module can reach the Worker does."""

    def cpu(contestant: str, name: str) -> float:
        return spread([sample["cpu_ms"] for sample in results["contestants"][contestant]["loads"][name]]).median

    yield "CPU milliseconds of a request; a share of 1 would be a module that reads nothing."
    yield ""
    yield "| | " + " | ".join(results["inputs"]) + " |"
    yield "| --- |" + " ---: |" * len(results["inputs"])
    for contestant in (FLOOR, CEILING, OURS):
        cells = (_milliseconds(cpu(contestant, name)) for name in results["inputs"])
        yield f"| {contestant} | {' | '.join(cells)} |"
    costs = ((cpu(CEILING, name), cpu(OURS, name)) for name in results["inputs"])
    shares = (f"{ceiling / ours:.2f}" if ours else "below the clock's tick" for ceiling, ours in costs)
    yield f"| share of {CEILING}, by CPU | " + " | ".join(shares) + " |"
    yield "| by requests/s | " + " | ".join(map(written, speed_ratios(results, OURS, CEILING))) + " |"


def _target_table(results: dict[str, Any]) -> Iterator[str]:
    yield "Profile `speed` where none is named. A ratio is the median over the rounds, with the least and the greatest."
    yield "The ceiling is what copy-through reaches, which only copies the body into WebAssembly and back."
    yield ""
    yield "| | target | found | ceiling | |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for it in verdicts(results):
        yield f"| {it.what} | {it.wanted} | {it.found} | {it.ceiling} | {'met' if it.met else '**missed**'} |"


def _cost_table(results: dict[str, Any]) -> Iterator[str]:
    columns: dict[str, Callable[[Row], str]] = {
        "cold start ms": lambda row: _times(spread(row["cold_start_ms"])),
        "memory after 1 KB": lambda row: _memory(row, "small"),
        "after 1 MB": lambda row: _memory(row, "large"),
        f"after {results['plan']['more_requests']:,} more": lambda row: _memory(row, "more"),
        "module bytes": lambda row: _bytes(row, "module"),
        "all bytes": lambda row: _bytes(row, "all"),
        "build s, cold": lambda row: _seconds(row, "cold"),
        "warm": lambda row: _seconds(row, "warm"),
    }
    yield f"| | {' | '.join(columns)} |"
    yield "| --- |" + " ---: |" * len(columns)
    minimal = _times(spread(results["minimal_cold_start_ms"]))
    yield f"| minimal Worker | {minimal} |" + " |" * (len(columns) - 1)
    for contestant, row in results["contestants"].items():
        yield f"| {contestant} | {' | '.join(column(row) for column in columns.values())} |"
    yield ""
    yield "Bytes are raw, with `gzip -9` in brackets. Memory is linear memory in MB; JavaScript has none."


def _run(results: dict[str, Any]) -> Iterator[str]:
    plan = results["plan"]
    yield f"- {results['date']}, seed {results['seed']}, {results['seconds'] / 60:.0f} minutes"
    yield f"- {plan['rounds']} rounds of {plan['seconds']:g} s a load, {plan['cold_starts']} cold starts"
    yield f"- Machine: {_pairs(results['machine'])}"
    yield f"- Versions: {_pairs(results['versions'])}"
    for name, facts in results["inputs"].items():
        line = f"- {name}: a body of {facts['bytes']:,} bytes, a text of {facts['characters']:,} characters"
        shares = ", ".join(f"{script} {share:.0%}" for script, share in facts["shares"].items() if share)
        yield f"{line}; of its bytes {shares}" if shares else line


def _pairs(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _milliseconds(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _times(found: Spread) -> str:
    return f"{found.median:.1f} ({found.low:.1f} to {found.high:.1f})"


def _bytes(row: Row, what: str) -> str:
    raw, packed = row["bytes"][what], row["bytes"][f"{what}_gzip"]
    return f"{raw:,} ({packed:,})" if raw else ""


def _memory(row: Row, after: str) -> str:
    return f"{row['memory'][after] / 1e6:.2f}" if "memory" in row else ""


def _seconds(row: Row, which: str) -> str:
    return f"{row['build_seconds'][which]:.1f}" if "build_seconds" in row else ""
