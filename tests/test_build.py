"""build.sh where things go wrong around it: another one at work, tools in the way, no network, no room, no home."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from conftest import Projects
from helpers import build_sh, commit, eventually, files, run, serve, with_tools

pytestmark = pytest.mark.xdist_group("variants")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
GOES_ON = "What stands above says why; with that mended, the same command goes on from there"


@pytest.fixture
def project(projects: Projects) -> Path:
    """A project that is built and tested, to be changed."""
    return projects.quick_copy()


@pytest.fixture
def above(project: Path) -> Path:
    """Where Cargo's configuration of a folder above the project stands."""
    configuration = project.parent / ".cargo/config.toml"
    configuration.parent.mkdir()
    return configuration


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
        subprocess.Popen(
            ["./build.sh", "build"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    printed = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert sorted(
        f"Waiting for another build.sh, process {one.pid}" in printed[1 - i] for i, one in enumerate(both)
    ) == [
        False,
        True,
    ]
    assert sorted("Compiling my_worker" in text for text in printed) == [False, True]
    assert module(project) == before
    assert not (project / ".build.lock").exists()


def test_a_copy_of_a_project_is_built_from_its_own_sources(project: Path, tmp_path: Path) -> None:
    run("cp", "-a", project, tmp_path / "copy", cwd=tmp_path)
    edit(tmp_path / "copy")
    assert "Compiling my_worker" in build_sh(tmp_path / "copy", "build")


def test_a_project_is_built_through_a_link_to_it(project: Path, tmp_path: Path) -> None:
    before = module(project)
    (tmp_path / "link").symlink_to(project)
    edit(project)
    assert "Compiling my_worker" in build_sh(tmp_path / "link", "build")
    assert module(project) == before


def test_javascript_that_the_crate_brings_is_that_of_its_last_build(project: Path) -> None:
    text = project / "my_worker/src/text.rs"
    before = text.read_text()
    snippets = project / "my_worker/pkg/snippets"
    for answer in ["one", "another"]:
        inline = f'inline_js = "export function answer() {{ return {answer!r}; }}"'
        code = "#[allow(dead_code)]\nunsafe extern \"C\" {\n    fn answer() -> String;\n}\n"
        text.write_text(f"{before}\n#[wasm_bindgen::prelude::wasm_bindgen({inline})]\n{code}")
        build_sh(project, "build")
        assert [answer in script.read_text() for script in snippets.glob("*/*.js")] == [True]
    text.write_text(before)
    build_sh(project, "build")
    assert not snippets.exists()


@pytest.mark.parametrize("owner", ["999999999\n", ""], ids=["gone", "killed before it wrote"])
def test_the_lock_of_a_build_that_was_killed_counts_for_nothing(project: Path, owner: str) -> None:
    (project / ".build.lock").write_text(owner)
    assert "Waiting" not in build_sh(project, "build")
    assert not (project / ".build.lock").exists()


@pytest.mark.parametrize("holder", ["itself", "another program"])
def test_a_lock_whose_number_somebody_else_has_now_counts_for_nothing(project: Path, holder: str) -> None:
    number = "$$" if holder == "itself" else str(os.getpid())
    printed = run("bash", "-c", f"echo {number} >.build.lock; exec ./build.sh build", cwd=project)
    assert "Waiting" not in printed
    assert not (project / ".build.lock").exists()


def test_a_lock_that_cannot_be_read_is_named(project: Path) -> None:
    lock = project / ".build.lock"
    lock.mkdir()
    printed = build_sh(project, "build", status=1)
    lock.rmdir()
    assert "cannot read ./.build.lock" in printed


def test_wrangler_uploads_nothing_while_another_build_goes_on(project: Path) -> None:
    with subprocess.Popen(["bash", "-c", "echo $$ >.build.lock; exec -a build.sh sleep 3"], cwd=project):
        assert eventually((project / ".build.lock").exists)
        printed = build_sh(project, "wrangler", "deploy", "--dry-run", "--outdir=uploaded")
    shutil.rmtree(project / "worker/uploaded")
    assert "Waiting for another build.sh" in printed
    assert not (project / ".build.lock").exists()


# As npm of old, which installs nothing when it is asked whether it would, and has emptied the folder.
OLD_NPM = '#!/bin/sh\ncase "$*" in --version) echo 9.2.0 ;; *) rm -rf node_modules ;; esac\n'


def test_an_npm_that_cannot_be_asked_is_not_asked(project: Path, tmp_path: Path) -> None:
    (tmp_path / "npm").write_text(OLD_NPM)
    (tmp_path / "npm").chmod(0o755)
    (project / "worker/node_modules/.agreed").unlink(missing_ok=True)
    printed = build_sh(project, "check", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "npm packages   locked         locked         ok" in printed
    assert (project / "worker/node_modules/wrangler").exists()


def test_tools_of_other_versions_on_the_path_are_not_used(project: Path, tmp_path: Path) -> None:
    for tool in ["rustc", "cargo", "wasm-pack", "wasm-bindgen", "wasm-opt", "wrangler", "tsc", "vitest"]:
        (tmp_path / tool).write_text("#!/bin/sh\necho $0 9.9.9; exit 1\n")
        (tmp_path / tool).chmod(0o755)
    edit(project)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert "9.9.9" not in build_sh(project, "check", PATH=path)
    assert "Compiling my_worker" in build_sh(project, "build", PATH=path)


def test_npm_run_is_build_sh(project: Path) -> None:
    """With its arguments, and without a word on what npm itself puts into the environment."""
    for script, argument in [("build", []), ("dev", ["--help"])]:
        printed = run("npm", "run", script, "--", *argument, cwd=project / "worker")
        assert f"> bash ../build.sh {script}" in printed
        assert "is set, but not used" not in printed
        assert not argument or "wrangler dev [script]" in printed


def test_a_packages_lock_that_disagrees_is_reported(project: Path) -> None:
    manifest = project / "worker/package.json"
    manifest.write_text(
        manifest.read_text().replace('"devDependencies"', '"dependencies": { "hono": "4.0.0" },\n  "devDependencies"')
    )
    printed = build_sh(project, "setup", status=1, CI="true")
    assert "package.json has other versions than package-lock.json" in printed
    assert "commit worker/package-lock.json" in printed
    assert run("git", "status", "--porcelain", cwd=project) == " M worker/package.json\n"


@pytest.mark.parametrize("command", ["setup", "build"])
def test_a_crates_lock_that_disagrees_is_reported(project: Path, command: str) -> None:
    manifest = project / "my_worker/Cargo.toml"
    manifest.write_text(manifest.read_text().replace("[dependencies]", '[dependencies]\nitoa = "=1.0.0"'))
    printed = build_sh(project, command, status=1, CI="true")
    assert "Cargo.toml wants other crates than Cargo.lock" in printed
    assert run("git", "status", "--porcelain", cwd=project) == " M my_worker/Cargo.toml\n"


@pytest.mark.parametrize("command", ["setup", "build"])
def test_a_manifest_that_cargo_cannot_read_is_no_matter_of_the_lock(project: Path, command: str) -> None:
    manifest = project / "my_worker/Cargo.toml"
    manifest.write_text(manifest.read_text() + "[\n")
    printed = build_sh(project, command, status=1, CI="true")
    assert "Cargo cannot tell what my_worker is made of: error: " in printed
    assert "Cargo.lock" not in printed


def test_what_its_owner_installs_or_adds_needs_no_setup(project: Path) -> None:
    install = ["npm", "install", "--save-exact", "--no-audit", "--no-fund", "hono@4.0.0"]
    run(*install, cwd=project / "worker")
    manifest = project / "my_worker/Cargo.toml"
    # By hand, for `cargo add` writes the lock too.
    manifest.write_text(
        manifest.read_text().replace("[dependencies]", '[dependencies]\nitoa = "=1.0.0"').replace('"0.1.0"', '"0.2.0"', 1)
    )
    commit(project, "My own")

    printed = build_sh(project, "build")

    assert "Cargo.toml wants other crates than Cargo.lock: renewing what must change. Commit it" in printed
    assert run("git", "status", "--porcelain", cwd=project) == " M my_worker/Cargo.lock\n"
    changed = re.findall(r'^([-+]\w+) = "(.*)"', run("git", "diff", "--unified=0", cwd=project), re.M)
    assert [one for one in changed if one[0][1:] in ("name", "version")] == [
        *[("+name", "itoa"), ("+version", "1.0.0")],
        *[("-version", "0.1.0"), ("+version", "0.2.0")],
    ]
    assert "Installing" not in build_sh(project, "test", CI="true")


def test_dev_follows_rust_with_a_module_of_its_own_and_goes_on_with_the_last_when_a_build_fails(project: Path) -> None:
    before = module(project)
    text = project / "my_worker/src/text.rs"
    right, log = text.read_text(), project / "dev.log"

    def count(url: str) -> int:
        request = Request(url, json.dumps({"text": "hello", "max_length": 3}).encode())
        request.add_header("content-type", "application/json")
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)["character_count"]

    with serve(project) as url:
        text.write_text(right.replace("chars::count(", "chars::cuont("))
        assert eventually(lambda: "wrangler dev goes on with the last module that was built" in log.read_text())
        printed = log.read_text()
        assert eventually(lambda: "updated and ready" in log.read_text())
        assert count(url) == 3
        text.write_text(right.replace("chars::count(", "if cfg!(debug_assertions) { 40 } else { 0 } + chars::count("))
        assert eventually(lambda: count(url) == 43)
    assert "cannot find function `cuont` in module `chars`" in printed
    assert f"failed at: compiling my_worker. {GOES_ON}" in printed
    assert "ERROR" not in printed
    assert module(project) != before
    text.write_text(right)
    # Nothing else has changed since `dev` built.
    assert "Building my_worker/pkg" in build_sh(project, "build", WRANGLER_COMMAND="deploy")
    assert module(project) == before
    text.write_text(right.replace("chars::count(", "chars::cuont("))
    assert GOES_ON in build_sh(project, "build", status=1)
    assert GOES_ON in build_sh(project, "build", status=1, WRANGLER_COMMAND="deploy")


def test_dev_follows_the_typescript_of_the_platform(project: Path) -> None:
    health = project / "worker/platform/health.ts"
    with serve(project) as url:
        health.write_text(health.read_text().replace("no-store", "no-cache"))
        assert eventually(lambda: urlopen(f"{url}healthz", timeout=10).headers["cache-control"] == "no-cache", seconds=60)


def test_a_module_over_its_budget_takes_nobodys_place(project: Path) -> None:
    before = module(project)
    edit(project)
    (project / "my_worker/size-budget.txt").write_text("9\n")
    assert "the module is over its budget" in build_sh(project, "build", status=1)
    assert module(project) == before


# What each of them would do to the module: no SIMD, no optimisation, another compiler, other JavaScript.
VARIABLES = {
    "RUSTFLAGS": "-Dwarnings",
    "CARGO_ENCODED_RUSTFLAGS": "-Copt-level=0",
    "CARGO_BUILD_RUSTFLAGS": "-Copt-level=0",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS": "-Copt-level=0",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER": "false",
    "CARGO_BUILD_TARGET": "wasm32-wasip1",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS": "true",
    "CARGO_INCREMENTAL": "1",
    "RUSTC": "false",
    "CARGO_BUILD_RUSTC": "false",
    "WASM_BINDGEN_MULTI_VALUE": "1",
}


def test_variables_change_nothing_in_the_module_and_each_is_named(project: Path) -> None:
    before = module(project)
    edit(project)
    printed = build_sh(project, "build", **VARIABLES)
    assert "Compiling my_worker" in printed
    assert [name for name in VARIABLES if f"{name} is set, but not used" not in printed] == []
    assert module(project) == before


def test_a_wrapper_of_the_compiler_is_named(project: Path, above: Path) -> None:
    before = module(project)
    edit(project)
    assert "RUSTC_WRAPPER is set: env runs the compiler here" in build_sh(project, "build", RUSTC_WRAPPER="env")
    edit(project)
    above.write_text("build.rustc-wrapper = 'env'\n")
    printed = build_sh(project, "build")
    assert f"""another program runs the compiler here: build.rustc-wrapper = "env" # {above}""" in printed
    assert module(project) == before


CONFIGURATIONS = {
    "profile.release.opt-level": "profile.release.opt-level = 0",
    "target.wasm32-unknown-unknown.rustflags": 'target.wasm32-unknown-unknown.rustflags = ["-Copt-level=0"]',
    "cfg(all())": "target.'cfg(all())'.rustflags = '-Copt-level=0'",
    "build.target": "build.target = 'wasm32-wasip1'",
    "build.rustc": "build.rustc = 'false'",
    "resolver.lockfile-path": "resolver.lockfile-path = '/nowhere/Cargo.lock'",
    "alias.clippy": "alias.clippy = 'test --no-run'",
    "alias.fmt": "alias.fmt = ['version']",
    "build.rustdoc": "build.rustdoc = 'true'",
    "build.rustdocflags": "build.rustdocflags = ['--test-args=--list']",
    "target.x86_64-unknown-linux-gnu.runner": "target.x86_64-unknown-linux-gnu.runner = 'true'",
}


def test_a_configuration_outside_of_the_project_that_would_change_the_module_is_refused(
    project: Path, above: Path
) -> None:
    before = module(project)
    edit(project)
    harmless = "target.x86_64-unknown-linux-gnu.rustflags = []\nbuild.jobs = 1\n"
    printed = {}
    for name, settings in CONFIGURATIONS.items():
        above.write_text(f"{settings}\n{harmless}")
        printed[name] = build_sh(project, "build", status=1)
    above.write_text(harmless)
    assert "Compiling my_worker" in build_sh(project, "build")
    for name, text in printed.items():
        assert name in text
        assert f" in {above} would change what is built or tested here" in text
    assert module(project) == before


def test_a_configuration_that_cargo_cannot_read_is_named(project: Path, above: Path) -> None:
    for command in ("build", "setup"):
        above.write_text("[build\n")
        printed = build_sh(project, command, status=1)
        above.unlink()
        assert "Cargo cannot read its configuration" in printed and str(above) in printed
        assert "wants other crates" not in printed


def test_a_module_without_simd_does_not_compile(project: Path) -> None:
    command = ["cargo", "check", "--quiet", "--locked", "--target=wasm32-unknown-unknown"]
    run(*command, cwd=project / "my_worker")
    environment = os.environ | {"RUSTFLAGS": "-Dwarnings"}
    assert "expected the flags of .cargo/config.toml" in run(
        *command, cwd=project / "my_worker", env=environment, status=101
    )


def test_a_module_without_what_its_flags_ask_for_is_refused(project: Path, tmp_path: Path) -> None:
    flags = tmp_path / ".cargo/config.toml"
    flags.parent.mkdir()
    command = ["node", project / "scripts/module.mjs", "module.wasm"]
    # One page of memory and no maximum, then with one of two pages; both import a function of C's.
    imports = "020c 01 03656e76 04 66726565 00 00".replace(" ", "")
    for memory, most in [("0503010001", "any number of"), ("050401010102", "131072")]:
        code = bytes.fromhex(f"0061736d01000000 0104 01600000 {imports} {memory}".replace(" ", ""))
        (tmp_path / "module.wasm").write_bytes(code)
        flags.write_text('rustflags = ["-Clink-arg=--build-id", "-Clink-arg=--max-memory=65536"]\n')
        printed = run(*command, cwd=tmp_path, status=1)
        assert 'it imports from "env", which nothing has here: free.' in printed
        assert "it has no build id" in printed
        assert f"its memory may grow to {most} bytes, not to 65536" in printed
    flags.write_text('# "--build-id"\nrustflags = ["-Clink-arg=--max-memory=131072"]\n')
    code = bytes.fromhex("0061736d01000000050401010102")
    (tmp_path / "module.wasm").write_bytes(code)
    assert run(*command, cwd=tmp_path) == ""


def test_vitest_by_hand_tests_the_sources_as_they_are(project: Path) -> None:
    index = project / "worker/src/index.ts"
    index.write_text(index.read_text().replace('"/":', '"/elsewhere":'))
    assert "Tests " in with_tools(project, "vitest run contract", status=1)
    run("git", "checkout", "--quiet", ".", cwd=project)
    assert "passed" in with_tools(project, "vitest run contract")


@on_linux
def test_help_that_cannot_be_written_is_a_failure_of_its_own(project: Path) -> None:
    assert "cmd_help" not in run("bash", "-c", "./build.sh --help >/dev/full", cwd=project, status=1)


@on_linux
def test_a_build_needs_no_network(project: Path) -> None:
    edit(project)
    assert "Compiling my_worker" in apart(project, "./build.sh build", kind="--net")


@on_linux
def test_without_network_setup_says_what_it_was_at_and_goes_on_later(project: Path, tmp_path: Path) -> None:
    offline = {"npm_config_fetch_retries": "0", "npm_config_cache": str(tmp_path / "npm")}
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", project, clone, cwd=tmp_path)
    printed = apart(clone, "! ./build.sh setup", kind="--net", **offline)
    assert (
        f"failed at: Installing the npm packages of worker/ (a minute when they are not cached). {GOES_ON}" in printed
    )
    assert "npm packages   stale          locked" in build_sh(clone, "check", status=1)


@on_linux
def test_a_full_disk_leaves_nothing_that_a_later_run_trusts(project: Path, tmp_path: Path) -> None:
    before = module(project)
    edit(project)
    target = project / "my_worker/target"
    printed = apart(project, 'mount -t tmpfs -o size=1m tmpfs "$1"; ! ./build.sh build', target)
    assert f"failed at: compiling my_worker. The disk at {target} is full. {GOES_ON}" in printed
    assert module(project) == before
    assert "Compiling my_worker" in build_sh(project, "build")


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
