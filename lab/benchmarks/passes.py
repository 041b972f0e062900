"""How near the limit the example is: the time of each pass over a body, beside one plain copy of it.

`./scripts/run.sh benchmark passes` writes docs/benchmarks/passes.md. The passes are timed in Node.js by processor time,
from the module of profile `speed` with the exports of passes.rs in place of the example's.
"""

import argparse
import datetime
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ..reliability.project import CRATE, ROOT
from . import Failed
from .commands import CACHE, run_with_tools
from .generated import HOST_PROFILE, rendered
from .inputs import inputs
from .machine import machine

FOLDER = Path(__file__).parent
PAGE = ROOT / "docs/benchmarks/passes.md"
# What each export does beyond the one before.
PASSES = {
    "copy_in": "copy into the module",
    "read": "check UTF-8, read JSON",
    "upper_case": "upper case",
    "count": "count characters",
    "write": "write JSON",
    "copy_out": "copy out of the module",
}


def main() -> int:
    """Builds, times and writes the page; the exit status."""
    argparse.ArgumentParser(prog="./scripts/run.sh benchmark passes", description=__doc__).parse_args()
    try:
        print(">>> Building the module with an export a pass", flush=True)
        bodies = {it.name: it.body for it in inputs(seed=1)}
        page = markdown(_times(_package(), list(bodies.values())), bodies)
    except Failed as failed:
        print(f"\nbenchmark: {failed}", file=sys.stderr)
        return 1
    PAGE.write_text(page)
    print(f"\n{page}\n>>> Written: {PAGE.relative_to(ROOT)}")
    return 0


def _package() -> Path:
    """The package of wasm-pack."""
    host = rendered(HOST_PROFILE)
    work = CACHE / "passes"
    shutil.rmtree(work, ignore_errors=True)
    for name in (CRATE, ".cargo"):
        shutil.copytree(host / name, work / name, ignore=shutil.ignore_patterns("pkg*", "target"))
    shutil.copy2(host / "rust-toolchain.toml", work)
    shutil.copy2(FOLDER / "passes.rs", work / CRATE / "src/lib.rs")
    words = ("wasm-pack", "build", "--mode=no-install", "--target=web", f"--out-dir={work}/pkg", "--release")
    run_with_tools(host, *words, work / CRATE)
    return work / "pkg"


def _times(package: Path, bodies: list[bytes]) -> list[dict[str, float]]:
    """Microseconds of each export, an entry a body."""
    files = [package / f"{number}.json" for number in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_bytes(body)
    print(">>> Timing, half a minute", flush=True)
    return json.loads(run_with_tools(rendered(HOST_PROFILE), "node", FOLDER / "passes.js", package, *files))


def markdown(times: list[dict[str, float]], bodies: dict[str, bytes]) -> str:
    """The page: a table with a row for each pass."""
    parts = ["# Benchmarks: the passes over a body"]
    limit = "[Benchmarks](../benchmarks.md#how-near-the-limit)"
    parts += [f"Made by `./scripts/run.sh benchmark passes`; {limit} says what it means."]
    parts += ["\n".join(_table(times, bodies)), _machine()]
    return "\n\n".join(parts) + "\n"


def _table(times: list[dict[str, float]], bodies: dict[str, bytes]) -> Iterator[str]:
    yield "| microseconds | " + " | ".join(f"{name}, {len(body):,} bytes" for name, body in bodies.items()) + " |"
    yield "| --- |" + " ---: |" * len(bodies)
    before = [0.0] * len(times)
    for export, what in PASSES.items():
        ends = [row[export] for row in times]
        yield _row(what, [max(end - start, 0) for start, end in zip(before, ends, strict=True)])
        before = ends
    yield _row("all", before)
    yield _row("one copy of the body, as a unit", [row["memcpy"] for row in times])
    yield _row("all, in such copies", [end / row["memcpy"] for end, row in zip(before, times, strict=True)])


def _row(what: str, figures: list[float]) -> str:
    cells = (f"{figure:,.0f}" if figure >= 10 else f"{figure:.2f}" for figure in figures)
    return f"| {what} | {' | '.join(cells)} |"


def _machine() -> str:
    found = ", ".join(f"{name} {value}" for name, value in machine().items() if name != "python")
    return f"{datetime.date.today()}, {found}. Processor time, medians of 41 rounds; a pass is the difference of two."
