"""The project that is asked: generated from the working tree for a pin set, with its two bundles built."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .answers import Broken

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "reliability"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / ".cache/target-reliability"))
PIN_SETS = ["article", "current"]
CRATE = "my_worker"


def made(pins: str) -> Path:
    """The project of a pin set, made or brought up to date; its own build.sh sets it up, builds and tests it."""
    project = CACHE / pins / "my-worker"
    print(f">>> Making {project.relative_to(ROOT)} and running its tests (minutes the first time)", flush=True)
    _run(rendering(project, pins=pins))
    build_sh(project, "setup")
    build_sh(project, "test")
    return project


def rendering(project: Path, **answers: str) -> list[str]:
    """The command line that makes a project from the working tree, or brings it up to date."""
    copier = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet", "--defaults", "--overwrite"]
    data = (f"--data={question}={answer}" for question, answer in answers.items())
    return [*copier, "--vcs-ref=HEAD", *data, str(ROOT), str(project)]


def build_sh(project: Path, *words: str) -> None:
    """Runs build.sh of a project to its end."""
    _run([str(project / "build.sh"), *words])


def command(project: Path, *words: str) -> list[str]:
    """A command line that runs with the tools of the project, as its build.sh would."""
    script = f'cd "$1" && shift && CRATE={CRATE} && source scripts/tools.sh && read_pins && use_tools && exec "$@"'
    return ["bash", "-c", script, "reliability", str(project), *words]


def pins_of(project: Path) -> str:
    """The pin set that the project was generated with."""
    answers = (project / ".copier-answers.yml").read_text()
    return next(line.split(": ")[1] for line in answers.splitlines() if line.startswith("pins: "))


def versions(project: Path) -> dict[str, str]:
    """The versions that decide how it behaves."""
    packages = json.loads((project / "worker/package-lock.json").read_text())["packages"]
    rust = (project / "rust-toolchain.toml").read_text().split('channel = "')[1].split('"')[0]
    npm = {name: packages[f"node_modules/{name}"]["version"] for name in ("wrangler", "miniflare", "workerd")}
    return {"rust": rust, **npm}


def _run(words: list[str]) -> None:
    """Runs a command; one that fails is a promise broken, and the message has the end of what it printed."""
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Broken(f"{Path(words[0]).name} {' '.join(words[1:2])} failed:\n{done.stdout[-4000:]}")
