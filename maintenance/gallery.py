"""The gallery: projects of the template that live, each in a folder, updated with every release as those of others are.

    ./scripts/run.sh gallery

Each is taken as it stood in the last release and updated by Copier to the working tree. It holds no commit and no path of a
machine: the same template, the same files. docs/decisions/0025 says why it is made so.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import copier
import plumbum
import yaml

from . import GALLERY, ROOT
from .candidate import CANDIDATE, candidate, commit, working_tree
from .once import do_once
from .owner import documented, insert, placed
from .release import Refused, answers_of, git, released_versions

TEMPLATE = "gh:org/wasm-worker-template"
MENDING = f"run ./scripts/run.sh gallery and commit {GALLERY}"


@dataclass
class Project:
    """A project: its answers that are not the defaults; which pages of docs/ its owner followed; which lines they added
    to files of the template's, each with the file and the line before it; and which of them, with the file, they have
    taken out again since the last release.
    """

    answers: Mapping[str, str]
    pages: Sequence[str] = ()
    lines: Sequence[tuple[str, str, str]] = ()
    taken_out: Sequence[tuple[str, str]] = ()


PROJECTS = {
    "text": Project(
        {},
        pages=["add-an-endpoint"],
        lines=[
            (".gitignore", "node_modules/\n", "*.log\n"),
            (
                ".github/workflows/ci.yml",
                "        run: ./build.sh check\n",
                "      - name: Say who builds\n        run: uname --all\n",
            ),
            ("worker/package.json", '  "type": "module",\n', '  "homepage": "https://example.com",\n'),
        ],
        # The template brings a list of scripts.
        taken_out=[("worker/package.json", '  "scripts": {\n    "logs": "wrangler tail"\n  },\n')],
    ),
    "image": Project(
        {
            "project_name": "image-metadata",
            "description": "Tells what a picture says of itself",
            "user_name": "Zoë & Søns",
            "license": "Apache-2.0",
            "example": "image",
            "optimization_profile": "size",
            "error_reporting": "sentry",
            "playground": "no",
            "pins": "article",
        }
    ),
}

# A file's content, and whether it can be run.
File = tuple[bytes, bool]


# --- A project, and what happens to it ---


def new(project: Project, template: Path, folder: Path, version: str = CANDIDATE) -> Path:
    """The project as a version of the template makes it, whatever the settings of whoever runs this."""
    options = {"vcs_ref": version, "defaults": True, "quiet": True, "settings": copier.Settings()}
    copier.run_copy(str(template), folder, data=dict(project.answers), **options)
    return folder


def released(name: str, template: Path, folder: Path, repository: Path = ROOT) -> Path:
    """The project as it stood in the last release; one that is new in the gallery, as that release makes it now."""
    version, sha = next(iter(released_versions(repository).items()))
    path = f"{GALLERY}/{name}"
    if not git("ls-tree", sha, "--", path, cwd=repository):
        return new(PROJECTS[name], template, folder, f"v{version}")
    tree = folder.with_name(f"tree of {name}")
    tree.mkdir()
    git("checkout", sha, "--", path, cwd=repository, GIT_WORK_TREE=str(tree), GIT_INDEX_FILE=str(tree / "index"))
    return (tree / path).rename(folder)


def say(folder: Path, version: str, source: str = TEMPLATE) -> None:
    """Has a project say of which version, and of which template, it is."""
    answers = folder / ".copier-answers.yml"
    text = re.sub("^_src_path: .*$", f"_src_path: {source}", answers.read_text(), flags=re.MULTILINE)
    answers.write_text(answers_of(version, text))


def add_lines(project: Project, folder: Path) -> None:
    """Adds the owner's lines to the template's files, where they are not there yet, and takes out what is gone."""
    for path, text in project.taken_out:
        file = folder / path
        file.write_text(file.read_text().replace(text, ""))
    for path, after, text in project.lines:
        if text not in (folder / path).read_text():
            insert(folder / path, after, text)


def follow_pages(project: Project, folder: Path) -> None:
    """Does what the pages say, in files that are as a new project has them."""
    for page in project.pages:
        for path, code in documented(page):
            file = folder / path
            file.write_text(placed(file.read_text() if file.exists() else "", code))


def update(folder: Path, project: Project) -> None:
    """Updates a project to the candidate.

    Raises:
        Refused: its owner would have something to settle.
    """
    git("init", "--quiet", cwd=folder)
    commit(folder, "As its owner has it")
    options = {"vcs_ref": CANDIDATE, "defaults": True, "overwrite": True, "quiet": True, "settings": copier.Settings()}
    copier.run_update(folder, data=dict(project.answers), **options)
    if found := git("diff", "--name-only", "--diff-filter=U", cwd=folder).splitlines():
        raise Refused(f"the update of {folder.name} has conflicts, as those of others will: {', '.join(found)}")
    shutil.rmtree(folder / ".git")


def owned(folder: Path) -> set[str]:
    """The files of a project that are the owner's by copier.yml: an update leaves them as they are."""
    settings = yaml.safe_load((ROOT / "copier.yml").read_text())
    of_updates = [entry for entry in settings["_exclude"] if "_copier_operation == 'update'" in entry]
    patterns = re.findall("^/(.*)$", "\n".join([*of_updates, *settings["_skip_if_exists"]]), re.MULTILINE)
    # Where a name turns on an answer, only that of this project is there.
    found = [path for pattern in patterns for path in folder.glob(re.sub(r"\{\{.*?\}\}", "*", pattern))]
    files = [path for one in found for path in [one, *one.rglob("*")] if path.is_file()]
    return {path.relative_to(folder).as_posix() for path in files}


def take_example(project: Project, folder: Path, fresh: Path) -> None:
    """Has the owner take the example and the lock files of today, and do in them what they did before."""
    for path in owned(folder) | {path for page in project.pages for path, _ in documented(page)}:
        (folder / path).unlink(missing_ok=True)
    for path in owned(fresh):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(fresh / path, folder / path)
    follow_pages(project, folder)


# --- The gallery ---


def wanted() -> dict[str, File]:
    """Every file of the gallery as it should be, by its path.

    Raises:
        Refused: an update would leave an owner something to settle.
    """
    last, files = next(iter(released_versions())), {}
    with tempfile.TemporaryDirectory() as temporary:
        template = candidate(Path(temporary))
        for name, project in PROJECTS.items():
            folder = released(name, template, Path(temporary) / name)
            say(folder, last, str(template))
            add_lines(project, folder)
            update(folder, project)
            take_example(project, folder, new(project, template, Path(temporary) / f"new {name}"))
            say(folder, last)
            paths = [path for path in folder.rglob("*") if path.is_file()]
            files |= {f"{GALLERY}/{name}/{path.relative_to(folder).as_posix()}": read(path) for path in paths}
    return files


def read(path: Path) -> File:
    """A file as it is; git keeps no more of its mode."""
    return path.read_bytes(), os.access(path, os.X_OK)


def stale(right: Mapping[str, File]) -> list[str]:
    """The paths in the gallery at which not the right file is, or one that should not be."""
    there = {path: read(ROOT / path) for path in working_tree(GALLERY)}
    return sorted(path for path in there.keys() | right.keys() if there.get(path) != right.get(path))


def write(path: str, right: File | None) -> None:
    """Makes a file what it should be, or deletes it."""
    target = ROOT / path
    if right is None:
        target.unlink()
        return
    content, runs = right
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o755 if runs else 0o644)


def main() -> None:
    """Writes the gallery, or checks it; exits with 1 when it is stale, or when an update leaves something to settle."""
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh gallery",
        description=f"Updates the projects in {GALLERY}/ from the last release to the working tree.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and fail when a file is stale")
    check = parser.parse_args().check
    # The settings of git of whoever runs this; Copier has the environment from plumbum.
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        plumbum.local.env[name] = os.environ.setdefault(name, os.devnull)
    do_once()
    print(">>> Updating the gallery from the last release", flush=True)
    try:
        right = wanted()
    except Refused as refused:
        sys.exit(f"gallery: {refused}")
    found = stale(right)
    if check and found:
        sys.exit(f"gallery: not what an update makes, {MENDING}: {', '.join(found)}")
    for path in found:
        write(path, right.get(path))
    print(f">>> {len(found)} files of {len(right)} changed")


if __name__ == "__main__":
    main()
