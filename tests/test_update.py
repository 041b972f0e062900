"""Updates: from every released version, and over every change of an answer, to the working tree."""

import re
from collections.abc import Mapping
from pathlib import Path

import copier
import pytest
from conftest import CANDIDATE, released_versions
from helpers import COPIER, ROOT, commit, files, render, run

USERS_FILES = [
    "LICENSE",
    "my_worker/src/lib.rs",
    "my_worker/src/text.rs",
    "worker/bench/job.ts",
    "worker/src/contract.ts",
    "worker/src/index.ts",
    "worker/test/contract.test.ts",
]


def start(template: Path, project: Path, version: str = CANDIDATE, answers: Mapping[str, str] | None = None) -> Path:
    """A project from a version of the template, committed."""
    render(template, project, answers, version=version)
    commit(project, "Start")
    return project


def update(project: Path, answers: Mapping[str, str] | None = None) -> None:
    """Updates a committed project to the working tree, and fails on anything that a person would have to settle."""
    copier.run_update(project, data=dict(answers or {}), vcs_ref=CANDIDATE, defaults=True, overwrite=True, quiet=True)
    status = run("git", "status", "--porcelain", cwd=project)
    assert "UU " not in status, status
    assert not list(project.rglob("*.rej"))


def without_users(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in tree.items() if path not in USERS_FILES}


def test_the_changelog_has_the_versions_that_were_released() -> None:
    headings = re.findall(r"^## \[([0-9.]+)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert headings == list(released_versions())


@pytest.mark.parametrize("version", [f"v{version}" for version in released_versions()])
def test_an_untouched_project_ends_equal_to_a_fresh_one(template: Path, tmp_path: Path, version: str) -> None:
    project = start(template, tmp_path / "project", version)

    update(project)

    fresh = render(template, tmp_path / "fresh", version=CANDIDATE)
    assert without_users(files(project)) == without_users(files(fresh))


@pytest.mark.parametrize("version", [f"v{version}" for version in released_versions()])
def test_edits_survive(template: Path, tmp_path: Path, version: str) -> None:
    project = start(template, tmp_path / "project", version)
    mine = {path: f"// mine, {path}\n".encode() for path in USERS_FILES}
    for path, content in mine.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)
    (project / "my_worker/src/count.rs").write_text("// a second endpoint\n")
    wrangler = project / "worker/wrangler.toml"
    wrangler.write_text(wrangler.read_text() + '\n[[kv_namespaces]]\nbinding = "CACHE"\nid = "1"\n')
    commit(project, "My own")

    update(project)

    tree = files(project)
    assert {path: tree[path] for path in USERS_FILES} == mine
    assert tree["my_worker/src/count.rs"] == b"// a second endpoint\n"
    assert tree["worker/wrangler.toml"].endswith(b'binding = "CACHE"\nid = "1"\n')


CHANGES = [
    {"optimization_profile": "balanced"},
    {"optimization_profile": "speed"},
    {"serde_casing": "kebab-case"},
    {"pins": "current"},
    {"project_name": "other-worker", "license": "Apache-2.0", "description": 'It "quotes" {{ braces }} # and \\ more'},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: " ".join(change))
def test_a_changed_answer_ends_equal_to_a_fresh_project_with_it(
    template: Path, tmp_path: Path, change: dict[str, str]
) -> None:
    before = {"pins": "article", "optimization_profile": "size", "crate_name": "my_worker"}
    project = start(template, tmp_path / "project", answers=before)

    update(project, change)

    fresh = render(template, tmp_path / "fresh", before | change, version=CANDIDATE)
    assert without_users(files(project)) == without_users(files(fresh))


def test_a_file_that_the_user_deleted_stays_deleted(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project")
    (project / "my_worker/src/text.rs").unlink()
    (project / ".github/workflows/ci.yml").unlink()
    commit(project, "Without")

    update(project, {"optimization_profile": "speed"})

    assert not {"my_worker/src/text.rs", ".github/workflows/ci.yml"} & files(project).keys()
    assert b"opt-level = 3" in files(project)["my_worker/Cargo.toml"]


def test_the_command_line_updates_without_trust_and_says_what_comes_next(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", answers={"pins": "article"})
    printed = run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", "--data", "pins=current", cwd=project)
    assert "my-worker is updated. Next:" in printed
    assert "./build.sh" in printed
