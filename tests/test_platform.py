"""The platform where it stands in the template, its crate and its TypeScript: without Jinja, so that every tool reads it
in place, and held here to what a project's own code is held to. A project does not test it once more.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import EACH, Projects
from helpers import ROOT, build_sh, files, run, with_tools

PLATFORM = ROOT / "template/{{ crate_name }}/platform"
ROOM = ROOT / "template/worker/platform"
FEATURES = ["", "fast-text", "faults", "fast-text,faults"]


def test_nothing_in_it_has_jinja() -> None:
    template = ROOT / "template"
    paths = [path for path in template.rglob("platform/**/*") if path.is_file()]
    assert {PLATFORM / "src/lib.rs", ROOM / "index.ts", ROOT / "template/worker/public/platform/playground.js"} <= {*paths}
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


# Each feature with it and without it; that each combination compiles, Clippy tells.
@pytest.mark.parametrize("features", [FEATURES[0], FEATURES[-1]], ids=lambda features: features or "plain")
def test_it_passes_its_tests(workspace: Path, features: str) -> None:
    chosen = ["--package=wasm-worker-platform", f"--features={features}"]
    assert "test result: ok." in cargo(workspace, "test", "--locked", *chosen, RUSTFLAGS="--deny=warnings")


@EACH
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


# --- Its TypeScript ---

def test_a_project_gets_it_byte_for_byte_without_its_tests(projects: Projects) -> None:
    ours = {name: text for name, text in files(ROOM).items() if not name.startswith("unit/")}
    sentry = projects.tested("current", reporting="sentry") / "worker/platform"
    logs = projects.tested("current") / "worker/platform"
    assert {name: text for name, text in files(sentry).items() if name != "build.json"} == ours
    ours.pop("sentry.ts")
    assert {name: text for name, text in files(logs).items() if name != "build.json"} == ours
    # Whoever imports it has it send.
    assert ["x-sentry-auth" in (room.parent / "dist/index.js").read_text() for room in (sentry, logs)] == [True, False]


@EACH
def test_its_types_are_right_in_place(tested: Path, tmp_path: Path) -> None:
    worker = tmp_path / "worker"
    worker.mkdir()
    for name in ["src", "test", "bench", "package.json", "tsconfig.json"]:
        run("cp", "-r", tested / "worker" / name, worker, cwd=tmp_path)
    (worker / "node_modules").symlink_to(tested / "worker/node_modules")
    (worker / "platform").symlink_to(ROOM)
    (worker / "platform.json").write_text(
        '{"extends": "./test/tsconfig.json", "compilerOptions": {"lib": ["es2024"], "preserveSymlinks": true},'
        ' "include": ["platform/*", "platform/test", "platform/bench"]}'
    )
    assert not (ROOM / "build.json").exists()
    with_tools(tested, f"tsc --project '{worker}/platform.json'")


@EACH
def test_an_editor_finds_the_settings_of_each_file(tested: Path) -> None:
    worker = tested / "worker"
    for settings in ["tsconfig.json", *(path.relative_to(worker) for path in worker.glob("platform/*/tsconfig.json"))]:
        listed = with_tools(tested, f"tsc --project {settings} --listFilesOnly").splitlines()
        folder = (worker / settings).parent if settings != "tsconfig.json" else worker / "platform"
        assert [path for path in folder.glob("*.ts") if not any(Path(line).samefile(path) for line in listed)] == []


@pytest.fixture
def room(tested: Path) -> Iterator[Path]:
    """A project whose platform has all that the template's has: its tests, and what stands there for some answers alone."""
    platform = tested / "worker/platform"
    only_here = [platform / "unit", platform / "sentry.ts", tested / "worker/dist-unit"]
    shutil.copytree(ROOM, platform, dirs_exist_ok=True)
    yield tested
    for path in only_here:
        run("rm", "-rf", path, cwd=tested)


def test_its_typescript_passes_its_tests(room: Path) -> None:
    build_sh(room, "bundles")
    entry = "platform/unit/worker/index.ts"
    build_sh(room, "wrangler", "deploy", "--dry-run", "--upload-source-maps", "--outdir=dist-unit", entry)
    told = room / "worker/dist-unit/told.json"
    report = f"--reporter=json --outputFile='{told}'"
    with_tools(room, "tsc --project platform/unit", f"vitest run platform/unit {report}")
    numbers = json.loads(told.read_text())
    assert (numbers["numFailedTests"], numbers["numPendingTests"]) == (0, 0)
    assert numbers["numPassedTests"] > 300


def test_no_more_of_its_typescript_is_public_than_the_manual_says() -> None:
    lines = re.findall(r"^export (?:type )?\{ (.*) \} from", (ROOM / "index.ts").read_text(), re.MULTILINE)
    assert sorted(name.removeprefix("type ") for line in lines for name in line.split(", ")) == [
        *("Call", "Context", "Crash", "Endpoint", "Env", "ErrorAnswer", "ErrorCode", "Failed", "Failure", "Handler"),
        *("Handlers", "HttpRefusal", "Instance", "KEPT_BYTES", "Method", "Misuse", "Refusal", "Routes", "Send", "Told"),
        *("answer", "answerTo", "attempt", "bodyLimit", "defineRoutes", "instantiate", "isDevelopment", "joined", "jsonHandler"),
        *("readBody", "report", "reportTo", "requireJson", "serve"),
    ]
