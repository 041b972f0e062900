"""The gallery: it is what an update from the last release leaves, and that is a new project with its owner's edits. So it
is the template's golden output, and a proof of its updates.
"""

import dataclasses
import shutil
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import ROOT, commit, files, run

from maintenance import GALLERY, gallery
from maintenance.candidate import working_tree
from maintenance.owner import documented, insert
from maintenance.release import Refused, released_versions

LAST = next(iter(released_versions()))
PROJECTS = gallery.PROJECTS


def shown(name: str) -> dict[str, bytes]:
    """The files of a project in the gallery, without what git ignores."""
    top = f"{GALLERY}/{name}/"
    return {path.removeprefix(top): (ROOT / path).read_bytes() for path in working_tree(top)}


def test_the_gallery_is_what_an_update_leaves() -> None:
    assert gallery.stale(gallery.wanted()) == [], gallery.MENDING


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_is_a_new_one_with_its_owners_edits(name: str, template: Path, tmp_path: Path) -> None:
    project = PROJECTS[name]
    # It is older than the projects that have no such flag.
    aged = dataclasses.replace(project, answers=project.answers | {"nodejs_compat": True})
    fresh = gallery.new(aged, template, tmp_path / name)
    gallery.add_lines(project, fresh)
    gallery.follow_pages(project, fresh)
    gallery.say(fresh, LAST)
    assert shown(name) == files(fresh)


@pytest.mark.parametrize("name", PROJECTS)
def test_what_the_owner_wrote_is_there(name: str) -> None:
    wrote = [(path, text) for path, _, text in PROJECTS[name].lines]
    wrote += [code for page in PROJECTS[name].pages for code in documented(page)]
    assert [path for path, text in wrote if text.encode() not in shown(name)[path]] == []


def test_one_project_has_edits_and_is_the_default_one() -> None:
    assert [name for name, project in PROJECTS.items() if project.pages and project.lines] == ["text"]
    assert PROJECTS["text"].answers == {}


def test_the_page_names_each_project_and_each_answer() -> None:
    page = (ROOT / "docs/gallery.md").read_text()
    for name, project in PROJECTS.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| [{GALLERY}/{name}](../{GALLERY}/{name}) |")]
        said = [f"{question}={answer}" for question, answer in project.answers.items()]
        assert [answer for answer in said if f"`{answer}`" not in row] == []
        assert [path for path, *_ in project.lines if f"`{path}`" not in row] == []


def test_an_edited_a_missing_and_a_strange_file_are_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {path: gallery.read(ROOT / path) for path in working_tree(GALLERY)}
    assert gallery.stale(there) == []
    edited, mode, missing, *_, strange = there
    right = there | {edited: (b"", False), mode: (there[mode][0], not there[mode][1]), f"{missing}.md": (b"", False)}
    del right[strange]
    assert gallery.stale(right) == sorted([edited, mode, f"{missing}.md", strange])
    monkeypatch.setattr(gallery, "wanted", lambda: right)
    monkeypatch.setattr("sys.argv", ["gallery", "--check"])
    with pytest.raises(SystemExit, match=f"not what an update makes, run ./scripts/.* and commit {GALLERY}: {edited}, "):
        gallery.main()


def test_files_are_written_and_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = {f"{GALLERY}/text/run.sh": (b"#!/bin/sh\n", True), f"{GALLERY}/text/read.md": (b"# Read\n", False)}
    (tmp_path / GALLERY).mkdir()
    (tmp_path / GALLERY / "old.md").write_text("# Old\n")
    monkeypatch.setattr(gallery, "ROOT", tmp_path)
    monkeypatch.setattr(gallery, "wanted", lambda: right)
    monkeypatch.setattr(gallery, "working_tree", lambda under: [f"{under}/old.md"])
    monkeypatch.setattr("sys.argv", ["gallery"])
    gallery.main()
    assert {path: gallery.read(tmp_path / path) for path in right} == right
    assert not (tmp_path / GALLERY / "old.md").exists()


def test_a_project_begins_as_the_last_release_has_it_with_what_its_owner_did_then(template: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(ROOT / GALLERY, repository / GALLERY)
    (repository / GALLERY / "text/notes.md").write_text("Mine.\n")
    commit(repository, "Release 998.0.0")
    insert(repository / GALLERY / "text/README.md", "", "Later.\n")
    commit(repository, "A change")
    project = gallery.released("text", template, tmp_path / "text", repository)
    assert files(project) == shown("text") | {"notes.md": b"Mine.\n"}
    assert gallery.read(project / "build.sh") == gallery.read(ROOT / GALLERY / "text/build.sh")
    assert run("git", "status", "--porcelain", cwd=repository) == ""


SETTLED = {
    "a line that both changed": ("template/.gitignore", "node_modules/\n", "/worker/\n", ".gitignore"),
    "a file that is no longer the owner's": ("copier.yml", "    /README.md\n", "", "README.md"),
}


@pytest.mark.parametrize("what", SETTLED)
def test_an_update_after_which_an_owner_has_work_is_refused(what: str, template: Path, tmp_path: Path) -> None:
    path, old, new, conflict = SETTLED[what]
    project = gallery.new(gallery.Project({}), template, tmp_path / "project", f"v{LAST}")
    insert(project / ".gitignore", "node_modules/", "  # mine")
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", template, clone, cwd=tmp_path)
    (clone / path).write_text((clone / path).read_text().replace(old, new))
    insert(clone / "template/README.md.jinja", "", "\nMore.\n")
    commit(clone, "A change")
    run("git", "tag", "--force", "--annotate", "--message=Candidate", CANDIDATE, cwd=clone)
    gallery.say(project, LAST, str(clone))
    with pytest.raises(Refused, match=f"the update of project has conflicts, as those of others will: {conflict}$"):
        gallery.update(project, gallery.Project({}))
