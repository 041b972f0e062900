"""The crate's own tests in Miri, which finds undefined behaviour: in the long form; the short one runs them without it."""

import os
import re
import subprocess
from pathlib import Path

from .answers import Broken
from .fuzz import NIGHTLY
from .project import CRATE, TARGET, versions
from .report import Figures

# Long bodies without a pointer in sight: hours in Miri.
LEFT_OUT = [
    "ends_before_the_first_special_byte",
    "passes_over_what_is_unknown_at_any_depth",
    "writes_what_reads_as_the_same_float",
]


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Runs what `cargo test` runs; in Miri a hundredth of the cases of src/runtime/check.rs. Nothing is random here."""
    if long:
        _install()
        words = ["miri", "test", "--locked", "--", *(f"--skip={name}" for name in LEFT_OUT)]
    else:
        words = ["test", "--locked"]
    settings = {
        "CARGO_TARGET_DIR": str(TARGET / "miri"),
        "CARGO_TERM_COLOR": "never",
        "RUSTUP_TOOLCHAIN": NIGHTLY if long else versions(project)["rust"],
    }
    done = subprocess.run(
        ["cargo", *words],
        cwd=project / CRATE,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Broken(f"cargo {words[0]} failed:\n{done.stdout[-4000:]}")
    passed = sum(map(int, re.findall(r"^test result: ok\. (\d+) passed", done.stdout, flags=re.MULTILINE)))
    return {"tests, no undefined behaviour" if long else "tests": passed}


def _install() -> None:
    """Installs Miri beside the other toolchains; what is there already is left as it is."""
    probe = ["rustup", "run", NIGHTLY, "cargo", "miri", "--version"]
    if subprocess.run(probe, capture_output=True).returncode != 0:
        print(f">>> Installing Rust {NIGHTLY} with Miri, beside your toolchains", flush=True)
        install = ["rustup", "toolchain", "install", NIGHTLY, "--profile=minimal", "--component=miri,rust-src"]
        subprocess.run([*install, "--no-self-update"], check=True, capture_output=True)
