"""Projects after an update, built with the real tools and run in the real workerd.

That an update leaves what it should, tests/test_update.py says; here the result builds and passes its own tests.
"""

import functools
import re
import shutil
from pathlib import Path

import edits
import pytest
from conftest import CANDIDATE, Projects
from helpers import ALL, build_sh, clone_again, commit, render, run, share_builds
from test_update import DIFFERING, MOVED, ONE_ROOM, RELEASES, USERS_FILES, move_in, start, update

pytestmark = pytest.mark.xdist_group("updates")
LOCKS = sorted(Projects.LOCKS)


# On a change, edited where the files of the owner's stay and where they name another place, and untouched from the first.
EDITED = DIFFERING if ALL else [RELEASES[0], ONE_ROOM[0]]
UNTOUCHED = DIFFERING if ALL else [RELEASES[-1]]


@pytest.fixture(scope="module")
def old(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a release, set up by its own build.sh, with lock files of its own: those of a new project but for
    what this one asks otherwise, so that nothing in them is of today.
    """
    project = start(template, tmp_path_factory.mktemp("old") / request.param, request.param)
    new = render(template, tmp_path_factory.mktemp("new") / "project", version=CANDIDATE)
    for lock in LOCKS:
        shutil.copy2(new / lock, project / lock)
    run("npm", "install", "--package-lock-only", "--no-audit", "--no-fund", cwd=project / "worker")
    build_sh(project, "setup")
    commit(project, "Lock")
    return project


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each project of these tests stands in turn: there Cargo has the crates of others from the one before."""
    return tmp_path_factory.mktemp("after")


@pytest.fixture(scope="module")
def today(projects: Projects) -> Path:
    """A project of today, with the crates that another test has compiled."""
    return projects.start()


@pytest.fixture
def project(old: Path, today: Path, place: Path) -> Path:
    """A copy of it, with what is compiled for a project of today: after the update it is the same."""
    project = place / "project"
    clone_again(old, project, today)
    share_builds(old, project)
    return project


def changed(project: Path) -> list[str]:
    return sorted(run("git", "diff", "--name-only", cwd=project).splitlines())


@pytest.mark.parametrize("old", UNTOUCHED, indirect=True, scope="module")
def test_an_untouched_project_builds_and_passes(project: Path) -> None:
    locks = {lock: (project / lock).read_bytes() for lock in LOCKS}
    update(project)
    move_in(project)
    commit(project, "Update")
    assert {lock: (project / lock).read_bytes() for lock in LOCKS} == locks

    assert "my_worker is built and tested" in build_sh(project)

    assert set(changed(project)) <= set(LOCKS)


@pytest.mark.parametrize("old", EDITED, indirect=True, scope="module")
def test_an_edited_project_builds_and_passes(old: Path, project: Path) -> None:
    edits.edit(project)
    commit(project, "My own")
    update(project)
    commit(project, "Update")

    # What names the old place is told, and moved by one command.
    if old.name in ONE_ROOM:
        assert build_sh(project, status=1).startswith(MOVED)
    move_in(project)
    commit(project, "Move in")

    # Nobody has committed what the update and the edits ask of the lock files.
    assert "run ./build.sh setup, commit worker/package-lock.json" in build_sh(project, "setup", status=1, CI="true")
    printed = build_sh(project)
    assert "my_worker is built and tested" in printed
    # Those of a new project, and the one of the endpoint.
    assert "34 passed" in printed
    assert changed(project) == LOCKS

    commit(project, "Locks")
    build_sh(project, "setup", CI="true")
    assert changed(project) == []


BEFORE = {"optimization_profile": "size", "serde_casing": "camelCase"}
AFTER = {
    "pins": "current",
    "optimization_profile": "speed",
    "serde_casing": "kebab-case",
    "project_name": "other-worker",
}


def test_a_project_of_other_answers_builds_tells_what_is_left_and_can_be_finished(
    projects: Projects, template: Path, tmp_path: Path
) -> None:
    project = projects.start("article", **BEFORE)
    update(project, AFTER)

    # Both sides of the wire still say camelCase, and say so.
    printed = build_sh(project)
    assert "my_worker is built and tested" in printed
    told = re.findall(r"^  (\S+):\d+: .*, the answer is kebab-case$", printed, re.MULTILINE)
    assert {*told} == {"my_worker/src/text.rs", "worker/src/contract.ts"}

    # With these two changed, the types and the tests ask for the others.
    fresh = render(template, tmp_path / "fresh", AFTER | {"crate_name": "my_worker"}, CANDIDATE)
    take = functools.partial(take_from, fresh, project)
    take("my_worker/src/text.rs", "worker/src/contract.ts")
    printed = build_sh(project, "test", status=1)
    assert "test/contract.test.ts(" in printed
    take("worker/test/contract.test.ts")
    assert "bench/job.ts(" in build_sh(project, "test", status=1)
    take("worker/bench/job.ts")
    printed = build_sh(project)
    assert "my_worker is built and tested" in printed
    assert "the answer is" not in printed


def take_from(fresh: Path, project: Path, *paths: str) -> None:
    assert {*paths} <= {*USERS_FILES}
    for path in paths:
        (project / path).write_bytes((fresh / path).read_bytes())
