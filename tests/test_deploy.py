"""The generated workflow, step by step as GitHub runs it, and what its last step sends to Cloudflare.

Each job starts from a clone of its own; the API is one of loopback.
"""

import functools
import hashlib
import http.server
import os
import platform
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli
import yaml
from cloudflare import ACCOUNT, ASSETS_TOKEN, TOKEN, UPLOAD, UPLOAD_VERSION, Cloudflare, cloudflare
from conftest import CANDIDATE, EACH, Projects
from helpers import ROOT, clone_again, files, kept_folders, render, run

SECRETS = {"CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_ACCOUNT_ID": ACCOUNT}


@pytest.fixture
def api() -> Iterator[Cloudflare]:
    with cloudflare() as served:
        yield served


def jobs(project: Path) -> dict[str, dict]:
    return yaml.safe_load((project / ".github/workflows/ci.yml").read_text())["jobs"]


def run_step(step: dict, project: Path, secrets: dict[str, str], status: int = 0, **environment: str) -> str:
    """Runs a step as GitHub's Linux runner does; a secret that is not set is an empty text."""
    given = {
        name: re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets.get(found[1], ""), text)
        for name, text in step.get("env", {}).items()
    }
    assert "${{" not in "".join(given.values())
    environment = os.environ | {"CI": "true"} | given | environment
    return run("bash", "-e", "-c", step["run"], cwd=project, env=environment, status=status)


def deploy_step(project: Path) -> dict:
    (step,) = [step for step in jobs(project)["deploy"]["steps"] if step.get("name") == "Deploy"]
    return step


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each clone is made, in the place of the one before, whose crates Cargo finds there."""
    return tmp_path_factory.mktemp("ci") / "clone"


@pytest.mark.xdist_group("variants")
def test_each_job_of_the_workflow_runs_from_a_clone(projects: Projects, api: Cloudflare, clone: Path) -> None:
    """Each in the same place, as at GitHub. What actions/cache would restore is that of this machine, tools and packages, and
    Cargo's target directory of the job before.
    """
    project = projects.quick
    printed = {}
    for name, job in jobs(project).items():
        clone_again(project, clone, project)
        for step in job["steps"]:
            if "run" in step:
                printed[step["name"]] = run_step(step, clone, SECRETS, CLOUDFLARE_API_BASE_URL=api.url)
        assert run("git", "status", "--porcelain", cwd=clone) == "", name

    assert list(printed) == ["Set up", "Check the tools", "Build, lint, test, hold the size budget", "Deploy"]
    assert UPLOAD in api.calls
    (kept,) = [
        step["with"]["path"] for step in jobs(project)["deploy"]["steps"] if "upload-artifact" in step.get("uses", "")
    ]
    assert [len(list(clone.glob(path))) for path in kept.split()] == [1, 1]


@EACH
def test_deploy_uploads_what_was_tested_and_shows_the_token_to_cloudflare_only(
    tested: Path, api: Cloudflare, tmp_path: Path
) -> None:
    spy = {
        # The older names, which wrangler reads too.
        "CLOUDFLARE_API_KEY": TOKEN,
        "CF_API_TOKEN": TOKEN,
        "NODE_OPTIONS": f'--require="{ROOT}/tests/bearers.cjs"',
        "LOOKED_FOR": TOKEN,
        "BEARERS": f"{tmp_path}/bearers",
    }
    logs = tmp_path / "logs"
    printed = run_step(
        deploy_step(tested), tested, SECRETS, CLOUDFLARE_API_BASE_URL=api.url, WRANGLER_LOG_PATH=str(logs), **spy
    )

    assert "https://my-worker.example.workers.dev" in printed
    module = (tested / "my_worker/pkg/my_worker_bg.wasm").read_bytes()
    (name,) = [path.name for path in (tested / "worker/dist").glob("*.wasm")]
    assert api.modules["index.js"] == ("application/javascript+module", (tested / "worker/dist/index.js").read_bytes())
    assert api.modules[name] == ("application/wasm", module)
    assert api.modules.keys() == {"index.js", name, "index.js.map"}
    assert "platform/failures.ts" in api.modules["index.js.map"][1].decode()

    assert api.assets == {}
    assert "assets" not in api.metadata

    settings = tomli.loads((tested / "worker/wrangler.toml").read_text())
    limit = {"name": "MAX_BODY_BYTES", "type": "json", "json": settings["vars"]["MAX_BODY_BYTES"]}
    assert api.metadata | {"main_module": "index.js", "bindings": [limit]} == api.metadata
    assert api.metadata.get("compatibility_flags", []) == []
    for setting in ["compatibility_date", "observability"]:
        assert api.metadata[setting] == settings[setting]

    assert api.bearers == {f"Bearer {TOKEN}"}
    assert set((tmp_path / "bearers").read_text().split()) == {api.url}
    assert TOKEN not in printed
    assert TOKEN not in repr((api.calls, api.metadata, api.modules))
    assert [path for path in logs.rglob("*") if path.is_file() and TOKEN in path.read_text()] == []


def test_what_changed_while_it_was_tested_is_not_deployed(tested: Path, api: Cloudflare) -> None:
    source = tested / "worker/src/index.ts"
    test = tested / "worker/test/changes.test.ts"
    before = source.read_text()
    test.write_text(
        'import { appendFileSync } from "node:fs";\nimport { test } from "vitest";\n'
        'test("edits", () => appendFileSync("src/index.ts", "// edited\\n"));\n'
    )
    try:
        printed = run_step(deploy_step(tested), tested, SECRETS, status=1, CLOUDFLARE_API_BASE_URL=api.url)
    finally:
        source.write_text(before)
        test.unlink()
    assert "a file of the Worker changed while it was tested: deploy it again" in printed
    assert UPLOAD not in api.calls


def test_the_page_is_deployed_where_its_owner_says_so(tested: Path, api: Cloudflare) -> None:
    settings = tested / "worker/wrangler.toml"
    before = settings.read_text()
    settings.write_text(f'{before}\n[assets]\ndirectory = "./public"\n')
    environment = os.environ | SECRETS | {"CLOUDFLARE_API_BASE_URL": api.url}
    try:
        run("./build.sh", "wrangler", "deploy", cwd=tested, env=environment)
    finally:
        settings.write_text(before)
    public = tested / "worker/public"
    assert api.assets == {f"/{path}": len(content) for path, content in files(public).items()}
    assert api.metadata["assets"]["jwt"] == ASSETS_TOKEN


def test_deploy_that_cloudflare_refuses_fails_and_says_why(tested: Path) -> None:
    with cloudflare(refuses=True) as api:
        printed = run_step(deploy_step(tested), tested, SECRETS, status=1, CLOUDFLARE_API_BASE_URL=api.url)
    assert "Authentication error [code: 10000]" in printed
    assert "build.sh: failed at: Deploying. What stands above says why" in printed
    assert UPLOAD not in api.calls
    assert TOKEN not in printed


def test_without_a_token_nothing_is_deployed_and_the_step_says_so(
    template: Path, api: Cloudflare, tmp_path: Path
) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    printed = run_step(deploy_step(project), project, {}, CLOUDFLARE_API_BASE_URL=api.url)
    assert printed == "Not deployed: the repository has no secret CLOUDFLARE_API_TOKEN.\n"
    assert api.calls == []


def at_cloudflare(home: Path) -> dict[str, str]:
    """The environment of a build at Cloudflare, without Rust and with a new home. Toolchains, crates, tools and packages in
    it are those of this machine, or it would download them; rustup is not.
    """
    rust = ("rustup", "cargo", "rustc")
    path = [folder for folder in os.environ["PATH"].split(":") if not any(Path(folder, tool).exists() for tool in rust)]
    here = {name: Path(folder) for name, folder in kept_folders().items()}
    for old in (here["RUSTUP_HOME"] / "toolchains", here["CARGO_HOME"] / "registry"):
        new = home / f".{old.parent.name.strip('.')}" / old.name
        new.parent.mkdir(parents=True)
        new.symlink_to(old)
    for settings in here["CARGO_HOME"].glob("config.toml"):
        shutil.copy2(settings, home / ".cargo")
    kept = {name: value for name, value in os.environ.items() if name not in here}
    caches = {name: str(here[name]) for name in ("XDG_CACHE_HOME", "npm_config_cache")}
    return kept | caches | {"HOME": str(home), "PATH": ":".join(path), "CI": "true", "WORKERS_CI": "1"}


@pytest.mark.xdist_group("variants")
def test_cloudflares_own_build_has_no_rust_and_deploys(
    projects: Projects, api: Cloudflare, clone: Path, tmp_path: Path
) -> None:
    clone_again(projects.quick, clone, projects.quick)
    environment = at_cloudflare(tmp_path) | SECRETS | {"CLOUDFLARE_API_BASE_URL": api.url}
    assert ">>> Installing rustup from https://" in run("./build.sh", "setup", cwd=clone, env=environment)
    assert (tmp_path / ".cargo/bin/rustup").exists()
    assert not (tmp_path / ".bashrc").exists()
    assert ">>> Installing" not in run("./build.sh", "setup", cwd=clone, env=environment)
    run("./build.sh", "deploy", cwd=clone, env=environment)
    assert UPLOAD in api.calls
    assert run("git", "status", "--porcelain", cwd=clone) == ""


@pytest.mark.parametrize("right", [True, False])
def test_rustup_is_installed_when_it_is_what_its_checksum_says(template: Path, tmp_path: Path, right: bool) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    home = tmp_path / "home"
    server = tmp_path / "server"
    file = server / f"dist/{platform.machine()}-unknown-linux-gnu/rustup-init"
    file.parent.mkdir(parents=True)
    file.write_text('#!/bin/sh\necho "$@" >"$HOME/ran"\n')
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_name("rustup-init.sha256").write_text(f"{checksum if right else '0' * 64} *rustup-init\n")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=server)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        environment = at_cloudflare(home) | {"RUSTUP_UPDATE_ROOT": f"http://127.0.0.1:{served.server_port}"}
        printed = run("./build.sh", "setup", cwd=project, env=environment, status=1)
        served.shutdown()
        thread.join()
    assert (home / "ran").exists() == right
    assert ("rustup-init is not what" in printed) != right


VERSIONS = [f"0000000{number}-0000-4000-8000-000000000000" for number in (1, 2)]


@EACH
def test_a_version_gets_no_request_until_it_is_given_its_share(tested: Path, api: Cloudflare) -> None:
    environment = os.environ | SECRETS | {"CLOUDFLARE_API_BASE_URL": api.url}

    def wrangler(*arguments: str, status: int = 0) -> str:
        return run("./build.sh", "wrangler", *arguments, cwd=tested, env=environment, status=status)

    wrangler("deploy")
    old, new = VERSIONS
    everything = [{"version_id": old, "percentage": 100}]
    printed = wrangler("versions", "upload", "--tag=faster")
    assert f"https://{new[:8]}-my-worker.example.workers.dev" in printed
    assert UPLOAD_VERSION in api.calls
    assert api.metadata["annotations"] == {"workers/tag": "faster"}
    assert api.metadata["main_module"] == "index.js"
    assert (tested / "my_worker/pkg/my_worker_bg.wasm").read_bytes() in [content for _, content in api.modules.values()]
    assert api.deployments["my-worker"][0]["versions"] == everything
    wrangler("versions", "deploy", f"{new}@10%", f"{old}@90%", "--yes")
    shares = [{"version_id": new, "percentage": 10}, {"version_id": old, "percentage": 90}]
    assert api.deployments["my-worker"][0]["versions"] == shares
    wrangler("rollback", old, "--message=Slower", "--yes")
    assert api.deployments["my-worker"][0]["versions"] == everything


# The wrangler of `article` has no previews.
@pytest.mark.xdist_group("current")
def test_a_preview_has_the_bindings_that_are_written_for_it(projects: Projects, api: Cloudflare) -> None:
    tested = projects.tested("current")
    settings = tested / "worker/wrangler.toml"
    before = settings.read_text()
    environment = os.environ | SECRETS | {"CLOUDFLARE_API_BASE_URL": api.url}
    preview = ["./build.sh", "wrangler", "preview", "--name=pr-7"]
    assert "`previews` block" in run(*preview, cwd=tested, env=environment, status=1)
    settings.write_text(f"{before}\n[limits]\ncpu_ms = 200\n\n[previews.vars]\nMAX_BODY_BYTES = 1024\n")
    try:
        printed = run(*preview, cwd=tested, env=environment)
    finally:
        settings.write_text(before)
    assert "https://pr-7-my-worker.example.workers.dev" in printed
    assert api.metadata["env"] == {"MAX_BODY_BYTES": {"type": "json", "json": 1024}}
    assert api.metadata["limits"] == {"cpu_ms": 200}
    assert (tested / "my_worker/pkg/my_worker_bg.wasm").read_bytes() in [content for _, content in api.modules.values()]
    assert UPLOAD not in api.calls
