"""The lock files that a new project of a named pin set starts with, made by npm and Cargo in such a project."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from lab.reliability.project import CRATE, rendering

from . import ROOT
from .pin_file import PINS, pinned, table

FOLDER = ROOT / "extensions/locks"
EXAMPLES = [*yaml.safe_load((ROOT / "extensions/examples.yml").read_text())]
NPM, CARGO = "package-lock.json", "Cargo.lock"
# What stands in npm's lock of the answers. Cargo's is sorted by the name of the crate: locks.jinja does that.
ANSWERS = {'"name": "my-worker"': '"name": "{{ project_name }}"', '"license": "MIT"': '"license": "{{ license }}"'}


class Unlocked(Exception):
    """A lock that npm or Cargo could not make, or that npm would not install from."""


def files() -> dict[Path, tuple[str, str]]:
    """Each lock file that is shipped, with its pin set and the example that it is made in."""
    sets = table(PINS.read_text(), "sets")
    npm = {FOLDER / chosen / NPM: (chosen, EXAMPLES[0]) for chosen in sets}
    return npm | {FOLDER / chosen / example / CARGO: (chosen, example) for chosen in sets for example in EXAMPLES}


def write(*anew: str) -> None:
    """Writes them all: of these pin sets with the newest of what floats, of the others with what must change changed."""
    for path, (chosen, example) in files().items():
        print(f">>> Locking {path.relative_to(FOLDER)}{' anew' if chosen in anew else ''} (seconds)", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "my-worker"
            # A set without its locks, for these may not be there yet.
            one = table(PINS.read_text(), "sets")[chosen]
            answers = {f"{tool}_version": one[tool] for tool in ("rust", "wasm_pack", "wrangler")}
            date = one["compatibility_date"]
            _run(rendering(project, pins="custom", example=example, compatibility_date=date, **answers), project.parent)
            lock = _npm if path.name == NPM else _cargo
            lock(project, None if chosen in anew or not path.exists() else path, path)


def read() -> dict[Path, bytes]:
    """What stands in them."""
    return {path: path.read_bytes() for path in files()}


def put(locked: dict[Path, bytes]) -> None:
    """Writes what stood in them."""
    for path, content in locked.items():
        path.write_bytes(content)


def _npm(project: Path, before: Path | None, path: Path) -> None:
    lock = project / "worker" / NPM
    if before:
        text = before.read_text()
        for ours, theirs in ANSWERS.items():
            text = text.replace(theirs, ours)
        lock.write_text(text)
    _run(["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"], lock.parent)
    # npm leaves out what it cannot have for another platform, and misses it when it installs.
    _run(["npm", "ci", "--dry-run", "--no-audit", "--no-fund"], lock.parent)
    head, packages = lock.read_text().split('    "node_modules/', maxsplit=1)
    for theirs, ours in ANSWERS.items():
        head = head.replace(theirs, ours)
    path.write_text(f'{head}    "node_modules/{packages}')


def _cargo(project: Path, before: Path | None, path: Path) -> None:
    lock = project / CRATE / CARGO
    if before:
        shutil.copyfile(before, lock)
    # A Cargo that is there in any case: which crates an older Rust compiles, Cargo.toml says.
    rust = pinned(PINS.read_text(), "current")["rust"]
    _run(["rustup", "toolchain", "install", rust, "--profile", "minimal", "--no-self-update"], project)
    _run(["cargo", "update", "--workspace"], lock.parent, RUSTUP_TOOLCHAIN=rust)
    shutil.copyfile(lock, path)


def _run(command: list[str], cwd: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise Unlocked(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")
