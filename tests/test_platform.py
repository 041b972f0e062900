"""The platform's crate where it stands in the template: without Jinja, so that every tool reads it in place, and held
here to what a project's own code is held to. A project does not test it once more.
"""

import os
import re
from pathlib import Path

import pytest
from helpers import ROOT, run

PLATFORM = ROOT / "template/{{ crate_name }}/platform"
FEATURES = ["", "fast-text", "faults", "fast-text,faults"]


def test_nothing_in_it_has_jinja() -> None:
    template = ROOT / "template"
    paths = [path for path in template.rglob("platform/**/*") if path.is_file()]
    assert PLATFORM / "src/lib.rs" in paths
    # What stands above a platform has Jinja in its name.
    texts = {path.relative_to(template).as_posix().split("/platform/", 1)[1]: path.read_text() for path in paths}
    marks = ("{{", "{%", "{#")
    assert [path for path, text in texts.items() if any(mark in path + text for mark in marks)] == []
    assert [path for path in texts if path.endswith(".jinja")] == []


@pytest.fixture
def workspace(tested: Path, tmp_path: Path) -> Path:
    """A project's crate, with its toolchain and its lock file, whose platform is the template's own folder."""
    crate = tmp_path / "my_worker"
    for part in ["my_worker/src", "my_worker/Cargo.toml", "my_worker/Cargo.lock", ".cargo", "rust-toolchain.toml"]:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        run("cp", "-r", tested / part, tmp_path / part, cwd=tmp_path)
    (crate / "platform").symlink_to(PLATFORM)
    return crate


def cargo(workspace: Path, *words: str, **environment: str) -> str:
    return run("cargo", *words, cwd=workspace, env=os.environ | environment)


@pytest.mark.parametrize("features", FEATURES, ids=lambda features: features or "plain")
def test_it_passes_its_tests(workspace: Path, features: str) -> None:
    chosen = ["--package=wasm-worker-platform", f"--features={features}"]
    assert "test result: ok." in cargo(workspace, "test", "--locked", *chosen, RUSTFLAGS="--deny=warnings")


@pytest.mark.parametrize("features", FEATURES, ids=lambda features: features or "plain")
def test_nothing_in_it_is_warned_of(workspace: Path, features: str) -> None:
    chosen = ["--quiet", "--locked", "--package=wasm-worker-platform", f"--features={features}"]
    assert cargo(workspace, "clippy", *chosen, "--all-targets", "--", "--deny=warnings") == ""
    # The code that the module alone has, for its SIMD. RUSTFLAGS would take the place of the flags that turn it on.
    assert cargo(workspace, "clippy", *chosen, "--target=wasm32-unknown-unknown", "--", "--deny=warnings") == ""


def test_its_format_and_what_is_judged_of_it_are_its_own(workspace: Path) -> None:
    (workspace / "platform").unlink()
    run("cp", "-r", PLATFORM, workspace, cwd=workspace)
    (workspace / "rustfmt.toml").write_text("max_width = 40\n")
    (workspace / "clippy.toml").write_text('disallowed-types = ["std::vec::Vec"]\n')
    assert cargo(workspace, "fmt", "--package=wasm-worker-platform", "--check") == ""
    chosen = ["--quiet", "--locked", "--package=wasm-worker-platform"]
    assert cargo(workspace, "clippy", *chosen, "--", "--deny=warnings") == ""


def test_no_more_is_public_than_the_changelog_says() -> None:
    lib = (PLATFORM / "src/lib.rs").read_text()
    assert re.findall(r"^pub (?:fn \w+|.*;)", lib, re.MULTILINE) == [
        "pub mod chars;",
        "pub use error::{Expected, Failure, OrWasmError, WasmError};",
        "pub fn answer",
        "pub fn respond",
        "pub fn now_ms",
    ]
