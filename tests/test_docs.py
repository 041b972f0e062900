"""The shell blocks of docs/: each is run, page by page, as by a reader who types it in and presses Enter when asked.

A page starts in the built project of the first page, unless STARTS says otherwise, and its blocks run in their order,
each where the one before it ended. The machine has a home of its own, and differs from a reader's in this: the template
on GitHub is the working tree, Cloudflare's API is tests/cloudflare.py, localhost:8787 is a free port, and a package that
a page installs has the version in FIXED.
"""

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cloudflare import ACCOUNT, TOKEN, WORKER, Cloudflare, cloudflare
from conftest import Projects
from helpers import COPIER, ROOT, commit, copy_built, free_port, going_on, kept_folders, run, share_builds, with_tools
from test_update import USERS_FILES

from maintenance.owner import documented, placed
from maintenance.release import released_versions

DOCS = ROOT / "docs"
TEMPLATE = "gh:org/wasm-worker-template"
GITHUB = "https://github.com/org/wasm-worker-template.git"
PROJECT = "my-worker"

# What cannot be run here stands behind `<!-- not run: reason -->`, and here: its page, and the reason.
NOT_RUN = [
    ("bind-kv-or-d1", "makes a namespace at Cloudflare"),
    ("bind-kv-or-d1", "makes a database at Cloudflare"),
    ("bind-r2", "makes a bucket at Cloudflare"),
    ("debug-a-panic", "needs a Worker at Cloudflare, and a login there"),
    ("debug-a-panic", "needs a line of your log"),
    ("queues-and-cron", "makes queues at Cloudflare"),
    ("send-failures-to-sentry", "asks for a DSN of Sentry's, and a login at Cloudflare"),
]

# What a command of a page has to have sent to Cloudflare, to which a page without one sends nothing.
UPLOADS = {
    r"\./build\.sh deploy$": rf"PUT {WORKER}",
    r"\./build\.sh deploy --env=staging$": rf"PUT {WORKER}-staging",
    r"\./build\.sh wrangler versions upload": rf"POST {WORKER}/versions",
    r"\./build\.sh wrangler versions deploy": rf"POST {WORKER}/deployments",
    r"\./build\.sh wrangler secret put": rf"PUT {WORKER}/secrets",
    r"\./build\.sh wrangler preview$": r"POST /workers/workers/my-worker/previews/[\w-]+/deployments",
}

# A command that goes on until Ctrl-C, or too long, and what it has to say before it is stopped.
GOES_ON = {"./build.sh dev": "Ready on", "./build.sh bench": "Measuring, about a minute"}

# What a page takes in its newest version, and what it is here, so that a registry's news changes nothing.
FIXED = {"npm install hono": "npm install hono@4.13.19"}

# The code of the tutorial replaces these lines.
REPLACED = {
    "    let text = request.text.trim();\n": "    if request.text.is_empty() {\n",
    "    let kept = chars::first(text": "    let kept = chars::first(&request.text, request.max_length);\n",
    '            ("  hello ", 9': "",
}


@dataclass
class Block:
    """A fenced block of a page: the line it begins at, why it is not run, its language, and its text."""

    line: int
    not_run: str
    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, indented ones too."""
    text = (DOCS / f"{page}.md").read_text()
    fence = (
        r"(?:<!-- not run: (?P<reason>.*?) -->\n+)?^ *(?P<fence>`{3,})(?P<language>\w*)\n(?P<text>.*?)^ *(?P=fence)$"
    )
    return [
        Block(text[: found.start()].count("\n") + 1, found["reason"] or "", found["language"], found["text"])
        for found in re.finditer(fence, text, re.MULTILINE | re.DOTALL)
    ]


ALL = [path.relative_to(DOCS).with_suffix("").as_posix() for path in sorted(DOCS.rglob("*.md"))]
PAGES = [page for page in ALL if any(block.language == "sh" for block in blocks(page))]
FIRST = "index"
# Of this repository: they measure, release or publish, some for an hour.
SCRIPTS = [
    page for page in PAGES if any("./scripts/" in block.text for block in blocks(page) if block.language == "sh")
]


@pytest.fixture(scope="module")
def machine(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a reader's shell. Tools and packages are those of this machine."""
    home = tmp_path_factory.mktemp("home")
    settings = f'[user]\nname = Reader\nemail = reader@example.com\n[url "{template}"]\ninsteadOf = {GITHUB}\n'
    (home / ".gitconfig").write_text(settings)
    return (
        dict(os.environ)
        | kept_folders()
        | {
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
            "PATH": f"{COPIER.parent}{os.pathsep}{os.environ['PATH']}",
            "CI": "",
            # Without these a prompt would ask the terminal what it is, and where its cursor stands.
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every page begins, emptied for each: a build in the same place has less to do."""
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def built(
    machine: dict[str, str], reader: Path, projects: Projects, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The project that a reader of the first page makes, built and tested, committed with its lock files."""
    folder = reader
    typed_in = [block for block in blocks(FIRST) if block.language == "sh" and not block.not_run]
    for line in "".join(block.text for block in typed_in).splitlines():
        _, folder = typed(line, folder, machine, f"docs/{FIRST}.md")
        made = folder / PROJECT
        # As for a reader who has built another project before.
        if made.exists() and not (made / "worker/node_modules").exists() and (kept := projects.kept(made)).exists():
            share_builds(kept, made)
    # What `dev` compiles, and then again what is deployed.
    for command in ("dev", "deploy"):
        run("./build.sh", "build", cwd=folder, env=machine | {"WRANGLER_COMMAND": command})
    commit(folder, "Start")
    return folder.rename(tmp_path_factory.mktemp("built") / PROJECT)


def project(built: Path, reader: Path, machine: Mapping[str, str]) -> Path:
    """A copy of the built project."""
    copy_built(built, reader / PROJECT)
    return reader / PROJECT


def outdated_project(built: Path, reader: Path, machine: Mapping[str, str]) -> Path:
    """A project of the last release, not built yet. The user's files are those of a new one, or an update from 0.6.0 would
    stop at the old names, of which tests/test_after_update.py tells.
    """
    version = f"--vcs-ref=v{next(iter(released_versions()))}"
    run("copier", "copy", "--quiet", "--defaults", version, TEMPLATE, PROJECT, cwd=reader, env=machine)
    for path in USERS_FILES:
        shutil.copy2(built / path, reader / PROJECT / path)
    share_builds(built, reader / PROJECT)
    commit(reader / PROJECT, "Start")
    return reader / PROJECT


def no_project(built: Path, reader: Path, machine: Mapping[str, str]) -> Path:
    """The empty folder."""
    return reader


def monorepo(built: Path, reader: Path, machine: Mapping[str, str]) -> Path:
    """A repository with a project of the last release in a folder."""
    folder = outdated_project(built, reader, machine)
    house = reader / "house"
    shutil.rmtree(folder / ".git")
    (house / "services").mkdir(parents=True)
    folder.rename(house / "services/api")
    commit(house, "Start")
    return house


STARTS: dict[str, Callable[[Path, Path, Mapping[str, str]], Path]] = {
    "getting-started": no_project,
    "monorepo": monorepo,
    "updating": outdated_project,
}


@pytest.fixture
def api() -> Iterator[Cloudflare]:
    with cloudflare() as served:
        yield served


@pytest.mark.xdist_group("docs")
def test_the_shell_blocks_of_the_first_page_run(built: Path) -> None:
    assert (built / "worker/dist/index.js").exists()


@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("page", [page for page in PAGES if page not in SCRIPTS and page != FIRST])
def test_the_shell_blocks_of_a_page_run(
    page: str, built: Path, machine: dict[str, str], reader: Path, api: Cloudflare
) -> None:
    """Code that the page has for a file is put there on the way, and a JSON block is the answer to the curl before it."""
    port = free_port()
    Path(machine["HOME"], ".curlrc").write_text(f'connect-to = "localhost:8787:127.0.0.1:{port}"\n')
    credentials = {"CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_ACCOUNT_ID": ACCOUNT}
    environment = machine | credentials | {"CLOUDFLARE_API_BASE_URL": api.url}
    shutil.rmtree(reader)
    reader.mkdir()
    folder = STARTS.get(page, project)(built, reader, machine)
    files = {code: path for path, code in documented(page)}
    answered = ""
    with ExitStack() as running:
        for block in blocks(page):
            where = f"docs/{page}.md:{block.line}"
            if block.text in files:
                file = folder / files[block.text]
                file.write_text(placed(file.read_text() if file.exists() else "", block.text))
            elif page == "getting-started" and block.language == "rust":
                replace(folder / "my_worker/src/text.rs", block.text)
            elif block.language == "json" and answered:
                assert timeless(answered) == timeless(block.text), where
                answered = ""
            elif block.language != "sh" or block.not_run:
                continue
            elif says := GOES_ON.get(block.text.strip()):
                running.close()
                command = block.text.split()
                if command == ["./build.sh", "dev"]:
                    command += ["--ip=127.0.0.1", f"--port={port}"]
                log = Path(machine["HOME"]) / "log"
                ready = functools.partial(said, says, log)
                running.enter_context(going_on(command, log, ready, folder, environment))
            else:
                text = functools.reduce(lambda text, one: text.replace(*one), FIXED.items(), block.text)
                printed, folder = typed(text, folder, environment, where)
                answered = printed if block.text.startswith("curl ") else ""
    run_here = "".join(block.text for block in blocks(page) if block.language == "sh" and not block.not_run)
    if any(path.endswith((".rs", ".ts")) for path in files.values()) and "./build.sh test" not in run_here:
        lint(folder)
    calls = [" ".join(call) for call in api.calls]
    asked = [call for command, call in UPLOADS.items() if re.search(command, run_here, re.MULTILINE)]
    assert [call for call in asked if not any(re.fullmatch(call, sent) for sent in calls)] == []
    assert asked or not [call for call in calls if not call.startswith("GET ")]


@pytest.mark.xdist_group("docs")
def test_what_a_developer_reaches_for_touches_no_file_of_the_templates_but_for_bindings(built: Path) -> None:
    theirs = {page: {path for path, _ in documented(page) if (built / path).exists()} - {*USERS_FILES} for page in PAGES}
    assert set().union(*theirs.values()) == {"worker/wrangler.toml"}


def test_hono_takes_fifteen_lines_beside_the_imports() -> None:
    code = next(code for path, code in documented("use-hono") if path == "worker/src/index.ts")
    assert len([line for line in code.splitlines() if not re.match(r"import |\s*//|$", line)]) <= 15


def lint(project: Path) -> None:
    """Asks of the code of a page what `./build.sh test` asks beside the tests; `dev` takes more."""
    with_tools(
        project,
        "tsc",
        "tsc --project test",
        "oxlint --config=.oxlintrc.json --quiet src test",
        "cd ../my_worker",
        "cargo fmt --check",
        "CARGO_TARGET_DIR=target cargo clippy --quiet --locked --no-deps --all-targets --all-features -- --deny warnings",
    )


def typed(text: str, folder: Path, environment: Mapping[str, str], where: str) -> tuple[str, Path]:
    """Runs a block in a shell that stops at the first failure; what it printed, and the folder in which it ended."""
    import pty

    keyboard, terminal = pty.openpty()
    ended = threading.Event()

    def press_enter() -> None:
        while not ended.wait(0.2):
            os.write(keyboard, b"\r")

    script = f'{text}\npwd >"$ENDED_IN"'
    note = Path(environment["HOME"]) / "ended-in"
    enter = threading.Thread(target=press_enter)
    enter.start()
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env={**environment, "ENDED_IN": str(note)},
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            start_new_session=True,
        )
    finally:
        ended.set()
        enter.join()
        os.close(keyboard)
        os.close(terminal)
    assert done.returncode == 0, f"{where} exited with {done.returncode}\n{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout, Path(note.read_text().strip())


def said(what: str, log: Path) -> bool:
    """Whether a program has said something that it logs."""
    return what in log.read_text()


def replace(file: Path, code: str) -> None:
    """Puts lines of the tutorial in the place of those that they are meant for."""
    text = file.read_text()
    (replaced,) = [old for beginning, old in REPLACED.items() if code.startswith(beginning)]
    if not replaced:
        replaced = "        let rows = [\n"
        code = replaced + code
    assert text.count(replaced) == 1, f"{file} has not once {replaced!r}"
    file.write_text(text.replace(replaced, code))


def timeless(answer: str) -> dict:
    """An answer of the Worker, without the time that it took."""
    return json.loads(answer) | {"processingTimeMs": ...}


@pytest.mark.parametrize("page", SCRIPTS)
def test_the_commands_of_this_repository_have_the_options_that_a_page_gives_them(page: str) -> None:
    """They are not run here, for they measure, publish or release: `--help` is, which must know each option."""
    for block in blocks(page):
        for line in block.text.splitlines() if block.language == "sh" else []:
            script, *arguments = shlex.split(line, comments=True)
            command = [script, *arguments[: script == "./scripts/run.sh"]]
            helped = run(*command, "--help", cwd=ROOT)
            assert [option for option in arguments if option.startswith("--") and option not in helped] == [], line


def test_what_is_not_run_is_listed() -> None:
    assert [(page, block.not_run) for page in ALL for block in blocks(page) if block.not_run] == NOT_RUN
    marks = sum((DOCS / f"{page}.md").read_text().count("<!-- not run") for page in ALL)
    assert marks == len(NOT_RUN), "a mark stands before no block"


def test_no_shell_block_hides_behind_another_language() -> None:
    known = {"sh", "text", "json", "toml", "ini", "yaml", "rust", "ts", "html", "markdown", "sql"}
    of_pages = {page: {block.language for block in blocks(page)} - known for page in ALL}
    assert {page: languages for page, languages in of_pages.items() if languages} == {}
