"""The command that tries every release that `custom` offers, and writes docs/versions.md."""

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.reliability.project import command, rendering

from . import ROOT
from .pin_file import PINS, table

PAGE = ROOT / "docs/versions.md"
CACHE = ROOT / ".cache/matrix"


@dataclass(frozen=True)
class Choice:
    """What a project is generated with; the rest follows."""

    rust: str
    wasm_pack: str
    wrangler: str


@dataclass(frozen=True)
class Outcome:
    """What came of it: the Node.js it ran on, the module's bytes, and how many tests passed, or what failed."""

    node: str
    module: str
    result: str


def choices(pins: str) -> list[Choice]:
    """The set `current`, and with one tool changed: the oldest Rust and that of each named set; each wasm-pack; each
    wrangler.
    """
    sets = table(pins, "sets")
    current = {tool: sets["current"][tool] for tool in ("rust", "wasm_pack", "wrangler")}
    floor = table(pins, "rust_floor")
    changes = [
        *({"rust": rust} for rust in (floor, *(one["rust"] for one in sets.values()))),
        *({"wasm_pack": wasm_pack} for wasm_pack in table(pins, "wasm_packs")),
        *({"wrangler": wrangler} for wrangler in table(pins, "wranglers")),
    ]
    return list(dict.fromkeys(Choice(**(current | change)) for change in changes))


def tried(choice: Choice) -> Outcome:
    """Generates a project, and lets its own build.sh set it up, build and test it. One that fails is left there."""
    project = CACHE / "my-worker"
    shutil.rmtree(project, ignore_errors=True)
    answers = {f"{tool}_version": version for tool, version in asdict(choice).items()}
    subprocess.run(rendering(project, pins="custom", **answers), check=True, stderr=subprocess.DEVNULL)
    status, printed = _run(str(project / "build.sh"))
    if status:
        kept = CACHE / "-".join(["failed", *asdict(choice).values()])
        shutil.rmtree(kept, ignore_errors=True)
        project.rename(kept)
        print(printed[-4000:], file=sys.stderr)
        return Outcome("-", "-", f"fails: {printed.strip().splitlines()[-1].replace('|', '/')}")
    _, node = _run(*command(project, "node", "--version"))
    module = (project / "my_worker/pkg/my_worker_bg.wasm").stat().st_size
    in_rust = sum(map(int, re.findall(r"^test result: ok\. (\d+) passed", printed, re.M)))
    (in_workerd,) = re.findall(r"^ *Tests +(\d+) passed", re.sub(r"\x1b\[\d*m", "", printed), re.M)
    shutil.rmtree(project)
    return Outcome(
        node.strip().removeprefix("v"), f"{module:_}".replace("_", " "), f"{in_rust} + {in_workerd} tests pass"
    )


def page(outcomes: dict[Choice, Outcome]) -> str:
    """The page of the documentation."""
    lines = [
        f"| {choice.rust} | {choice.wasm_pack} | {choice.wrangler} | {out.node} | {out.module} | {out.result} |"
        for choice, out in outcomes.items()
    ]
    text = f"""# Versions that work

Which releases of the tools a project can be generated with, for someone who answers `pins` with `custom`. Each row is
a project that was generated with these versions, then set up, built and tested by its own `./build.sh`; of the tests,
the first number ran in Rust, the second in workerd. The versions are those of [pins.yml](../extensions/pins.yml). A
wasm-pack or wrangler that is not here is refused; of Rust, any stable release from the first one on is taken.

`./scripts/run.sh matrix` wrote this page on {datetime.date.today()}, {platform.system()} {platform.machine()}.
Node.js is the machine's own where wrangler runs on it, otherwise the one that `./build.sh setup` brings.

| Rust | wasm-pack | wrangler | Node.js | module, bytes | |
| --- | --- | --- | --- | --- | --- |
"""
    return text + "\n".join(lines) + "\n"


def written(text: str) -> list[Choice]:
    """The choices of which a page has a row."""
    return [Choice(*cells) for cells in re.findall(r"^\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", text, re.M)]


def main() -> int:
    """Tries them all and writes the page; the exit status."""
    argparse.ArgumentParser(
        prog="./scripts/run.sh matrix",
        description="Generates a project for each wasm-pack and wrangler that `custom` offers, and for three Rusts,\n"
        "builds and tests it, and writes docs/versions.md. A quarter of an hour; the first time some minutes more\n"
        "where a wasm-pack has to be compiled. Exits with 1 when one fails; its project is then in .cache/matrix.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    everything = choices(PINS.read_text())
    outcomes = {}
    for number, choice in enumerate(everything, 1):
        started = time.monotonic()
        what = ", ".join(f"{tool.replace('_', '-')} {version}" for tool, version in asdict(choice).items())
        print(f">>> {number} of {len(everything)}: {what}", flush=True)
        outcomes[choice] = tried(choice)
        print(f"    {outcomes[choice].result}, {time.monotonic() - started:.0f} s", flush=True)
    PAGE.write_text(page(outcomes))
    print(f">>> Written: {PAGE.relative_to(ROOT)}")
    return 1 if any(out.result.startswith("fails") for out in outcomes.values()) else 0


def _run(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        words,
        env=os.environ | {"CARGO_TERM_COLOR": "never", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.returncode, done.stdout
