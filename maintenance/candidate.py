"""The working tree as a release newer than all others, for who tries an update to it: the gallery and the tests."""

import shutil
from pathlib import Path

from . import ROOT
from .release import git, released_versions

CANDIDATE = "v999.0.0"
# examples/ is that of 0.7.0 and older.
PRODUCT = {"copier.yml", "examples", "extensions", "template"}
NOBODY = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgSign=false"]


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
    """A repository, in a folder that is there, with what Copier reads of every release and, as the newest one, of the working
    tree. Copier clones it several times for an update.
    """
    history, clone = folder / "history", folder / "wasm-worker-template"
    git("clone", "--quiet", "--no-tags", str(ROOT), str(history))
    for version, sha in released_versions(history).items():
        tag(history, f"v{version}", sha)
    git("rm", "--quiet", "-r", ".", cwd=history)
    copy_working_tree(history)
    commit(history, "The working tree")
    tag(history, CANDIDATE, "HEAD")
    git("reset", "--quiet", "--hard", CANDIDATE, cwd=history)
    git("clone", "--quiet", "--no-local", str(history), str(clone))
    return clone


def tag(repository: Path, name: str, revision: str) -> None:
    """Tags a commit that has no more than what Copier reads of a revision."""
    entries = git("ls-tree", "-z", revision, cwd=repository).split("\0")
    kept = [entry for entry in entries if entry.partition("\t")[2] in PRODUCT]
    tree = git("mktree", "-z", cwd=repository, given="".join(f"{entry}\0" for entry in kept))
    product = git(*NOBODY, "commit-tree", "--no-gpg-sign", "-m", name, tree, cwd=repository)
    git(*NOBODY, "tag", "--annotate", "--no-sign", f"--message={name}", name, product, cwd=repository)
