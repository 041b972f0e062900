"""Where a project is to be: folders that hold something already, that cannot be written, or whose name is unusual.

All with the real `copier` command. What Copier itself decides here, docs/getting-started.md tells the user; so a Copier
that decides otherwise fails a test.
"""

import os
import shlex
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import COPIER, QUESTIONS, commit, files, render, run
from test_questions import ASKED, ENTER, converse, first_line

MINE = {"README.md": b"# Mine\n", "notes/todo.txt": b"unrelated\n", "worker/package.json": b"{}\n"}
IN_THE_WAY = {"README.md", "worker/package.json"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the user's with two files where the template has some, and one where it has none."""
    for name, content in MINE.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_bytes(content)
    return tmp_path / "project"


def copy(*arguments: str | Path, cwd: Path, status: int = 0) -> str:
    return run(COPIER, "copy", "--defaults", *arguments, cwd=cwd, env=os.environ, status=status)


def kept(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if name in MINE}


# --- Files in the way ---


def test_without_anybody_to_ask_no_file_is_overwritten(folder: Path, template: Path) -> None:
    printed = copy(template, ".", cwd=folder, status=1)
    assert "conflict" in printed
    assert printed.endswith("Interactive session required: Consider using `--overwrite`\n")
    assert kept(folder) == MINE


def test_a_person_is_asked_before_a_file_is_overwritten(folder: Path, template: Path) -> None:
    questions = [(first_line(name), ENTER) for name in ASKED if "when" not in QUESTIONS[name]]
    conflicts = [("Overwrite worker/package.json?", "n"), ("Overwrite README.md?", "n")]
    converse([*questions, *conflicts, ("my-worker is ready.", "")], template, folder.parent)
    assert kept(folder) == MINE
    assert (folder / "build.sh").exists()


def test_overwrite_replaces_what_is_in_the_way_and_nothing_else(folder: Path, template: Path) -> None:
    copy("--overwrite", template, ".", cwd=folder)
    fresh = files(render(template, folder.parent / "fresh", version=CANDIDATE))
    assert files(folder) == fresh | {name: MINE[name] for name in MINE.keys() - IN_THE_WAY}


def test_skip_keeps_what_is_in_the_way_and_writes_the_rest(folder: Path, template: Path) -> None:
    copy(*(f"--skip={name}" for name in IN_THE_WAY), template, ".", cwd=folder)
    assert files(folder) == files(render(template, folder.parent / "fresh", version=CANDIDATE)) | MINE


# --- git ---


def test_a_copy_leaves_the_changes_of_a_git_tree_alone(folder: Path, template: Path) -> None:
    commit(folder, "Mine")
    (folder / "notes/todo.txt").write_text("changed\n")
    (folder / "new.txt").write_text("new\n")
    copy("--skip=README.md", "--skip=worker/package.json", template, ".", cwd=folder)
    assert run("git", "diff", "--name-only", cwd=folder) == "notes/todo.txt\n"
    assert [(folder / name).read_text() for name in ("notes/todo.txt", "new.txt")] == ["changed\n", "new\n"]


@pytest.mark.parametrize("name", ["README.md", "untracked.txt"])
def test_an_update_refuses_a_dirty_git_tree(name: str, template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    commit(project, "Start")
    (project / name).write_text("mine\n")
    before = files(project)
    printed = run(COPIER, "update", "--defaults", cwd=project, env=os.environ, status=1)
    message = "Destination repository is dirty; cannot continue. Please commit or stash your local changes and retry."
    assert message in printed
    assert files(project) == before


# --- Folders that cannot be written ---

# Root may write in any folder; without this capability it may not.
AS_ANYBODY = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", "--"]


@pytest.mark.parametrize("destination", [".", "my-worker"])
def test_a_folder_that_is_read_only_is_named_and_stays_as_it_is(destination: str, folder: Path, template: Path) -> None:
    folder.chmod(0o555)
    command = [*AS_ANYBODY, COPIER, "copy", "--defaults", "--overwrite", template, destination]
    printed = run(*command, cwd=folder, env=os.environ, status=1)
    folder.chmod(0o755)
    assert printed.splitlines()[-1].startswith(f"PermissionError: [Errno 13] Permission denied: '{folder}/")
    assert files(folder) == MINE


def test_a_file_is_no_destination(template: Path, tmp_path: Path) -> None:
    (tmp_path / "project").write_text("mine\n")
    printed = copy("--overwrite", template, "project", cwd=tmp_path, status=1)
    assert printed.splitlines()[-1].startswith(f"NotADirectoryError: [Errno 20] Not a directory: '{tmp_path}/project/")
    assert files(tmp_path) == {"project": b"mine\n"}


# --- Symbolic links ---


def test_a_link_to_a_folder_is_a_destination(folder: Path, template: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    copy("--overwrite", template, "link", cwd=folder.parent)
    assert (folder.parent / "link").is_symlink()
    assert (folder / "build.sh").exists()
    assert (folder / "notes/todo.txt").read_bytes() == MINE["notes/todo.txt"]


def test_a_link_to_nothing_is_no_destination(template: Path, tmp_path: Path) -> None:
    (tmp_path / "project").symlink_to("nothing")
    printed = copy("--overwrite", template, "project", cwd=tmp_path, status=1)
    assert printed.splitlines()[-1] == f"FileExistsError: [Errno 17] File exists: '{tmp_path}/project'"
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


def test_nothing_is_written_through_a_link_out_of_the_project(folder: Path, template: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "README.md").write_text("outside\n")
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("../outside/README.md")
    (folder / "scripts").symlink_to("../outside")
    printed = copy("--overwrite", template, ".", cwd=folder, status=1)
    assert printed.endswith('copier.errors.ForbiddenPathError: "scripts/hints.json" is forbidden\n')
    assert files(outside) == {"README.md": b"outside\n"}


# --- Unusual names ---


@pytest.mark.parametrize(
    "name",
    ["ein schönes Projekt", "it's $(touch pwned) `touch pwned`", '"{{ 7*7 }}" {% raw %}', "日本 🦀", "a;b&c|d\\e"],
)
def test_a_folder_may_have_any_name_and_the_message_leads_into_it(name: str, template: Path, tmp_path: Path) -> None:
    printed = copy(template, name, cwd=tmp_path)
    assert files(tmp_path / name) == files(render(template, tmp_path / "fresh", version=CANDIDATE))
    (command,) = [line for line in printed.splitlines() if line.startswith("  cd ")]
    assert run("bash", "-c", f"{command} && pwd", cwd=tmp_path) == f"{tmp_path / name}\n"
    assert shlex.split(command) == ["cd", name]
    assert not list(tmp_path.rglob("pwned"))
