"""The release command, in a scratch clone: each refusal and what it says, and the one way that ends in a release.

The tests that a release runs are those of the clone, `.ci/run`: there it is `true` or `false`.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import ROOT, commit, run

from maintenance import GALLERY
from maintenance.gallery import PROJECTS
from maintenance.release import VERSION, tag_all

CHANGELOG = """# Changelog

## [Unreleased]

### Fixed

- A mistake.

## [0.1.0] - 2026-11-23

### Added

- Everything.
"""


@pytest.fixture
def clone(sources: Path, tmp_path: Path) -> Path:
    """The working tree as main of a clone, where 0.1.0 is the last release, with a changelog that asks for a patch and
    tests that pass.
    """
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", "--no-tags", sources, clone, cwd=tmp_path)
    run("git", "checkout", "--quiet", "--orphan", "scratch", cwd=clone)
    manifest = clone / "pyproject.toml"
    manifest.write_text(re.sub(r'^version = ".*"$', 'version = "0.1.0"', manifest.read_text(), flags=re.MULTILINE))
    commit(clone, "Release 0.1.0")
    run("git", "branch", "--force", "--move", "main", cwd=clone)
    (clone / ".git/info/exclude").write_text(".venv\n")
    (clone / ".venv").symlink_to(ROOT / ".venv")
    write(clone, **{"CHANGELOG.md": CHANGELOG, ".ci/run": "#!/bin/sh\ntrue\n"})
    tag_all(clone)
    return clone


def write(clone: Path, **texts: str) -> None:
    """Commits new texts of files."""
    for path, text in texts.items():
        (clone / path).write_text(text)
    commit(clone, "Prepare")


def release(clone: Path, *words: str, status: int = 0) -> str:
    return run("./scripts/run.sh", "release", *words, cwd=clone, status=status)


def state(clone: Path) -> list[str]:
    """All that a release may change: branches and tags, the index and the files, the current branch."""
    commands = [["for-each-ref"], ["status", "--porcelain"], ["rev-parse", "--abbrev-ref", "HEAD"]]
    return [run("git", *words, cwd=clone) for words in commands]


def test_a_release_moves_the_changelog_sets_the_version_commits_and_tags(clone: Path) -> None:
    before = run("git", "rev-parse", "HEAD", cwd=clone).strip()

    printed = release(clone, "0.1.1")

    assert printed.endswith("To publish it: git push origin main v0.1.1\n")
    changelog = (clone / "CHANGELOG.md").read_text()
    dated = re.sub(r"20\d\d-\d\d-\d\d", "DATE", changelog, count=1)
    assert dated == CHANGELOG.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [0.1.1] - DATE\n")
    assert '\nversion = "0.1.1"\n' in (clone / "pyproject.toml").read_text()
    assert run("git", "status", "--porcelain", cwd=clone) == ""
    assert run("git", "log", "-1", "--format=%s %P", cwd=clone) == f"Release 0.1.1 {before}\n"
    answers = [f"{GALLERY}/{name}/.copier-answers.yml" for name in sorted(PROJECTS)]
    assert run("git", "diff", "--name-only", "HEAD~", cwd=clone).split() == ["CHANGELOG.md", *answers, "pyproject.toml"]
    assert all("\n_commit: v0.1.1\n" in (clone / path).read_text() for path in answers)
    assert run("git", "diff", "--summary", "HEAD~", cwd=clone) == ""
    assert run("git", "describe", "HEAD", cwd=clone) == "v0.1.1\n"
    assert run("git", "cat-file", "-t", "v0.1.1", cwd=clone) == "tag\n"
    assert release(clone, "--notes", "0.1.1") == "### Fixed\n\n- A mistake.\n"
    assert "0.1.1 was released by the commit" in release(clone, "0.1.1", status=1)


def test_a_dry_run_shows_the_change_and_makes_none(clone: Path) -> None:
    write(clone, **{".ci/run": "#!/bin/sh\nfalse\n"})
    before = state(clone)
    printed = release(clone, "0.1.1", "--dry-run")
    assert '-version = "0.1.0"\n+version = "0.1.1"\n' in printed
    assert "+## [0.1.1] - 20" in printed
    assert state(clone) == before


def changelog(text: str) -> Callable[[Path], None]:
    return lambda clone: write(clone, **{"CHANGELOG.md": CHANGELOG.replace("### Fixed\n\n- A mistake.\n", text)})


def on_a_branch(clone: Path) -> None:
    run("git", "switch", "--quiet", "--create", "topic", cwd=clone)


def without_a_branch(clone: Path) -> None:
    run("git", "switch", "--quiet", "--detach", cwd=clone)


def with_a_change(clone: Path) -> None:
    (clone / "notes.txt").write_text("mine\n")


def with_the_tag(clone: Path) -> None:
    run("git", "tag", "v0.1.1", cwd=clone)


def with_failing_tests(clone: Path) -> None:
    write(clone, **{".ci/run": "#!/bin/sh\nfalse\n"})


def with_main_moving_meanwhile(clone: Path) -> None:
    write(clone, **{".ci/run": "#!/bin/sh\ngit commit --quiet --allow-empty --message=Meanwhile\n"})


def as_it_is(clone: Path) -> None:
    pass


ACT = "### Changed\n\n- **Act** if you did.\n"
REFUSALS = {
    "another branch": (on_a_branch, "0.1.1", "a release is made on main, this is topic: git switch main"),
    "no branch": (without_a_branch, "0.1.1", "a release is made on main, this is no branch: git switch main"),
    "a file that is not committed": (with_a_change, "0.1.1", "not committed; commit or remove them:\n?? notes.txt"),
    "a tag that is there": (with_the_tag, "0.1.1", "the tag v0.1.1 is there already, at "),
    "a version that was released": (as_it_is, "0.1.0", "0.1.0 was released by the commit "),
    "an older version": (as_it_is, "0.0.9", "0.0.9 does not follow 0.1.0: 0.1.1, 0.2.0, 1.0.0 do"),
    "a version too far on": (as_it_is, "0.3.0", "0.3.0 does not follow 0.1.0: 0.1.1, 0.2.0, 1.0.0 do"),
    "an empty changelog": (changelog("### Fixed\n"), "0.1.1", "CHANGELOG.md has nothing under [Unreleased]"),
    "a changelog without the heading": (
        lambda clone: write(clone, **{"CHANGELOG.md": "# Changelog\n"}),
        "0.1.1",
        "CHANGELOG.md has no heading ## [Unreleased]",
    ),
    "a patch that asks to act": (changelog(ACT), "0.1.1", "0.1.1 is too small for what CHANGELOG.md asks"),
    "a patch that asks to look": (changelog("### Added\n\n- More.\n"), "0.1.1", "owner: 0.2.0 (docs/releasing.md)"),
    "tests that fail": (with_failing_tests, "0.1.1", "the tests failed: what stands above says why"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refusal_says_why_and_changes_nothing(clone: Path, reason: str) -> None:
    prepare, version, message = REFUSALS[reason]
    prepare(clone)
    before = state(clone)
    assert message in release(clone, version, status=1)
    assert state(clone) == before


def test_all_that_is_wrong_is_said_at_once(clone: Path) -> None:
    with_a_change(clone)
    printed = release(clone, "0.3.0", status=1)
    assert "notes.txt" in printed
    assert "does not follow" in printed


def test_a_main_that_moves_during_the_tests_is_not_released(clone: Path) -> None:
    with_main_moving_meanwhile(clone)
    assert "git merge failed: " in release(clone, "0.1.1", status=1)
    assert run("git", "log", "-1", "--format=%s", cwd=clone) == "Meanwhile\n"
    assert run("git", "tag", "--list", "v0.1.1", cwd=clone) == ""


@pytest.mark.parametrize("text", ["0.2", "v0.2.0", "0.2.0rc1", "00.2.0", "0.2.0-1", "1!0.2.0", "٠.2.0"])
def test_what_is_no_final_version_is_refused(clone: Path, text: str) -> None:
    printed = release(clone, text, status=2)
    assert f"{text} is not a final version: write three numbers, for example 0.2.0" in printed


def test_wrong_words_are_refused_and_help_names_the_right_ones(clone: Path) -> None:
    release(clone, status=2)
    release(clone, "--tags", "--dry-run", status=2)
    assert {"X.Y.Z", "--dry-run", "--tags", "--notes"} <= set(release(clone, "--help").replace("]", " ").split())


def test_after_a_release_that_asked_to_act_a_minor_version_may_ask_it_below_1_only(clone: Path) -> None:
    changelog(ACT)(clone)
    release(clone, "1.0.0")
    changelog(ACT)(clone)
    assert "2.0.0" in release(clone, "1.1.0", "--dry-run", status=1)
    assert "+## [2.0.0]" in release(clone, "2.0.0", "--dry-run")


def test_an_interrupted_release_changes_nothing(clone: Path) -> None:
    write(clone, **{".ci/run": "#!/bin/sh\ntouch ../testing\nsleep 60\n"})
    before = state(clone)
    process = subprocess.Popen(
        ["./scripts/run.sh", "release", "0.1.1"],
        cwd=clone,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has them ignore it, and all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (clone.parent / "testing").exists():
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    assert "interrupted. Without a Release commit on main nothing is changed" in process.communicate()[1]
    assert process.returncode == 1
    assert state(clone) == before


# --- Tags ---


def tags(clone: Path) -> str:
    return run("git", "for-each-ref", "refs/tags", cwd=clone)


def test_two_clones_make_the_same_tags_whoever_and_whenever(clone: Path, tmp_path: Path, monkeypatch) -> None:
    release(clone, "0.1.1")
    other = tmp_path / "other"
    run("git", "clone", "--quiet", "--no-tags", clone, other, cwd=tmp_path)
    (other / ".git/info/exclude").write_text(".venv\n")
    (other / ".venv").symlink_to(ROOT / ".venv")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Somebody")
    assert release(other, "--tags") == "made: v0.1.1, v0.1.0\n"
    assert tags(other) == tags(clone)
    assert release(other, "--tags") == "every release has its tag\n"
    assert run("git", "for-each-ref", "--format=%(taggerdate) %(*committerdate)", "refs/tags/v0.1.0", cwd=other)


@pytest.mark.parametrize("kind", ["--annotate", "--no-sign"])
def test_a_tag_that_points_elsewhere_is_refused_and_not_moved(clone: Path, kind: str) -> None:
    run("git", "tag", "--force", kind, "--message=Mine", "v0.1.0", "HEAD", cwd=clone)
    before = tags(clone)
    printed = release(clone, "--tags", status=1)
    assert re.search(r'v0\.1\.0 is an? \w+ tag at \w{12}, wanted: an annotated one at \w{12}, "Release 0.1.0"', printed)
    assert tags(clone) == before


def test_a_lightweight_tag_at_the_right_commit_is_refused(clone: Path) -> None:
    run("git", "tag", "--force", "v0.1.0", "v0.1.0^{}", cwd=clone)
    assert "v0.1.0 is a lightweight tag at" in release(clone, "--tags", status=1)


def test_the_version_in_pyproject_is_the_last_one_released() -> None:
    headings = re.findall(rf"^## \[({VERSION})\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert f'\nversion = "{headings[0]}"\n' in (ROOT / "pyproject.toml").read_text()
