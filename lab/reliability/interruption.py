"""build.sh killed at any moment: the next one makes a right build, and nobody has to clean up."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .answers import Broken
from .progress import Progress
from .project import CRATE, build_sh
from .report import Figures

SHORT, LONG = 3, 20


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Kills as many builds as there are rounds; the long form all of build.sh, and every fourth time also its set-up."""
    chance = random.Random(random_seed)
    rounds, words = (LONG, []) if long else (SHORT, ["build"])
    moments = []
    _make_stale(project)
    started = time.monotonic()
    build_sh(project, *words)
    undisturbed = time.monotonic() - started
    right = _module(project)
    progress = Progress("kills", rounds)
    for number in range(rounds):
        _make_stale(project)
        if long and number % 4 == 0:
            shutil.rmtree(project / "worker/node_modules")
            (project / "worker/package-lock.json").unlink()
        moments.append(_killed(project, words, chance.uniform(0, undisturbed)))
        build_sh(project, *words)
        if _module(project) != right:
            raise Broken(f"another module after a kill at {moments[-1]:.2f} s")
        progress.add()
    return {
        "kills": rounds,
        "an undisturbed run, seconds": round(undisturbed, 1),
        "killed after, seconds": ", ".join(f"{moment:.1f}" for moment in sorted(moments)),
        "wrong modules after the next run": 0,
    }


def _make_stale(project: Path) -> None:
    """Leaves build.sh everything to do again but compiling the dependencies."""
    for folder in (f"{CRATE}/pkg", f"{CRATE}/pkg-faults", "worker/dist", "worker/dist-faults"):
        shutil.rmtree(project / folder, ignore_errors=True)
    (project / "worker/platform/build.json").unlink(missing_ok=True)
    (project / CRATE / "src/lib.rs").touch()


def _killed(project: Path, words: list[str], moment: float) -> float:
    """Kills a run of build.sh with all that it started, and returns when: at the moment, or when it had ended before."""
    process = subprocess.Popen(
        [str(project / "build.sh"), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started = time.monotonic()
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return time.monotonic() - started


def _module(project: Path) -> bytes:
    return (project / CRATE / "pkg" / f"{CRATE}_bg.wasm").read_bytes()
