"""What profile `speed` must reach, what the module may cost, and whether a run found it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .ratios import Spread, ratio

OURS = "generated-speed"
# What no Worker can pass that takes a body into WebAssembly and back.
CEILING = "copy-through"
INPUTS = ("1 KB ASCII", "1 MB ASCII", "1.3 MB mixed")

# Requests a second of OURS over those of the contestant, at least: a column each input.
SPEED = {
    "echo": (0.95, 0.75, 0.45),
    "workers-rs": (1.3, 6, 8),
    "javascript-idiomatic": (1.15, 20, 20),
    "javascript-tuned": (1, 5, 10),
    "cpp": (1, 1.2, 1.2),
    "assemblyscript": (1, 1.2, 1.2),
}

COLD_START_OVER_TUNED = 1.5
MEMORY_BYTES = {"small": 1_200_000, "large": 5_000_000}
SMALLEST_MODULE_BYTES = 24_000


@dataclass(frozen=True)
class Verdict:
    """One target: what was found, as it is written, and whether that is enough."""

    what: str
    wanted: str
    found: str
    met: bool
    #: What CEILING reaches in place of OURS, where the target is a ratio of requests a second.
    ceiling: str = ""


def speed_ratios(results: dict[str, Any], of: str, over: str) -> list[Spread]:
    """Requests a second of a contestant over another one's, an entry an input."""
    loads = {name: row["loads"] for name, row in results["contestants"].items()}
    return [ratio(_rates(loads[of][name]), _rates(loads[over][name])) for name in results["inputs"]]


def verdicts(results: dict[str, Any]) -> Iterator[Verdict]:
    """Every target of which the run has the figures."""
    contestants = results["contestants"]
    if OURS in contestants:
        for name, wanted in SPEED.items():
            if name in contestants:
                ratios = speed_ratios(results, OURS, name)
                ceilings = speed_ratios(results, CEILING, name) if CEILING in contestants else None
                for number, (column, least, found) in enumerate(zip(INPUTS, wanted, ratios, strict=True)):
                    what = f"{column}: requests/s over {name}"
                    ceiling = f"{ceilings[number].median:.2f}" if ceilings else ""
                    yield Verdict(what, f"at least {least:g}", written(found), found.median >= least, ceiling)
        yield from _costs(contestants)
    if "generated-size" in contestants:
        size = contestants["generated-size"]["bytes"]["module"]
        limit = SMALLEST_MODULE_BYTES
        yield Verdict("module of profile size, bytes", f"at most {limit:,}", f"{size:,}", size <= limit)


def _costs(contestants: dict[str, Any]) -> Iterator[Verdict]:
    ours = contestants[OURS]
    if "javascript-tuned" in contestants:
        found = ratio(ours["cold_start_ms"], contestants["javascript-tuned"]["cold_start_ms"])
        limit = COLD_START_OVER_TUNED
        yield Verdict("cold start over javascript-tuned", f"at most {limit:g}", written(found), found.median <= limit)
    memory = ours["memory"]
    for after, what in [("small", "1 KB"), ("large", "1 MB")]:
        size, limit = memory[after], MEMORY_BYTES[after]
        yield Verdict(f"linear memory after {what}, bytes", f"at most {limit:,}", f"{size:,}", size <= limit)
    grown = memory["more"] - memory["large"]
    yield Verdict("linear memory, growth in further requests, bytes", "0", f"{grown:,}", grown <= 0)


def written(found: Spread) -> str:
    """A ratio with its spread."""
    return f"{found.median:.2f} ({found.low:.2f} to {found.high:.2f})"


def _rates(samples: list[dict[str, float]]) -> list[float]:
    return [sample["per_second"] for sample in samples]
