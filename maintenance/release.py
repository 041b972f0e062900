"""A release in one command: checks, tests, the changelog, the version, the commit and its tag.

    ./scripts/run.sh release 0.2.0

A release is a commit of main with the subject `Release X.Y.Z`. Its tag is made of nothing but that commit, so that
every clone can make it again and all make the same one: tags do not always travel with main.
"""

import argparse
import datetime
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import GALLERY, ROOT

CHANGELOG = "CHANGELOG.md"
MANIFEST = "pyproject.toml"
# Semantic Versioning 2.0.0, section 2, without the pre-releases of section 9; PEP 440 takes it for final as well.
VERSION = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"


class Refused(Exception):
    """Why nothing was released or tagged, and what to do about it."""


# --- What is released ---


def git(*words: str, cwd: Path = ROOT, given: str | None = None, **environment: str) -> str:
    """Runs git and returns what it printed.

    Raises:
        Refused: it failed; the message has what it said.
    """
    done = subprocess.run(
        ["git", *words], cwd=cwd, input=given, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        raise Refused(f"git {words[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def released_versions(repository: Path = ROOT) -> dict[str, str]:
    """Each released version with its commit, the newest first; by the subjects in the history of HEAD."""
    commits = (line.split(" ", maxsplit=1) for line in git("log", "--format=%H %s", cwd=repository).splitlines())
    return {subject.split()[1]: sha for sha, subject in commits if re.fullmatch(f"Release {VERSION}", subject)}


def tag(version: str, sha: str, repository: Path = ROOT) -> bool:
    """Makes the annotated tag of a release, whoever does it and whenever the same object; False when it was there.

    Raises:
        Refused: the tag is there and points elsewhere. It is never moved: somebody may have fetched it.
    """
    name = f"v{version}"
    if git("tag", "--list", name, cwd=repository):
        kind = git("cat-file", "-t", f"refs/tags/{name}", cwd=repository)
        found = git("rev-parse", f"refs/tags/{name}^{{}}", cwd=repository)
        if (kind, found) != ("tag", sha):
            raise Refused(
                f"{name} is {'an annotated' if kind == 'tag' else 'a lightweight'} tag at {found[:12]}, wanted: "
                f'an annotated one at {sha[:12]}, "Release {version}". Find out which one was published: '
                f"a tag is not moved, only one of yours alone may be deleted, git tag --delete {name}"
            )
        return False
    author, address, date = git("show", "--no-patch", "--format=%cn%n%ce%n%cI", sha, cwd=repository).splitlines()
    signature = {"GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": address, "GIT_COMMITTER_DATE": date}
    git("tag", "--annotate", "--no-sign", f"--message=Release {version}", name, sha, cwd=repository, **signature)
    return True


def tag_all(repository: Path = ROOT) -> list[str]:
    """Makes the tags that are missing, and returns their versions."""
    return [version for version, sha in released_versions(repository).items() if tag(version, sha, repository)]


# --- What a release needs ---


def section(changelog: str, version: str) -> str:
    """What the changelog says of a version, or of `Unreleased`, without the heading.

    Raises:
        Refused: there is no such heading.
    """
    found = re.search(rf"^## \[{re.escape(version)}\].*?\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found:
        raise Refused(f"{CHANGELOG} has no heading ## [{version}]")
    return found[1].strip()


def followers(last: str) -> list[str]:
    """The versions that may follow: a patch, a minor one, a major one."""
    major, minor, patch = map(int, last.split("."))
    return [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]


def least(entries: str, last: str) -> str:
    """The smallest version that may ask of a project's owner what the changelog's lines do.

    A patch asks nothing, a minor one may ask to look, a major one to act. Below 1.0.0 a minor one may ask that as well
    (Semantic Versioning 2.0.0, section 4).
    """
    patch, minor, major = followers(last)
    if "**Act**" in entries:
        return minor if last.startswith("0.") else major
    return patch if set(re.findall(r"^### (.*)", entries, re.MULTILINE)) <= {"Fixed", "Security"} else minor


def problems(version: str) -> Iterator[str]:
    """What keeps this version from being released now, each with what mends it."""
    branch = git("branch", "--show-current")
    if branch != "main":
        yield f"a release is made on main, this is {branch or 'no branch'}: git switch main"
    if changed := git("status", "--porcelain"):
        yield f"these files are not committed; commit or remove them:\n{changed}"

    versions = released_versions()
    last = next(iter(versions))
    if git("tag", "--list", f"v{version}"):
        at = git("rev-parse", f"refs/tags/v{version}^{{}}")[:12]
        yield f"the tag v{version} is there already, at {at}: take the next version, a tag is not moved"
    if version in versions:
        yield f"{version} was released by the commit {versions[version][:12]}: take the next version"
        return
    entries = section((ROOT / CHANGELOG).read_text(), "Unreleased")
    if "\n- " not in f"\n{entries}":
        yield f"{CHANGELOG} has nothing under [Unreleased]: write what a project's owner gets"
    following, smallest = followers(last), least(entries, last)
    if version not in following:
        yield f"{version} does not follow {last}: {', '.join(following)} do"
    elif following.index(version) < following.index(smallest):
        yield f"{version} is too small for what {CHANGELOG} asks of a project's owner: {smallest} (docs/releasing.md)"


# --- The release ---


def answers_of(version: str, answers: str) -> str:
    """The text of a project's .copier-answers.yml, as that of a version."""
    return re.sub("^_commit: .*$", f"_commit: v{version}", answers, count=1, flags=re.MULTILINE)


def content(version: str) -> dict[str, str]:
    """The files that a release changes, as they will be."""
    changelog, manifest = (ROOT / CHANGELOG).read_text(), (ROOT / MANIFEST).read_text()
    today = datetime.datetime.now(datetime.UTC).date()
    heading = "## [Unreleased]\n"
    answers = {
        path.relative_to(ROOT).as_posix(): answers_of(version, path.read_text())
        for path in (ROOT / GALLERY).glob("*/.copier-answers.yml")
    }
    return answers | {
        CHANGELOG: changelog.replace(heading, f"{heading}\n## [{version}] - {today}\n", 1),
        MANIFEST: re.sub(rf'^version = "{VERSION}"$', f'version = "{version}"', manifest, count=1, flags=re.MULTILINE),
    }


def release_commit(version: str, head: str) -> str:
    """The release as a commit after `head`, which no branch has yet: whatever stops here has changed nothing."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        git("read-tree", head, **index)
        for path, text in content(version).items():
            blob = git("hash-object", "-w", "--stdin", given=text)
            git("update-index", "--cacheinfo", f"100644,{blob},{path}", **index)
        return git("commit-tree", git("write-tree", **index), "-p", head, "-m", f"Release {version}")


def release(version: str, dry: bool) -> None:
    """Releases a version, or shows what would be done.

    Raises:
        Refused: a check or a test failed, and nothing was changed.
    """
    print(f">>> Checking that {version} can be released", flush=True)
    if found := list(problems(version)):
        raise Refused("\n".join(found))
    head = git("rev-parse", "HEAD")
    if dry:
        print(f">>> Would run the tests, .ci/run, commit this as Release {version} and tag it v{version}")
        print(git("diff", head, release_commit(version, head)))
        return
    print(">>> Running all tests, .ci/run, from every release and with every pin set", flush=True)
    if subprocess.run([".ci/run"], cwd=ROOT, env=os.environ | {"TESTS": "all"}).returncode:
        raise Refused("the tests failed: what stands above says why")
    commit = release_commit(version, head)
    # Takes the branch, the index and the files along, or refuses when main or one of these files moved meanwhile.
    git("merge", "--ff-only", commit)
    tag(version, commit)
    print(f">>> Released {version} here, as {commit[:12]}. To publish it: git push origin main v{version}")


def main() -> None:
    """Reads the command line; exits with 1 when something is refused, with 2 for a wrong word."""
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh release",
        description="Checks, tests, commits and tags a release of the template; pushes nothing.",
        epilog="docs/releasing.md explains it. When a check or a test fails, nothing is changed.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("version", metavar="X.Y.Z", nargs="?", type=final, help="the version to release")
    what.add_argument("--tags", action="store_true", help="make the tags that this clone lacks, at the Release commits")
    what.add_argument("--notes", metavar="X.Y.Z", type=final, help="print what the changelog says of a version")
    parser.add_argument("--dry-run", action="store_true", help="check, and show what would be committed")
    options = parser.parse_args()
    if options.dry_run and not options.version:
        parser.error("--dry-run goes with a version")
    try:
        if options.version:
            release(options.version, options.dry_run)
        elif options.notes:
            print(section((ROOT / CHANGELOG).read_text(), options.notes))
        else:
            made = tag_all()
            print(f"made: {', '.join(f'v{version}' for version in made)}" if made else "every release has its tag")
    except Refused as refused:
        sys.exit(f"release: {refused}")
    except KeyboardInterrupt:
        sys.exit("release: interrupted. Without a Release commit on main nothing is changed; with one, --tags tags it")


def final(text: str) -> str:
    """A version on the command line."""
    if not re.fullmatch(VERSION, text):
        raise argparse.ArgumentTypeError(f"{text} is not a final version: write three numbers, for example 0.2.0")
    return text


if __name__ == "__main__":
    main()
