"""What depends on what is newest today, so not part of the gate: .github/workflows/newest.yml runs it each week."""

import json
import os
import re
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import build_sh, render, run
from macros import pins
from test_pins import CURRENT, OLDER, pins_sh, repository  # noqa: F401, a fixture
from test_prebuilt import mirror

from maintenance.checksums import TOOLS
from maintenance.pin_file import pinned, table
from maintenance.pins import MOVING
from maintenance.registries import order

# The newest release needs a Rust newer than these two, older ones do not: its authors support the last three.
DEMANDING = "cranelift-bitset"
EDITION = 'edition = "2024"\n'


@pytest.fixture(params=[pins.RUST_FLOOR, pins.SETS["article"]["rust"]])
def rust(request: pytest.FixtureRequest) -> str:
    """An old Rust that a project can be pinned to."""
    return request.param


# --- A lock that is made today, as for versions of one's own ---


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


def test_a_project_of_versions_of_ones_own_makes_its_locks_and_builds(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", {"pins": "custom", "rust_version": pins.RUST_FLOOR}, CANDIDATE)
    printed = build_sh(project)
    assert "No worker/package-lock.json yet: making it. Commit it" in printed
    assert "No my_worker/Cargo.lock yet: making it. Commit it" in printed
    assert "my_worker is built and tested" in printed


# --- The pins that would move ---


def test_the_newest_versions_are_proposed_and_written(
    repository: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    with mirror(lambda request: request.whole(b"a release")) as server:
        monkeypatch.setenv("WASM_TOOLS_URL", server.url)
        _proposed_and_written(repository)


def _proposed_and_written(repository: Path) -> None:  # noqa: F811
    file = repository / "extensions/pins.yml"
    before = file.read_text()
    shown = pins_sh(repository, "--dry-run")
    assert run("git", "status", "--porcelain", cwd=repository) == ""

    printed = pins_sh(repository, "--no-test")
    after = file.read_text()
    moved = pinned(after, "current")
    assert all(order(moved[tool]) >= order(CURRENT[tool]) for tool in MOVING)
    assert table(after, "wranglers")[OLDER["wrangler"]] == table(before, "wranglers")[OLDER["wrangler"]]
    assert pinned(after, "article") | moved == pinned(before, "article") | moved
    assert {OLDER["wasm_pack"], moved["wasm_pack"]} <= set(table(after, "wasm_packs"))
    assert f"- The pin set `current`: Rust 1.96.0 to {moved['rust']}, " in (repository / "CHANGELOG.md").read_text()
    assert all(moved[pin] in table(after, "checksums")[tool] for pin, (tool, _) in TOOLS.items())
    row = rf"^  wrangler +4\.100\.0 +{re.escape(moved['wrangler'])} +moves$"
    assert re.search(row, shown, re.M) and re.search(row, printed, re.M)
    lock = json.loads((repository / "extensions/locks/current/package-lock.json").read_text())
    assert lock["packages"]["node_modules/wrangler"]["version"] == moved["wrangler"]

    assert ">>> Nothing moves" in pins_sh(repository)
