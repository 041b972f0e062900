"""Which lines of the template's configuration no test would miss: minutes.

    ./scripts/run.sh mutate [FILE]...

Each line of each configuration file of template/, and of the settings of copier.yml, is deleted in a copy of the
working tree, and each file as a whole, one after another; the fast tests have to fail. A line that survives wants a row
in tests/test_settings.py, or is needless. Each mutant is a fork of a process that has read Copier and pytest.
"""

import argparse
import contextlib
import io
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import copier
import pytest

from . import ROOT
from .candidate import copy_working_tree
from .once import do_once

QUESTIONNAIRE = "copier.yml"
FILES = [".cargo/config.toml", ".gitattributes", ".github/workflows/*.yml", ".gitignore", "renovate.json.jinja"]
FILES += ["rust-toolchain.toml.jinja", "*answers_file*.jinja", "**/.npmrc", "**/package.json.jinja", "**/tsconfig.json"]
FILES += ["**/vitest.config.ts", "**/wrangler.toml.jinja", "**/Cargo.toml*", "**/clippy.toml", "**/rustfmt.toml"]
FILES += ["**/size-budget.txt", ".editorconfig", ".vscode/*", "**/.oxlintrc.json"]
# Not that of the gallery, which fails over every line, and is renewed unread.
TESTS = ["tests/test_settings.py"]
# What survives all the same: the line, and the test that holds it and takes longer.
KNOWN = {
    (QUESTIONNAIRE, "/worker/public/playground.html"): "test_update.py updates a project in a folder that git quotes",
}


class Mutant(NamedTuple):
    """A line that is deleted, counted from 1, or 0 for the whole file; and what is deleted."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text.strip()}" if self.line else f"{self.file}: the file"

    def write(self, tree: Path) -> None:
        """Deletes it in a tree whose files are links to others."""
        path = tree / self.file
        lines = path.read_text().splitlines(keepends=True)
        path.unlink()
        if self.line:
            path.write_text("".join(lines[: self.line - 1] + lines[self.line :]))

    @property
    def reason(self) -> str | None:
        """Why it may survive, if it may."""
        return KNOWN.get((self.file, self.text.strip()))


def configuration() -> list[str]:
    """The configuration files of the template, and copier.yml."""
    found = {path for pattern in FILES for path in (ROOT / "template").glob(pattern)}
    return [QUESTIONNAIRE, *sorted(path.relative_to(ROOT).as_posix() for path in found)]


def mutants(file: str) -> Iterator[Mutant]:
    """Each line of a file that says something, and the file."""
    of_the_questionnaire = file == QUESTIONNAIRE
    setting = False
    for number, line in enumerate((ROOT / file).read_text().splitlines(), start=1):
        if re.match(r"\S", line):
            setting = line.startswith("_") or not of_the_questionnaire
        if (setting or not of_the_questionnaire) and not re.fullmatch(r"\s*((#|//).*|[\])},;]*)", line):
            yield Mutant(file, number, line)
    if not of_the_questionnaire:
        yield Mutant(file, 0, "")


def copied(to: Path) -> Path:
    """The working tree, new files too, in a repository with this one's history."""
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, to], check=True)
    copy_working_tree(to)
    subprocess.run(["git", "reset", "--quiet"], cwd=to, check=True)
    return to


def failing(tree: Path) -> str | None:
    """The first test that fails in a tree, if one does; for a process that ends afterwards."""
    os.chdir(tree)
    for name in [name for name in sys.modules if name.partition(".")[0] == "maintenance"]:
        del sys.modules[name]
    options = ["-x", "--quiet", "--assert=plain", f"--basetemp={tree}.tests"]
    options += [f"-pno:{plugin}" for plugin in ("cacheprovider", "hypothesispytest", "xdist")]
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(printed):
        status = pytest.main([*options, *TESTS])
    found = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", printed.getvalue(), re.MULTILINE)
    return None if status == 0 else found[1] if found else "no test could be read"


def tried(work: tuple[Mutant | None, Path]) -> str | None:
    """The first test that fails with a mutant, or with none; the tree is the one that it is made of."""
    mutant, pristine = work
    with tempfile.TemporaryDirectory(dir=pristine.parent) as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(pristine, tree, symlinks=True, copy_function=os.link)
        if mutant:
            mutant.write(tree)
        return failing(tree)


def survivors(files: list[str], processes: int) -> list[Mutant]:
    """Tries each mutant of these files, and tells of each."""
    found = [mutant for file in files for mutant in mutants(file)]
    sys.dont_write_bytecode = True
    do_once()
    with tempfile.TemporaryDirectory() as folder:
        pristine = copied(Path(folder) / "pristine")
        # Without git, so that Copier takes the files as they are.
        warm, without_git = Path(folder) / "warm", shutil.ignore_patterns(".git")
        shutil.copytree(pristine, warm, ignore=without_git, copy_function=os.link)
        copier.run_copy(str(warm), Path(folder) / "project", defaults=True, quiet=True)
        left = []
        with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
            if test := pool.apply(tried, [(None, pristine)]):
                sys.exit(f"nothing was tried, for without any mutant a test fails: {test}")
            start = time.monotonic()
            tests = pool.imap(tried, [(mutant, pristine) for mutant in found])
            for number, (mutant, test) in enumerate(zip(found, tests, strict=True), start=1):
                print(f"{number}/{len(found)} {mutant}  {test or 'SURVIVES'}", flush=True)
                left += [] if test else [mutant]
        print(f"{len(found)} mutants, {(time.monotonic() - start) / len(found):.1f} s each", flush=True)
    return left


def main() -> None:
    """Exits with 1 when a line survives that is not known to."""
    parser = argparse.ArgumentParser(prog="./scripts/run.sh mutate", description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="of the template, or copier.yml; without one, all")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="at a time; one for each core")
    options = parser.parse_args()
    every = configuration()
    if wrong := [file for file in options.files if file not in every]:
        parser.error(f"no configuration file: {', '.join(wrong)}; there are\n" + "\n".join(every))
    lines = {(mutant.file, mutant.text.strip()) for file in every for mutant in mutants(file)}
    if gone := KNOWN.keys() - lines:
        sys.exit(f"known to survive, and no line any more: {gone}")
    left = survivors(options.files or every, options.processes)
    for mutant in left:
        print(f"survives: {mutant}" + (f"  known: {mutant.reason}" if mutant.reason else ""))
    sys.exit(any(not mutant.reason for mutant in left))


if __name__ == "__main__":
    main()
