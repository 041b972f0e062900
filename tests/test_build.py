"""build.sh where things go wrong around it: another one at work, tools in the way, no network, no room, no home."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from conftest import Projects
from helpers import build_sh, eventually, files, run, serve

pytestmark = pytest.mark.xdist_group("variants")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
GOES_ON = "What stands above says why; with that mended, the same command goes on from there"


@pytest.fixture
def project(projects: Projects) -> Iterator[Path]:
    """A project that is built and tested, and put back as it was."""
    project = projects.tested("current", "balanced", "snake_case")
    yield project
    run("git", "checkout", "--quiet", ".", cwd=project)


def module(project: Path) -> bytes:
    return (project / "my_worker/pkg/my_worker_bg.wasm").read_bytes()


def edit(project: Path) -> None:
    """Changes what the module is made of as it never was, and nothing that it does."""
    text = project / "my_worker/src/text.rs"
    text.write_text(f"{text.read_text()}// {secrets.token_hex()}\n")


def apart(project: Path, script: str, *words: str | Path, kind: str = "--mount", **environment: str) -> str:
    """Runs a script as root of a namespace of its own, in which it may mount, or has no network."""
    command = ["unshare", "--map-root-user", kind, "bash", "-e", "-c", script, "bash", *words]
    return run(*command, cwd=project, env=os.environ | environment)


def test_of_two_at_once_the_second_says_why_it_waits(project: Path) -> None:
    before = module(project)
    edit(project)
    both = [
        subprocess.Popen(["./build.sh", "build"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    printed = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert sorted(f"Waiting for another build.sh, process {one.pid}" in printed[1 - i] for i, one in enumerate(both)) == [
        False,
        True,
    ]
    assert sorted("Building my_worker/pkg" in text for text in printed) == [False, True]
    assert module(project) == before
    assert not (project / ".build.lock").exists()


def test_a_copy_of_a_project_is_built_from_its_own_sources(project: Path, tmp_path: Path) -> None:
    run("cp", "-a", project, tmp_path / "copy", cwd=tmp_path)
    assert "Building my_worker/pkg" in build_sh(tmp_path / "copy", "build")


@pytest.mark.parametrize("owner", ["999999999\n", ""], ids=["gone", "killed before it wrote"])
def test_the_lock_of_a_build_that_was_killed_counts_for_nothing(project: Path, owner: str) -> None:
    (project / ".build.lock").write_text(owner)
    assert "Waiting" not in build_sh(project, "build")
    assert not (project / ".build.lock").exists()


def test_tools_of_other_versions_on_the_path_are_not_used(project: Path, tmp_path: Path) -> None:
    for tool in ["rustc", "cargo", "wasm-pack", "wasm-bindgen", "wasm-opt", "wrangler", "tsc", "vitest"]:
        (tmp_path / tool).write_text("#!/bin/sh\necho $0 9.9.9; exit 1\n")
        (tmp_path / tool).chmod(0o755)
    edit(project)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert "9.9.9" not in build_sh(project, "check", PATH=path)
    assert "Building my_worker/pkg" in build_sh(project, "build", PATH=path)


def test_a_packages_lock_that_disagrees_is_reported(project: Path) -> None:
    manifest = project / "worker/package.json"
    manifest.write_text(manifest.read_text().replace('"devDependencies"', '"dependencies": { "hono": "4.0.0" },\n  "devDependencies"'))
    printed = build_sh(project, "setup", status=1, CI="true")
    assert "package.json has other versions than package-lock.json" in printed
    assert "commit worker/package-lock.json" in printed
    assert run("git", "status", "--porcelain", cwd=project) == " M worker/package.json\n"


def test_a_crates_lock_that_disagrees_is_reported(project: Path) -> None:
    manifest = project / "my_worker/Cargo.toml"
    manifest.write_text(manifest.read_text().replace("[dependencies]", '[dependencies]\nitoa = "=1.0.0"'))
    printed = build_sh(project, "setup", status=1, CI="true")
    assert "Cargo.toml wants other crates than Cargo.lock" in printed
    assert run("git", "status", "--porcelain", cwd=project) == " M my_worker/Cargo.toml\n"


def test_wrangler_dev_goes_on_with_the_last_module_when_a_build_fails(project: Path) -> None:
    before = module(project)
    text = project / "my_worker/src/text.rs"
    log = project / "dev.log"
    with serve(project) as url:
        text.write_text(text.read_text().replace("chars::count(", "chars::cuont("))
        assert eventually(lambda: "wrangler dev goes on with the last module that was built" in log.read_text())
        printed = log.read_text()
        assert eventually(lambda: "updated and ready" in log.read_text())
        request = Request(url, json.dumps({"text": "hello", "max_length": 3}).encode())
        request.add_header("content-type", "application/json")
        with urlopen(request, timeout=10) as answer:
            assert json.load(answer)["processed_text"] == "hel"
    assert "cannot find function `cuont` in module `chars`" in printed
    assert f"failed at: Building my_worker/pkg. {GOES_ON}" in printed
    assert "ERROR" not in printed
    assert module(project) == before
    assert GOES_ON in build_sh(project, "build", status=1)
    assert GOES_ON in build_sh(project, "build", status=1, WRANGLER_COMMAND="deploy")


@on_linux
def test_help_that_cannot_be_written_is_a_failure_of_its_own(project: Path) -> None:
    assert "cmd_help" not in run("bash", "-c", "./build.sh --help >/dev/full", cwd=project, status=1)


@on_linux
def test_a_build_needs_no_network(project: Path) -> None:
    edit(project)
    assert "Building my_worker/pkg" in apart(project, "./build.sh build", kind="--net")


@on_linux
def test_without_network_setup_says_what_it_was_at_and_goes_on_later(project: Path, tmp_path: Path) -> None:
    offline = {"npm_config_fetch_retries": "0", "npm_config_cache": str(tmp_path / "npm")}
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", project, clone, cwd=tmp_path)
    printed = apart(clone, "! ./build.sh setup", kind="--net", **offline)
    assert f"failed at: Installing the npm packages of worker/ (a minute when they are not cached). {GOES_ON}" in printed
    assert not (clone / "worker/node_modules/.stamp").exists()


@on_linux
def test_a_full_disk_leaves_nothing_that_a_later_run_trusts(project: Path, tmp_path: Path) -> None:
    edit(project)
    small = 'mount -t tmpfs -o size=1m tmpfs "$1"; export CARGO_TARGET_DIR=$1; ! ./build.sh build'
    printed = apart(project, small, tmp_path)
    assert f"failed at: Building my_worker/pkg. The disk at {tmp_path} is full. {GOES_ON}" in printed
    assert not (project / "my_worker/pkg/stamp").exists()
    assert "Building my_worker/pkg" in build_sh(project, "build")


@on_linux
def test_a_full_cache_of_tools_leaves_no_tool_by_half(project: Path, tmp_path: Path) -> None:
    small = 'mount -t tmpfs -o size=1m tmpfs "$1"; export XDG_CACHE_HOME=$1; ! ./build.sh setup; ls "$1/wasm-worker"'
    printed = apart(project, small, tmp_path)
    assert f"The disk at {tmp_path} is full. {GOES_ON}" in printed
    assert printed.splitlines()[-1] == "staging"


@on_linux
def test_a_folder_that_cannot_be_written_is_named(project: Path) -> None:
    edit(project)
    before = files(project / "my_worker/pkg")
    printed = apart(project, 'mount --bind -o ro . .; cd "$PWD"; ! ./build.sh build')
    assert "build.sh: cannot write to .: it is read-only or not yours" in printed
    assert files(project / "my_worker/pkg") == before


def test_without_a_home_it_says_what_to_name(project: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    printed = run("./build.sh", "check", cwd=project, env=environment, status=1)
    assert "HOME: is not set: name a home directory, or XDG_CACHE_HOME" in printed
