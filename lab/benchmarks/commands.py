"""How the harness runs other programs, and where it keeps what they make."""

import os
import subprocess
from pathlib import Path

from ..reliability.project import ROOT, command
from . import Failed

CACHE = ROOT / ".cache" / "benchmarks"
# With a shared target folder, the crates of one name would mix, and no build would be a cold one.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"} | {
    "CARGO_TERM_COLOR": "never",
    "WRANGLER_SEND_METRICS": "false",
}


def run(*words: str | Path, **environment: str) -> str:
    """Runs a command and returns what it printed; one that fails raises Failed with the end of that."""
    done = subprocess.run(
        words,
        env=ENVIRONMENT | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, words[-3:]))} failed. It printed:\n{done.stdout[-4000:]}")
    return done.stdout


def run_with_tools(project: Path, *words: str | Path) -> str:
    """Runs a command in a project, with the project's pinned tools before the user's."""
    return run(*command(project, *map(str, words)))
