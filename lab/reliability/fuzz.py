"""The crate natively: properties with proptest; in the long form cargo-fuzz too, and Miri, which runs the tests of the
crate and of the platform.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .answers import Broken
from .project import CACHE, CRATE, ROOT, TARGET, pins_of, versions
from .report import Figures

PACKAGE = Path(__file__).with_name("fuzz")
SHORT, LONG = 2_000, 50_000
FUZZ_SECONDS = 180

NIGHTLY = "nightly-2026-10-15"
CARGO_FUZZ = "0.13.2"
TOOLS = CACHE / "tools"


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Runs the properties, and in the long form the fuzz target, over a copy of the project's crate."""
    package = copied(project)
    cases = LONG if long else SHORT
    rust = versions(project)["rust"]
    settings = {"PROPTEST_CASES": str(cases), "PROPTEST_RNG_SEED": str(random_seed)}
    tested = tests(package, rust, "properties", **settings)
    properties = len(re.findall(r"^test \w+ \.\.\. ok$", tested, flags=re.MULTILINE))
    figures: Figures = {"properties and the corpus, all hold": properties, "cases of each property": cases}
    return figures | (_fuzz(package, rust, random_seed) | _miri(project) if long else {})


def tests(package: Path, rust: str, file: str, **settings: str) -> str:
    """Runs one file of the package's tests, and returns what was printed."""
    # As in a project's build.sh: a lock that no longer agrees with the pins is an error on a build server.
    locked = ["--locked"] if os.environ.get("CI") else []
    manifest = f"--manifest-path={package / 'Cargo.toml'}"
    tested = cargo(rust, "test", *locked, manifest, f"--test={file}", **settings)
    if (package / "Cargo.lock").read_bytes() != (PACKAGE / "Cargo.lock").read_bytes():
        print(">>> The pins moved: renewing lab/reliability/fuzz/Cargo.lock. Commit it", flush=True)
        shutil.copyfile(package / "Cargo.lock", PACKAGE / "Cargo.lock")
    return tested


def copied(project: Path) -> Path:
    """The package beside the project's crate, both without the times of the files: Cargo takes each copy for new."""
    folder = CACHE / pins_of(project) / "native"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKAGE, folder / PACKAGE.name, copy_function=shutil.copyfile)
    for part in ["src", "platform"]:
        shutil.copytree(project / CRATE / part, folder / "crate" / part, copy_function=shutil.copyfile)
    shutil.copyfile(project / CRATE / "Cargo.toml", folder / "crate/Cargo.toml")
    return folder / PACKAGE.name


def _fuzz(package: Path, rust: str, random_seed: int) -> Figures:
    _install(rust)
    found = CACHE / "corpus"
    found.mkdir(parents=True, exist_ok=True)
    print(f"    fuzzing for {FUZZ_SECONDS} s", flush=True)
    printed = cargo(
        NIGHTLY, "fuzz", "run", f"--fuzz-dir={package}", f"--target-dir={TARGET}", "--sanitizer=none",
        "--features=libfuzzer", "boundary", str(found), str(PACKAGE / "corpus/boundary"), "--",
        f"-max_total_time={FUZZ_SECONDS}", f"-seed={random_seed}", "-max_len=4096", "-print_final_stats=1",
    )  # fmt: skip
    runs = re.findall(r"stat::number_of_executed_units: (\d+)", printed)
    covered = re.findall(r"cov: (\d+)", printed)
    return {
        "fuzz runs, none wrong": int(runs[-1]),
        "edges covered": int(covered[-1]),
        "inputs kept": len(list(found.iterdir())),
    }


def _miri(project: Path) -> Figures:
    """The tests of the crate and of the platform in Miri, an interpreter that ends at undefined behaviour."""
    print("    the tests in Miri", flush=True)
    manifest = f"--manifest-path={project / CRATE / 'Cargo.toml'}"
    printed = cargo(NIGHTLY, "miri", "test", "--locked", "--workspace", "--lib", manifest)
    passed = len(re.findall(r"^test .* \.\.\. ok$", printed, flags=re.MULTILINE))
    return {"tests of the crate in Miri, no undefined behaviour": passed}


def _install(rust: str) -> None:
    if subprocess.run(["cargo", f"+{NIGHTLY}", "miri", "--version"], capture_output=True).returncode != 0:
        print(f">>> Installing Rust {NIGHTLY} with Miri, beside your toolchains", flush=True)
        install = ["rustup", "toolchain", "install", NIGHTLY, "--profile=minimal", "--component=miri,rust-src"]
        subprocess.run([*install, "--no-self-update"], check=True, capture_output=True)
    if not (TOOLS / "bin/cargo-fuzz").exists():
        print(f">>> Compiling cargo-fuzz {CARGO_FUZZ} into {TOOLS.relative_to(ROOT)}", flush=True)
        cargo(rust, "install", "cargo-fuzz", f"--version={CARGO_FUZZ}", "--locked", f"--root={TOOLS}")


def cargo(toolchain: str, *words: str, **environment: str) -> str:
    """Runs Cargo, shows what libFuzzer says every now and then, and returns all that was printed."""
    settings = {
        "CARGO_TARGET_DIR": str(TARGET),
        "CARGO_TERM_COLOR": "never",
        "PROPTEST_FAILURE_PERSISTENCE": "off",
        "RUSTUP_TOOLCHAIN": toolchain,
        "PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    printed: list[str] = []
    said = time.monotonic()
    with subprocess.Popen(
        ["cargo", *words],
        env=os.environ | settings | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            printed.append(line)
            if line.startswith(("#", "test ")) and time.monotonic() - said >= 2:
                said = time.monotonic()
                print(f"    {line.strip()}", flush=True)
    if process.returncode != 0:
        raise Broken(f"cargo {words[0]} failed:\n{''.join(printed)[-4000:]}")
    return "".join(printed)
