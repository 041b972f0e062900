"""What Renovate finds in this repository and in a generated project, and what its configurations make of it.

It is the real Renovate, without a platform and without the network: it reads files, and looks for no newer versions.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import ROOT, commit, render, run
from macros import pins

from maintenance.pin_file import PINS, pinned
from maintenance.pins import MOVING
from maintenance.registries import node_package

pytestmark = pytest.mark.xdist_group("renovate")
CACHE = ROOT / ".cache/renovate"


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """An environment with Renovate and a Node.js that runs it, both from npm; half a minute the first time."""
    node = f"{node_package()}@{pins.COMMON['node']}"
    locked = [ROOT / "tests/renovate" / name for name in ["package.json", "package-lock.json", ".npmrc"]]
    wanted = "\n".join([node, *(path.read_text() for path in locked)])
    stamp = CACHE / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        for path in locked:
            shutil.copy2(path, CACHE)
        run("npm", "ci", "--no-audit", "--no-fund", cwd=CACHE)
        options = ["--prefix=node", "--no-package-lock", "--no-audit", "--no-fund"]
        run("npm", "install", *options, node, cwd=CACHE)
        stamp.write_text(wanted)
    paths = [CACHE / "node/node_modules" / node_package() / "bin", CACHE / "node_modules/.bin", os.environ["PATH"]]
    # RE2 is a native module, which npm would build or download.
    return os.environ | {"PATH": ":".join(map(str, paths)), "RENOVATE_X_IGNORE_RE2": "true"}


def found(repository: Path, environment: dict[str, str]) -> list[dict]:
    """The dependencies that Renovate finds and looks up, each with what the configuration makes of it."""
    run("renovate-config-validator", "--strict", cwd=repository, env=environment)
    logging = {"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "RENOVATE_BASE_DIR": str(CACHE / "work")}
    printed = run("renovate", "--platform=local", "--dry-run=extract", cwd=repository, env=environment | logging)
    (extracted,) = [one["packageFiles"] for one in map(json.loads, printed.splitlines()) if "packageFiles" in one]
    dependencies = [
        {"manager": manager, "packageFile": file["packageFile"], "packageName": one.get("depName"), **one}
        for manager, files in extracted.items()
        for file in files
        for one in file["deps"]
        if one.get("skipReason") != "path-dependency"
    ]
    config = json.loads((repository / "renovate.json").read_text())
    done = subprocess.run(
        ["node", ROOT / "tests/renovate/rules.mjs", CACHE / "node_modules/renovate"],
        env=environment,
        input=json.dumps({"config": config, "found": dependencies}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


# --- This repository ---


@pytest.fixture(scope="module")
def of_repository(sources: Path, environment: dict[str, str]) -> list[dict]:
    return found(sources, environment)


def test_each_pin_that_moves_by_itself_is_found_once_and_no_other(of_repository: list[dict]) -> None:
    of_pins = [one for one in of_repository if one["packageFile"] == "extensions/pins.yml"]
    current = pinned(PINS.read_text(), "current")
    assert sorted((one["datasource"], one["depName"], one["currentValue"]) for one in of_pins) == sorted(
        (source, package, current[tool]) for tool, (source, package) in MOVING.items()
    )



def test_each_dependency_is_in_one_group(sources: Path, of_repository: list[dict]) -> None:
    assert [(one["packageFile"], one["depName"]) for one in of_repository if len(one["groups"]) != 1] == []
    files = {
        group: {one["packageFile"] for one in of_repository if one["groups"] == [group]}
        for group in groups(of_repository)
    }
    assert files == {
        "pins": {"extensions/pins.yml"},
        "actions": {
            path.relative_to(sources).as_posix()
            for folder in [sources, sources / "template"]
            for path in folder.glob(".github/workflows/*.yml")
        },
        "Python packages": {"pyproject.toml"},
        "benchmark contestants": {
            "lab/benchmarks/contestants/assemblyscript/package.json",
            "lab/benchmarks/contestants/exifr/package.json",
            "lab/benchmarks/contestants/workers-rs/Cargo.toml",
        },
        "crates of the platform": {"template/{{ crate_name }}/platform/Cargo.toml"},
        "fuzzing": {"lab/reliability/fuzz/Cargo.toml"},
        "Renovate": {"tests/renovate/package.json"},
        "axe-core": {"tests/axe/package.json"},
    }


def groups(dependencies: list[dict]) -> set[str]:
    return {group for one in dependencies for group in one["groups"]}


def test_what_needs_more_than_a_new_number_is_opened_on_demand(of_repository: list[dict]) -> None:
    assert groups([one for one in of_repository if one["onDemand"]]) == {"pins", "benchmark contestants"}
    held = [(one["depName"], one["allowedVersions"]) for one in of_repository if one.get("allowedVersions")]
    assert held == [("pytest", "<9.2")]


# --- A generated project ---

ACTION = "jobs:\n  a:\n    steps:\n      - uses: actions/upload-artifact@v4.0.0\n"


def test_the_template_moves_its_pins_and_renovate_what_the_user_added(
    template: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    answers = (project / ".copier-answers.yml").read_text()
    assert f"_src_path: {template}\n" in answers
    (project / ".copier-answers.yml").write_text(
        answers.replace(str(template), "https://github.com/org/wasm-worker-template")
    )
    manifest = project / "worker/package.json"
    manifest.write_text(
        manifest.read_text().replace('"devDependencies"', '"dependencies": { "hono": "4.0.0" },\n  "devDependencies"')
    )
    crate = project / "my_worker/Cargo.toml"
    crate.write_text(crate.read_text().replace("[dependencies]", '[dependencies]\nitoa = "=1.0.0"'))
    (project / ".github/workflows/mine.yml").write_text(ACTION)
    commit(project, "Add three dependencies")

    dependencies = found(project, environment)
    assert {(one["packageFile"], one["depName"]) for one in dependencies if one["enabled"]} == {
        (".copier-answers.yml", "https://github.com/org/wasm-worker-template"),
        ("worker/package.json", "hono"),
        ("my_worker/Cargo.toml", "itoa"),
        (".github/workflows/mine.yml", "actions/upload-artifact"),
    }
    assert {one["packageFile"] for one in dependencies if not one["enabled"]} == {
        "worker/package.json",
        "my_worker/Cargo.toml",
        "my_worker/platform/Cargo.toml",
        "rust-toolchain.toml",
        ".github/workflows/ci.yml",
    }
