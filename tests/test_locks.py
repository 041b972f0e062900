"""The lock files: those of a named pin set are whole and agree with it, an update leaves them alone, and setup renews in
them what must change and no more.
"""

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import copier
import pytest
import tomli
from conftest import CANDIDATE, Projects
from helpers import ALL, NAMED_PIN_SETS, ROOT, build_sh, choices, commit, render, run, share_builds
from macros import pins
from test_update import TRIED, start

from maintenance import locks

CRATES, PACKAGES = Projects.LOCKS
CARGO = os.environ | {"RUSTUP_TOOLCHAIN": pins.SETS["current"]["rust"]}


# --- Those that are shipped ---


@pytest.fixture(
    scope="module", params=[(chosen, example) for chosen in NAMED_PIN_SETS for example in choices("example")]
)
def project(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project of each named pin set and example."""
    answers = dict(zip(["pins", "example"], request.param, strict=True)) | {"license": "Apache-2.0"}
    return render(template, tmp_path_factory.mktemp("locks") / "project", answers, CANDIDATE)


def packages(project: Path) -> dict[str, dict]:
    """npm's lock, by the path of each package."""
    return json.loads((project / PACKAGES).read_text())["packages"]


def npm_takes(worker: Path, status: int = 0) -> str:
    return run("npm", "ci", "--dry-run", "--offline", "--no-audit", "--no-fund", cwd=worker, status=status)


def test_there_are_no_other_lock_files_in_the_repository() -> None:
    assert sorted(path for path in locks.FOLDER.rglob("*") if path.is_file()) == sorted(locks.files())


def test_npm_installs_from_the_lock(project: Path) -> None:
    manifest, root = json.loads((project / "worker/package.json").read_text()), packages(project)[""]
    npm_takes(project / "worker")
    assert root == {name: manifest[name] for name in ["name", "version", "license", "devDependencies", "engines"]}
    wanted = manifest["devDependencies"]
    assert {name: packages(project)[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_cargo_takes_the_lock_as_it_is(project: Path) -> None:
    run("cargo", "metadata", "--locked", "--format-version=1", cwd=project / "my_worker", env=CARGO)


@pytest.mark.parametrize("crate", ["aaa", "quote", "syn", "zzz"])
def test_cargo_would_write_it_so_whatever_the_crate_is_called(template: Path, tmp_path: Path, crate: str) -> None:
    folder = render(template, tmp_path / "project", {"crate_name": crate}, CANDIDATE) / crate
    before = (folder / "Cargo.lock").read_text()
    run("cargo", "update", "--workspace", cwd=folder, env=CARGO)
    assert (folder / "Cargo.lock").read_text() == before


def test_a_lock_names_no_host(project: Path) -> None:
    assert [path for path, one in packages(project).items() if "resolved" in one] == []
    sources = {one.get("source") for one in tomli.loads((project / CRATES).read_text())["package"]}
    # Cargo's name for where crates come from, mirrored or not.
    assert sources == {None, "registry+https://github.com/rust-lang/crates.io-index"}


def lacking(locked: Mapping[str, dict]) -> list[str]:
    """What packages ask for, each other platform's too, and the lock does not have."""

    def found(path: str, name: str) -> bool:
        folders = path.split("/node_modules/") if path else []
        nested = ["/node_modules/".join([*folders[:depth], name]) for depth in range(1, len(folders) + 1)]
        return bool({f"node_modules/{name}", *nested} & locked.keys())

    return [
        f"{path}: {name}"
        for path, one in locked.items()
        for group in ["dependencies", "optionalDependencies"]
        for name in one.get(group, {})
        if not found(path, name)
    ]


def test_a_lock_has_what_every_platform_needs(project: Path) -> None:
    locked = packages(project)
    assert lacking(locked) == []
    assert [path for path, one in locked.items() if path and "integrity" not in one] == []
    others = {path for path, one in locked.items() if one.get("os") in (["win32"], ["darwin"])}
    assert len(others) > 10


def test_a_lock_without_another_platforms_package_is_found(project: Path, tmp_path: Path) -> None:
    left_out = next(path for path, one in packages(project).items() if one.get("os") == ["win32"])
    for name in ["package.json", "package-lock.json", ".npmrc"]:
        (tmp_path / name).write_bytes((project / "worker" / name).read_bytes())
    lock = json.loads((tmp_path / "package-lock.json").read_text())
    del lock["packages"][left_out]
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    assert lacking(lock["packages"])
    npm_takes(tmp_path, status=1)


@pytest.mark.xdist_group("variants")
def test_the_crates_of_the_lock_build_on_the_oldest_rust(projects: Projects, template: Path, tmp_path: Path) -> None:
    answers = {"pins": "custom", "rust_version": pins.RUST_FLOOR}
    project = render(template, tmp_path / "project", answers, CANDIDATE)
    assert [lock for lock in Projects.LOCKS if (project / lock).exists()] == []
    other = projects.quick
    for lock in Projects.LOCKS:
        (project / lock).write_bytes((other / lock).read_bytes())
    share_builds(other, project)
    projects.compile_quickly(project)
    build_sh(project, "setup")
    command, says = ([], "my_worker is built and tested") if ALL else (["build"], ">>> Building my_worker/pkg")
    assert says in build_sh(project, *command)
    assert (project / CRATES).read_bytes() == (other / CRATES).read_bytes()


# --- An update ---


@pytest.mark.parametrize("release", [*TRIED, CANDIDATE])
@pytest.mark.parametrize("answers", [{}, {"pins": "article", "license": "Apache-2.0", "project_name": "other"}])
def test_an_update_leaves_the_locks_alone(
    template: Path, tmp_path: Path, release: str, answers: dict[str, str]
) -> None:
    project = start(template, tmp_path / "project", release)
    mine = {lock: f"mine, of {lock}\n" for lock in Projects.LOCKS}
    for lock, text in mine.items():
        (project / lock).write_text(text)
    commit(project, "Lock")
    copier.run_update(project, data=answers, vcs_ref=CANDIDATE, defaults=True, overwrite=True, quiet=True)
    assert {lock: (project / lock).read_text() for lock in Projects.LOCKS} == mine


# --- What setup does with them ---

SCRIPT = """
say() { echo "$1"; }
stop() { shift; echo "$*"; exit 1; }
source scripts/tools.sh
"""


def tools_sh(project: Path, function: str, crate: str = "my_worker", status: int = 0, **environment: str) -> str:
    """Runs a function of scripts/tools.sh."""
    environment = CARGO | {"CRATE": crate, "CI": ""} | environment
    return run("bash", "-e", "-c", f"{SCRIPT}{function}", cwd=project, env=environment, status=status)


def test_a_crate_of_another_name_or_version_keeps_its_crates(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project")
    (project / "my_worker").rename(project / "engine")
    manifest = project / "engine/Cargo.toml"
    manifest.write_text(
        manifest.read_text().replace('name = "my_worker"', 'name = "engine"').replace('"0.1.0"', '"0.2.0"', 1)
    )
    lock = project / "engine/Cargo.lock"
    before = lock.read_text()
    assert "commit engine/Cargo.lock" in tools_sh(project, "lock_crates", "engine", status=1, CI="true")
    assert lock.read_text() == before

    assert "renewing what must change. Commit it" in tools_sh(project, "lock_crates", "engine")

    old, new = (
        {(one["name"], one["version"]) for one in tomli.loads(text)["package"]} for text in [before, lock.read_text()]
    )
    assert (old - new, new - old) == ({("my_worker", "0.1.0")}, {("engine", "0.2.0")})
    assert "renewing" not in tools_sh(project, "lock_crates", "engine", CI="true")


LOCK = {"": {"dependencies": {"a": "1.0.0"}}, "node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"}}
OPTIONAL = LOCK | {"node_modules/b": {"version": "1.0.0", "optional": True}}


def optional_of(**platforms: list[str]) -> dict:
    """A lock with an optional package for some platforms."""
    return LOCK | {"node_modules/b": OPTIONAL["node_modules/b"] | platforms}


EVERY_SYSTEM = ["darwin", "linux", "win32"]
INSTALLED = {"node_modules/a": LOCK["node_modules/a"]}
STATES = {
    "as locked": ("1.0.0", LOCK, INSTALLED, "1.0.0", "locked"),
    "without an optional one": ("1.0.0", OPTIONAL, INSTALLED, "1.0.0", "locked"),
    "without one of another system": ("1.0.0", optional_of(os=["sunos"]), INSTALLED, "1.0.0", "locked"),
    "without one of other systems": (
        *("1.0.0", optional_of(os=[f"!{name}" for name in EVERY_SYSTEM]), INSTALLED, "1.0.0", "locked"),
    ),
    "without one of another C library": (
        *("1.0.0", optional_of(os=EVERY_SYSTEM, libc=["other"]), INSTALLED, "1.0.0", "locked"),
    ),
    "without one of this system": ("1.0.0", optional_of(os=EVERY_SYSTEM), INSTALLED, "1.0.0", "stale"),
    "without one of all processors but one": ("1.0.0", optional_of(cpu=["!other"]), INSTALLED, "1.0.0", "stale"),
    "without one of this C library": (
        *("1.0.0", optional_of(os=["linux"], libc=["glibc", "musl"]), INSTALLED, "1.0.0", "stale"),
    ),
    "another one too": ("1.0.0", LOCK, INSTALLED | {"node_modules/c": {"version": "1.0.0"}}, "1.0.0", "locked"),
    "no lock": ("1.0.0", None, INSTALLED, "1.0.0", "unlocked"),
    "another package.json": ("1.1.0", LOCK, INSTALLED, "1.0.0", "outdated"),
    "nothing installed": ("1.0.0", LOCK, None, None, "stale"),
    "interrupted before npm's list": ("1.0.0", LOCK, None, "1.0.0", "stale"),
    "interrupted before a package": ("1.0.0", LOCK, INSTALLED, None, "stale"),
    "interrupted after a package": ("1.0.0", LOCK, INSTALLED, "1.1.0", "stale"),
    "another one installed": (
        *("1.0.0", LOCK, {"node_modules/a": {"version": "1.1.0", "integrity": "sha512-b"}}, "1.1.0", "stale"),
    ),
    "of another content": ("1.0.0", LOCK, {"node_modules/a": {"version": "1.0.0", "integrity": "b"}}, "1.0.0", "stale"),
    "one that is missing": ("1.0.0", LOCK, {}, "1.0.0", "stale"),
}


@pytest.mark.parametrize(("asked", "locked", "listed", "there", "state"), STATES.values(), ids=STATES)
def test_the_packages_are_compared_with_the_lock(
    tmp_path: Path, asked: str, locked: dict | None, listed: dict | None, there: str | None, state: str
) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts/packages.mjs"
    script.write_bytes((ROOT / "template/scripts/packages.mjs").read_bytes())
    written = {
        "package.json": {"dependencies": {"a": asked}},
        "package-lock.json": locked and {"packages": locked},
        "node_modules/.package-lock.json": None if listed is None else {"packages": listed},
        "node_modules/a/package.json": there and {"version": there},
    }
    for name, content in written.items():
        (tmp_path / "worker" / name).parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            (tmp_path / "worker" / name).write_text(json.dumps(content))
    assert run("node", script, cwd=tmp_path) == f"{state}\n"


class Registry(BaseHTTPRequestHandler):
    """An npm registry whose package `asks` wants, from 2.0.0 on, an optional one that is not to be had."""

    def do_GET(self) -> None:
        versions = {
            version: {"name": "asks", "version": version, "dist": {"integrity": "sha512-a", "tarball": "http://x/"}}
            | more
            for version, more in [("1.0.0", {}), ("2.0.0", {"optionalDependencies": {"lacking": "1.0.0"}})]
        }
        self.send_response(200 if self.path == "/asks" else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"name": "asks", "versions": versions, "dist-tags": {"latest": "2.0.0"}}).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[dict[str, str]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever).start()
        yield {
            "npm_config_registry": f"http://127.0.0.1:{server.server_port}",
            "npm_config_cache": str(tmp_path / "cache"),
        }
        server.shutdown()


@pytest.mark.parametrize("before", [None, "mine"], ids=["made", "renewed"])
def test_a_lock_that_npm_would_not_install_from_is_not_taken(
    template: Path, tmp_path: Path, registry: dict[str, str], before: str | None
) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    (project / "worker/package.json").write_text('{ "dependencies": { "asks": "2.0.0" } }')
    lock, listed = project / PACKAGES, project / "worker/node_modules/.package-lock.json"
    lock.unlink()
    listed.parent.mkdir()
    listed.write_text("as it was\n")
    if before:
        lock.write_text('{ "lockfileVersion": 3, "packages": {} }\n')
    locked = lock.read_text() if before else None

    printed = tools_sh(project, "lock_npm_packages", status=1, **registry)

    assert re.search(
        r"npm would not install from the lock that it makes: Missing: lacking@\S* from lock file; ", printed
    )
    assert "write an older version of the package that asks for it, then run ./build.sh setup again" in printed
    assert (lock.read_text() if lock.exists() else None) == locked
    assert listed.read_text() == "as it was\n"

    (project / "worker/package.json").write_text('{ "dependencies": { "asks": "1.0.0" } }')
    tools_sh(project, "lock_npm_packages", **registry)
    assert packages(project)["node_modules/asks"]["version"] == "1.0.0"
    assert listed.read_text() == "as it was\n"
