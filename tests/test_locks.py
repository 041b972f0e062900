"""A fresh Cargo.lock builds on an old Rust: it has only crates that say they compile on it, whatever came out since."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import CANDIDATE, Projects
from helpers import build_sh, render, run, share_packages
from macros import pins

# The newest release needs a Rust newer than these two, older ones do not: its authors support the last three.
DEMANDING = "cranelift-bitset"
EDITION = 'edition = "2024"\n'


@pytest.fixture(params=[pins.RUST_FLOOR, pins.SETS["article"]["rust"]])
def rust(request: pytest.FixtureRequest) -> str:
    """An old Rust that a project can be pinned to."""
    return request.param


def too_new(template: Path, project: Path, rust: str, pattern: str, replacement: str) -> list[str]:
    """The crates of a fresh lock that ask for a newer Rust, when a change to Cargo.toml, a newer Cargo makes the lock,
    and the crate has a dependency that has moved on.
    """
    crate = render(template, project, {"pins": "custom", "rust_version": rust}, CANDIDATE) / "my_worker"
    manifest = (
        (crate / "Cargo.toml").read_text().replace("[dependencies]\n", f'[dependencies]\n{DEMANDING} = ">=0.110"\n')
    )
    (crate / "Cargo.toml").write_text(re.sub(pattern, replacement, manifest))
    newer = os.environ | {"RUSTUP_TOOLCHAIN": pins.SETS["current"]["rust"]}
    run("cargo", "generate-lockfile", "--quiet", cwd=crate, env=newer)
    packages = json.loads(run("cargo", "metadata", "--locked", "--format-version=1", "--quiet", cwd=crate, env=newer))[
        "packages"
    ]
    assert {"my_worker", "serde", DEMANDING} <= {package["name"] for package in packages}
    return [one["name"] for one in packages if parts(one["rust_version"] or "0") > parts(rust)]


def parts(version: str) -> list[int]:
    return [int(number) for number in f"{version}.0.0".split(".")[:3]]


def test_a_fresh_lock_has_only_crates_for_the_pinned_rust(template: Path, tmp_path: Path, rust: str) -> None:
    assert too_new(template, tmp_path / "project", rust, "", "") == []


@pytest.mark.parametrize(
    ("pattern", "replacement"), [(EDITION, f'{EDITION}resolver = "2"\n'), ("rust-version = .*", "")]
)
def test_without_edition_or_rust_version_it_would_not(
    template: Path, tmp_path: Path, rust: str, pattern: str, replacement: str
) -> None:
    assert DEMANDING in too_new(template, tmp_path / "project", rust, pattern, replacement)


@pytest.mark.xdist_group("variants")
def test_a_fresh_project_builds_on_the_oldest_rust(projects: Projects, template: Path, tmp_path: Path) -> None:
    answers = {"pins": "custom", "rust_version": pins.RUST_FLOOR}
    project = render(template, tmp_path / "project", answers, CANDIDATE)
    # Fresh are the crates; the npm packages do not ask which Rust there is.
    other = projects.tested("current", "balanced", "snake_case")
    shutil.copy2(other / Projects.PACKAGES, project / Projects.PACKAGES)
    share_packages(other, project)
    build_sh(project, "setup")
    assert "my_worker is built and tested" in build_sh(project)


@pytest.mark.xdist_group("article")
def test_each_direct_npm_package_is_exact_in_a_fresh_lock(projects: Projects) -> None:
    project = projects.tested("article")
    manifest = json.loads((project / "worker/package.json").read_text())
    locked = json.loads((project / "worker/package-lock.json").read_text())["packages"]
    wanted = manifest["devDependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
