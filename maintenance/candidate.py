"""The working tree as a release newer than all others, for who tries an update to it: the gallery and the tests."""

import shutil
from pathlib import Path

from . import ROOT
from .release import git, tag_all

CANDIDATE = "v999.0.0"


def working_tree(under: str = ".") -> list[str]:
    """The paths of this repository's files as they are now, uncommitted and new ones too, without what git ignores."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", under).split("\0")
    return sorted(name for name in listed if name and (ROOT / name).exists())


def copy_working_tree(to: Path) -> None:
    """Copies these files."""
    for name in working_tree():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, to / name)


def commit(repository: Path, message: str) -> None:
    """Commits all that is in a repository, whatever the settings of whoever runs this."""
    git("add", "--all", cwd=repository)
    git(*NOBODY, "commit", "--quiet", "--no-verify", "--allow-empty", f"--message={message}", cwd=repository)


def candidate(folder: Path) -> Path:
    """A clone of this repository, in a folder that is there, with every release and the working tree as the newest one."""
    clone = folder / "wasm-worker-template"
    git("clone", "--quiet", "--no-tags", str(ROOT), str(clone))
    tag_all(clone)
    git("rm", "--quiet", "-r", ".", cwd=clone)
    copy_working_tree(clone)
    commit(clone, "The working tree")
    git(*NOBODY, "tag", "--annotate", "--no-sign", "--message=Candidate", CANDIDATE, cwd=clone)
    return clone


NOBODY = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgSign=false"]
