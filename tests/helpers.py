"""The only ways in which the tests run a command, render a project and look at it."""

import functools
import io
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from fnmatch import fnmatch
from pathlib import Path

import copier
import plumbum
import yaml
from copier._cli import CopierApp

ROOT = Path(__file__).parent.parent
COPIER = Path(shutil.which("copier", path=Path(sys.executable).parent))  # On Windows copier.exe.
QUESTIONS: dict = {
    name: question
    for name, question in yaml.safe_load((ROOT / "copier.yml").read_text()).items()
    if not name.startswith("_")
}
NAMED_PIN_SETS = ["article", "current"]
# On a change, a test that asks the same of several releases or pin sets asks it of some; in a release and each week of all.
ALL = os.environ.get("TESTS") == "all"


def choices(question: str) -> list[str]:
    """The values that a question of copier.yml offers."""
    return list(QUESTIONS[question]["choices"].values())


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, status: int = 0) -> str:
    """Runs a command and returns what it printed; any other exit status than `status` fails the test. With an environment
    of its own, Copier is another process too; else it begins with what was compiled before, as the tests' own calls do.
    """
    if command[0] == COPIER and env is None:
        exited, printed = _copier(command, cwd)
    else:
        done = subprocess.run(
            command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )
        exited, printed = done.returncode, done.stdout
    assert exited == status, f"{command} exited with {exited}\n{printed}"
    return printed


def _copier(command: Sequence[str | Path], cwd: Path) -> tuple[int, str]:
    """The command `copier` in this process: its exit status, and what it printed."""

    def show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))

    printed = io.StringIO()
    with plumbum.local.cwd(cwd), redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.showwarning = show
        try:
            _, exited = CopierApp.run([str(word) for word in command], exit=False)
        except Exception:
            traceback.print_exc()
            exited = 1
    return exited, printed.getvalue()


def build_sh(project: Path, *arguments: str, status: int = 0, **environment: str) -> str:
    """Runs the build.sh of a project, as on a person's machine, and returns what it printed, progress included."""
    return run("./build.sh", *arguments, cwd=project, env=os.environ | {"CI": ""} | environment, status=status)


def with_tools(project: Path, *commands: str, status: int = 0) -> str:
    """Runs commands in worker/ with the tools of a project's pins, and returns what they printed."""
    script = "CRATE=my_worker; source scripts/tools.sh; read_pins; use_tools; cd worker; "
    return run("bash", "-e", "-c", script + "\n".join(commands), cwd=project, status=status)


def kept_folders() -> dict[str, str]:
    """Where this user's toolchains, crates, tools and packages are, by the variables that say so: for a test with another
    HOME, which would download them all.
    """
    folders = {"RUSTUP_HOME": ".rustup", "CARGO_HOME": ".cargo", "XDG_CACHE_HOME": ".cache", "npm_config_cache": ".npm"}
    return {name: os.environ.get(name) or str(Path.home() / folder) for name, folder in folders.items()}


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether something comes true in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def going_on(
    command: Sequence[str], log: Path, ready: Callable[[], bool], cwd: Path, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Runs a command that does not end by itself, from when it is ready on; at the end all that it started is killed."""
    log.write_text("")
    # Appending, for another one that goes on may write to the same log.
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 120
        while not ready():
            assert process.poll() is None and time.monotonic() < deadline, f"{command}\n{log.read_text()}"
            time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def serve(project: Path, *arguments: str) -> Iterator[str]:
    """Runs `./build.sh dev` on a free port, and gives its address. What it prints stands in `dev.log` meanwhile."""
    port = str(free_port())
    url = f"http://127.0.0.1:{port}/"
    log = project / "dev.log"
    command = ["./build.sh", "dev", "--ip=127.0.0.1", f"--port={port}", "--inspector-port=0", *arguments]
    try:
        with going_on(command, log, lambda: answers(url), project):
            yield url
    finally:
        log.unlink(missing_ok=True)  # Another one of the same project may have ended before.


def answers(url: str) -> bool:
    """Whether somebody answers there, if only with a refusal."""
    try:
        urllib.request.urlopen(url, timeout=10)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def share_builds(project: Path, to: Path) -> None:
    """Gives a project the npm packages of another, and the crates of others that Cargo compiled there, as hard links.
    What is written anew in them is a copy.
    """
    packages = "worker/node_modules"

    def link(old: str, new: str) -> None:
        (shutil.copy2 if old.endswith(("/.package-lock.json", "/.agreed")) else link_or_copy)(old, new)

    shutil.copytree(project / packages, to / packages, symlinks=True, copy_function=link)
    share_crates(project, to)


def link_or_copy(old: str, new: str) -> None:
    """A hard link, or a copy where the other place is on another disk."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


# What Cargo makes of the project itself, and writes for itself.
OWN = ("*my_worker*", "*platform*", ".cargo*-lock", ".rustc_info.json", "incremental")


def _compiled(old: str, new: str) -> None:
    """A hard link to what rustc made of crates of others, which Cargo replaces and does not write into; else a copy."""
    others = "/deps/" in old and not old.endswith(".d") and not any(fnmatch(Path(old).name, pattern) for pattern in OWN)
    (link_or_copy if others else shutil.copy2)(old, new)


def copy_built(project: Path, to: Path) -> None:
    """Copies a project with all that is built in it. Where it stood when that was built, Cargo finds nothing to compile."""
    ignored = shutil.ignore_patterns("node_modules", "incremental")
    shutil.copytree(project, to, symlinks=True, copy_function=_compiled, ignore=ignored)
    share_builds(project, to)


def share_crates(project: Path, to: Path, crate: str = "my_worker") -> None:
    """Gives a project the crates of others that Cargo compiled in another one; of its own it has all by itself. Those of the
    module, whose flags name the folder, are of use in the same place alone.
    """
    old, new = project / "my_worker/target", to / crate / "target"
    if old.exists() and not new.exists():
        shutil.copytree(old, new, symlinks=True, copy_function=_compiled, ignore=shutil.ignore_patterns(*OWN))


def clone_again(project: Path, clone: Path, compiled: Path) -> None:
    """Clones a project, each time in the same place: there Cargo has the crates of others from the clone before, and the
    first time those of another project.
    """
    target, kept = clone / "my_worker/target", clone.with_name("target")
    if clone.exists():
        target.rename(kept)
        shutil.rmtree(clone)
    run("git", "clone", "--quiet", project, clone, cwd=project)
    if kept.exists():
        kept.rename(target)
    else:
        share_crates(compiled, clone)


def render(template: Path, project: Path, answers: Mapping[str, object] | None = None, version: str = "HEAD") -> Path:
    """Copies a version of the template with plain, untrusted Copier; a name that is no question is an error. What was
    rendered once in a run is copied from there.
    """
    answers = answers or {}
    unknown = answers.keys() - QUESTIONS.keys()
    assert not unknown, f"no such question: {unknown}"
    if project.exists():
        _copy(template, project, answers, version)
    else:
        shutil.copytree(_rendered(template, version, json.dumps(answers, sort_keys=True)), project, symlinks=True)
    return project


@functools.cache
def _rendered(template: Path, version: str, answers: str) -> Path:
    folder = Path(tempfile.mkdtemp(dir=template.parent)) / "project"
    _copy(template, folder, json.loads(answers), version)
    return folder


def _copy(template: Path, project: Path, answers: Mapping[str, object], version: str) -> None:
    copier.run_copy(
        str(template), project, data=dict(answers), vcs_ref=version, defaults=True, overwrite=True, quiet=True
    )


def commit(project: Path, message: str) -> None:
    """Commits everything in a project, which becomes a repository if it is none."""
    if not (project / ".git").exists():
        run("git", "init", "--quiet", "--initial-branch=main", cwd=project)
    run("git", "add", "--all", cwd=project)
    run("git", "commit", "--quiet", "--allow-empty", f"--message={message}", cwd=project)


def files(project: Path) -> dict[str, bytes]:
    """Every file of a project, by its path, without git's own."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }


def recorded(project: Path) -> dict[str, str]:
    """The answers that a project remembers."""
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    return {name: answer for name, answer in answers.items() if not name.startswith("_")}


def pairwise(options: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """Few combinations of options in which every pair of values of two options occurs (greedy covering)."""

    def pairs(combination: tuple[str, ...]) -> set:
        return set(itertools.combinations(zip(options, combination, strict=True), 2))

    candidates = list(itertools.product(*options.values()))
    missing = set().union(*map(pairs, candidates))
    while missing:
        best = max(candidates, key=lambda candidate: len(pairs(candidate) & missing))
        missing -= pairs(best)
        yield dict(zip(options, best, strict=True))
