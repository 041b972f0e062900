"""A project that is one folder of a repository, and what docs/monorepo.md says of it."""

import json
import re
from pathlib import Path

import edits
import pytest
import yaml
from conftest import CANDIDATE
from helpers import COPIER, ROOT, commit, files, run
from test_docs import blocks
from test_own import check
from test_update import ONE_ROOM, move_in
from test_workflows import actionlint, zizmor

API, JOBS = "services/api", "services/jobs"
OTHER = ".copier-answers.jobs.yml"


def copy(template: Path, folder: Path, *options: str, version: str = CANDIDATE) -> str:
    """Copies the template, as a person does in the folder's repository, and returns what Copier says."""
    house, name = folder.parents[1], folder.relative_to(folder.parents[1])
    house.mkdir(exist_ok=True)
    return run(COPIER, "copy", "--defaults", f"--vcs-ref={version}", *options, template, name, cwd=house)


def update(cwd: Path, *arguments: str) -> str:
    return run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", *arguments, cwd=cwd)


def changed(house: Path, beside: str) -> list[str]:
    """What git says of the files that are not in a folder."""
    printed = run("git", "status", "--porcelain", "--untracked-files=all", cwd=house)
    return [line for line in printed.splitlines() if not line[3:].startswith(f"{beside}/")]


def test_each_of_two_projects_of_one_name_is_updated_by_itself(template: Path, tmp_path: Path) -> None:
    house, alone = tmp_path / "house", tmp_path / "alone/services/api"
    release = ONE_ROOM[0]
    copy(template, alone, version=release)
    copy(template, house / API, version=release)
    copy(template, house / JOBS, f"--answers-file={OTHER}", version=release)
    projects = alone, house / API, house / JOBS
    commit(alone, "Start")
    commit(house, "Start")
    for project in projects:
        edits.edit(project)
        # This file moves, and git's history tells what was edited in it.
        edits.insert(project / "worker/src/wasm.ts", "", "// Mine.\n")
    commit(alone, "My own")
    commit(house, "My own")
    update(alone)
    move_in(alone)

    notes = [house / folder / "docs/notes.md" for folder in (API, JOBS)]
    notes[1].write_text("changed\n")
    update(house / API)
    assert changed(house, API) == [f" M {JOBS}/docs/notes.md"]
    run("git", "checkout", "--quiet", notes[1], cwd=house)
    commit(house, "Update")
    notes[0].write_text("changed\n")
    update(house, f"--answers-file={OTHER}", JOBS)
    assert changed(house, JOBS) == [f" M {API}/docs/notes.md"]
    run("git", "checkout", "--quiet", notes[0], cwd=house)

    for project in projects[1:]:
        move_in(project)
        renamed = {
            path.replace(OTHER, ".copier-answers.yml"): content.replace(OTHER.encode(), b".copier-answers.yml")
            for path, content in files(project).items()
        }
        assert renamed == files(alone)


def typed(printed: str, cwd: Path) -> None:
    """Types what Copier says comes next, but for build.sh."""
    (told,) = re.findall(r" Next:\n\n((?:  .*\n)+)", printed)
    run("bash", "-euc", re.sub(r"^  \./build\.sh.*\n", "", told, flags=re.MULTILINE), cwd=cwd)


def test_what_comes_next_commits_the_project_alone_and_to_the_repository_around(template: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    commit(house, "Start")
    (house / "draft.txt").write_text("not yet\n")
    typed(copy(template, house / API), house)
    assert f"{API}/worker/src/index.ts" in run("git", "ls-files", cwd=house).splitlines()
    typed(update(house, "--data=optimization_profile=speed", API), house)
    committed = run("git", "show", "--name-only", "--format=", "HEAD", cwd=house).split()
    assert f"{API}/.copier-answers.yml" in committed
    assert run("git", "status", "--porcelain", cwd=house) == "?? draft.txt\n"
    # Where no repository is around, it is made.
    typed(copy(template, tmp_path / "elsewhere" / JOBS), tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / JOBS / ".git").exists()


@pytest.fixture(scope="module")
def house(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a project in a folder, after the shell blocks of the page that write there."""
    house = tmp_path_factory.mktemp("monorepo") / "house"
    copy(template, house / API)
    commit(house, "Start")
    return house


def printed_by(heading: str, house: Path) -> str:
    """What the first shell block below a heading of the page prints."""
    lines = (ROOT / "docs/monorepo.md").read_text().splitlines()
    at = lines.index(f"## {heading}")
    block = next(block for block in blocks("monorepo") if block.language == "sh" and block.line > at)
    return run("bash", "-euo", "pipefail", "-c", block.text, cwd=house)


def test_the_roots_workflow_runs_in_the_projects_folder(house: Path) -> None:
    assert printed_by("The workflow", house) == ""
    own, roots = (folder / ".github/workflows" / name for folder, name in [(house / API, "ci.yml"), (house, "api.yml")])
    assert actionlint(roots) == "" and zizmor(roots) == []
    before, after = (yaml.safe_load(file.read_text()) for file in (own, roots))
    assert after.pop("defaults") == {"run": {"working-directory": API}}
    assert after.pop("name") == API  # Else it and that of another project would end each other's runs.
    paths = [f"{API}/**", ".github/workflows/api.yml"]
    assert after.pop(True) == {"push": {"branches": ["main"], "paths": paths}, "pull_request": {"paths": paths}}
    # The rest is the project's own, but that files are named from the root.
    rest = roots.read_text().partition("\npermissions:")[2]
    assert rest.replace(f"{API}/", "") == own.read_text().partition("\npermissions:")[2]
    hashed = [name for names in re.findall(r"hashFiles\((.*)\)", rest) for name in re.findall("'(.*?)'", names)]
    assert hashed and all(name.startswith(f"{API}/") and list(house.glob(name)) for name in hashed)
    listed = " ".join(re.findall(r"^ +path: \|\n((?: {12}.*\n)+)", rest, re.MULTILINE)).split()
    assert listed and [name for name in listed if not name.startswith(("~/", f"{API}/"))] == []


def test_renovates_rules_for_the_root_are_those_of_the_project(house: Path) -> None:
    rules = json.loads((house / API / "renovate.json").read_text())["packageRules"]
    roots = json.loads(printed_by("Renovate", house))
    named = [rule.pop("matchFileNames") for rule in roots]
    assert roots == [{name: value for name, value in rule.items() if name != "matchFileNames"} for rule in rules]
    assert named == [[f"{API}/{name}" for name in rule.get("matchFileNames", ["**"])] for rule in rules]
    assert all(list(house.glob(name)) for names in named for name in names)


def test_check_names_what_the_roots_gitignore_keeps_from_git(template: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    copy(template, house / API)
    (house / ".gitignore").write_text("scripts/\n")
    commit(house, "Start")
    assert "scripts/glue.mjs" in re.findall(r"git ignores these files(.*)", check(house / API))[0].split()
    run("git", "add", "--force", API, cwd=house)
    assert "git ignores" not in check(house / API)


def test_a_project_named_by_its_answers_file_alone_is_not_written_into_the_folder_above(
    template: Path, tmp_path: Path
) -> None:
    house = tmp_path / "house"
    copy(template, house / API)
    commit(house, "Start")
    command = [COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", f"--answers-file={API}/.copier-answers.yml"]
    printed = run(*command, cwd=house, status=1)
    assert "No project of this template stands in this folder, and nothing was changed" in printed
    assert run("git", "status", "--porcelain", cwd=house) == ""
    # A file in a folder of the project is its own matter.
    (house / API / "answers").mkdir()
    (house / API / ".copier-answers.yml").rename(house / API / "answers/worker.yml")
    commit(house, "Put the answers aside")
    update(house, "--answers-file=answers/worker.yml", "--data=optimization_profile=speed", API)
    assert "optimization_profile: speed" in (house / API / "answers/worker.yml").read_text()


def test_what_copier_touches_elsewhere_is_what_the_page_says(template: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    copy(template, house / API)
    names = "deleted.txt", "changed.txt", "conflict.txt", "outside/file.txt"
    for name in names:
        (house / name).parent.mkdir(exist_ok=True)
        (house / name).write_text("committed\n")
    commit(house, "Start")
    run("git", "sparse-checkout", "set", API, cwd=house)
    deleted, mine, conflict, outside = (house / name for name in names)
    deleted.unlink()
    assert not outside.exists()
    for name in ("changed.txt", "conflict.txt"):
        (house / name).write_text("mine\n")
    (house / "conflict.txt.rej").write_text("rejected\n")
    update(house, API)
    assert changed(house, API) == [" M changed.txt"]
    assert mine.read_text() == "mine\n"
    assert deleted.exists() and outside.exists() and conflict.read_text() == "committed\n"
    run("git", "sparse-checkout", "reapply", cwd=house)
    assert not outside.exists()
