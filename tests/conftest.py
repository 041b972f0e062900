"""What every test stands on: a machine without anybody's settings, and the working tree as a released template."""

import os
import shutil
from pathlib import Path

import plumbum
import pytest
from helpers import ROOT, commit, run


@pytest.fixture(scope="session", autouse=True)
def nobodys_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hides the settings of git and Copier of whoever runs the tests.

    Copier runs git through plumbum, which copied the environment when it was imported.
    """
    home = tmp_path_factory.mktemp("nobody")
    (home / "settings.yml").write_text("{}\n")
    (home / "gitconfig").write_text("[user]\nname = Nobody\nemail = nobody@example.com\n")
    settings = {
        "COPIER_SETTINGS_PATH": str(home / "settings.yml"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    os.environ.update(settings)
    plumbum.local.env.update(settings)


def released_versions() -> dict[str, str]:
    """Each released version and its commit. Tags do not travel with main, the subjects of its commits do."""
    log = run("git", "log", "--format=%H %s", "--grep=^Release [0-9.]*$", cwd=ROOT)
    commits = (line.split(" ", maxsplit=1) for line in log.splitlines())
    return {subject.removeprefix("Release "): sha for sha, subject in commits}


CANDIDATE = "v999.0.0"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, nobodys_machine: None) -> Path:
    """A clone of this repository in which the working tree, uncommitted changes too, is release 999.0.0."""
    clone = tmp_path_factory.mktemp("template") / "wasm-worker-template"
    run("git", "clone", "--quiet", "--no-tags", ROOT, clone, cwd=ROOT)
    for version, sha in released_versions().items():
        run("git", "tag", "--annotate", f"--message=Release {version}", f"v{version}", sha, cwd=clone)
    run("git", "rm", "--quiet", "-r", ".", cwd=clone)
    for name in run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0"):
        if name and (ROOT / name).exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    commit(clone, "The working tree")
    run("git", "tag", "--annotate", "--message=Candidate", CANDIDATE, cwd=clone)
    return clone
