"""Versions that do not exist yet: what may change in copier.yml and template/, and what an update makes of it.

Each is a release after the working tree, made here in a clone. docs/change-a-question.md has the rules that this proves.
"""

import os
import re
from collections.abc import Collection
from pathlib import Path

import pytest
import yaml
from edits import edit
from helpers import COPIER, ROOT, choices, commit, files, recorded, render, run
from test_update import PLACES, start

from maintenance.owner import insert
from maintenance.release import released_versions

FUTURE = "v1000.0.0"


@pytest.fixture
def future(template: Path, tmp_path: Path) -> Path:
    """A clone of the template, to be changed and released."""
    run("git", "clone", "--quiet", template, tmp_path / "future", cwd=tmp_path)
    return tmp_path / "future"


def substitute(folder: Path, old: str, new: str, *names: str) -> None:
    """Replaces a text in files of a folder, and in their names, all or the named ones; fails where it is nowhere."""
    searched = [folder / name for name in names or ["template", "extensions"]]
    paths = [path for top in searched for path in (top.rglob("*") if top.is_dir() else [top])]
    found = [path for path in paths if path.is_file() and old in path.read_text()]
    assert found, f"{old!r} is nowhere"
    for path in found:
        path.write_text(path.read_text().replace(old, new))
    named = [path for top in searched for path in top.rglob(f"*{old}*")]
    for path in sorted(named, reverse=True):
        path.rename(path.with_name(path.name.replace(old, new)))


def migration(command: str, stage: str) -> str:
    """An entry for copier.yml that only those need trust for who update across FUTURE."""
    entry = {"version": FUTURE, "when": f'{{{{ _stage == "{stage}" }}}}', "command": command}
    return yaml.safe_dump({"_migrations": [entry]})


def new(future: Path, tmp_path: Path, **answers: str | int) -> Path:
    """A fresh project of FUTURE; `render` knows the questions of today only."""
    data = [f"--data={name}={answer}" for name, answer in answers.items()]
    run(COPIER, "copy", "--quiet", "--defaults", f"--vcs-ref={FUTURE}", *data, future, "fresh", cwd=tmp_path)
    return tmp_path / "fresh"


def release(future: Path) -> None:
    commit(future, "A future version")
    run("git", "tag", "--annotate", "--message=Future", FUTURE, cwd=future)


def update(project: Path, *options: str, status: int = 0) -> str:
    # What a migration says, its own process does.
    env = os.environ if "--trust" in options else None
    return run(COPIER, "update", "--defaults", f"--vcs-ref={FUTURE}", *options, cwd=project, env=env, status=status)


def test_an_added_question_changes_nothing_until_it_is_answered(future: Path, tmp_path: Path) -> None:
    # A project of today, edited.
    project = start(future, tmp_path / "project")
    edit(project)
    commit(project, "My own")
    before = files(project)
    # A version that asks for the longest body; its default is what was fixed before.
    insert(future / "copier.yml", "_subdirectory: template\n", "longest_body:\n  type: int\n  default: 4194304\n")
    fixed = "{{ EXAMPLES[example].max_body_bytes }}"
    substitute(future, fixed, "{{ longest_body }}", "template/worker/wrangler.toml.jinja")
    release(future)
    # Whoever updates has the new answer in the answers file, and no other change.
    update(project)
    assert recorded(project)["longest_body"] == 4194304
    assert {path for path, content in files(project).items() if before.get(path) != content} == {".copier-answers.yml"}
    # Whoever answers it gets what a fresh project gets, and keeps the edits.
    commit(project, "Update")
    update(project, "--data=longest_body=1000")
    fresh = new(future, tmp_path, longest_body=1000)
    edit(fresh)
    assert files(project) == files(fresh)


def rename_user_name(future: Path, default: str) -> None:
    """Makes `author` of `user_name`, in the questions and wherever the answer is used."""
    substitute(future, "\nuser_name:\n", "\nauthor:\n", "copier.yml")
    substitute(future, "line_error(user_name", "line_error(author", "copier.yml")
    substitute(future, "default: The authors", f"default: {default}", "copier.yml")
    substitute(future, "user_name", "author")
    release(future)


def test_a_renamed_question_can_read_the_answer_to_the_old_one_without_trust(future: Path, tmp_path: Path) -> None:
    # A project of somebody, edited.
    project = start(future, tmp_path / "project", answers={"user_name": "Ada"})
    edit(project)
    commit(project, "My own")
    # A version with another name for the question, whose default is the old answer where there is one.
    rename_user_name(future, "\"{{ user_name | default('The authors') }}\"")
    # Renovate too, which asks nothing and trusts nobody, carries the answer over.
    update(project, "--skip-answered")
    assert (recorded(project)["author"], "user_name" in recorded(project)) == ("Ada", False)
    fresh = new(future, tmp_path, author="Ada")
    edit(fresh)
    assert files(project) == files(fresh)
    # Who starts now has never heard of the old name.
    assert recorded(render(future, tmp_path / "new", version=FUTURE))["author"] == "The authors"


def test_a_renamed_question_can_have_a_migration_that_needs_trust_once(future: Path, tmp_path: Path) -> None:
    # A project of somebody, edited.
    project = start(future, tmp_path / "project", answers={"user_name": "Ada"})
    edit(project)
    commit(project, "My own")
    # A version that renames the answer in the answers file, before the update reads it.
    rename = "sed -i.old 's/^user_name:/author:/' .copier-answers.yml && rm .copier-answers.yml.old"
    insert(future / "copier.yml", "_subdirectory: template\n", migration(rename, "before"))
    rename_user_name(future, "The authors")
    # Without trust nothing happens, and Copier says what is missing.
    before = files(project)
    assert "consider adding the `--trust` option" in update(project, status=4)
    assert files(project) == before
    # With it, the answer is carried over.
    update(project, "--trust")
    fresh = new(future, tmp_path, author="Ada")
    edit(fresh)
    assert files(project) == files(fresh)
    # Once across, and for a new project, no trust is needed any more.
    commit(project, "Update")
    update(project)


def test_a_removed_question_is_forgotten_and_its_migration_says_what_that_means(future: Path, tmp_path: Path) -> None:
    # A project with an answer of its own, edited.
    project = start(future, tmp_path / "project", answers={"optimization_profile": "size"})
    edit(project)
    commit(project, "My own")
    # A version that knows no other profile than speed.
    text = (future / "copier.yml").read_text()
    question = text[text.index("\noptimization_profile:") : text.index("\n# --- The running Worker ---")]
    substitute(future, question, "", "copier.yml")
    substitute(future, "optimization_profile", "'speed'")
    tell = "echo optimization_profile is speed from now on, for everybody"
    insert(future / "copier.yml", "_subdirectory: template\n", migration(tell, "after"))
    release(future)
    # Whoever crosses it must trust it, and is told.
    update(project, status=4)
    assert "\noptimization_profile is speed from now on, for everybody\n" in update(project, "--trust")
    assert "optimization_profile" not in recorded(project)
    fresh = render(future, tmp_path / "fresh", version=FUTURE)
    edit(fresh)
    assert files(project) == files(fresh)


def move_tsconfig(future: Path, *, with_migration: bool) -> None:
    (future / "template/worker/tsconfig.json").rename(future / "template/worker/tsconfig.base.json")
    if with_migration:
        move = "git mv worker/tsconfig.json worker/tsconfig.base.json"
        insert(future / "copier.yml", "_subdirectory: template\n", migration(move, "before"))
    release(future)


def test_a_moved_file_takes_its_edits_along_in_a_migration(future: Path, tmp_path: Path) -> None:
    # A project with a line of its own in the file, and one without.
    project, untouched = (start(future, tmp_path / name) for name in ("project", "untouched"))
    insert(project / "worker/tsconfig.json", '    "strict": true,\n', '    "noImplicitOverride": true,\n')
    commit(project, "My own")
    # A version that moves it, with its migration.
    move_tsconfig(future, with_migration=True)
    fresh = files(render(future, tmp_path / "fresh", version=FUTURE))
    # Who left it alone has what a fresh project has.
    update(untouched, "--trust")
    assert files(untouched) == fresh
    # Copier knows no older version of a file that is new: the edit is there, and named as a conflict.
    update(project, "--trust")
    assert {**files(project), "worker/tsconfig.base.json": b""} == {**fresh, "worker/tsconfig.base.json": b""}
    printed = run("./build.sh", "check", cwd=project, status=1)
    assert "\nworker/tsconfig.base.json:10: conflict marker <<<<<<< before updating\n" in printed
    # Settled, it is the new file with the edit.
    settled = (project / "worker/tsconfig.base.json").read_text().splitlines(keepends=True)
    settled = [line for line in settled if not line.startswith(("<<<<<<< ", "=======", ">>>>>>> "))]
    insert(tmp_path / "fresh/worker/tsconfig.base.json", '    "strict": true,\n', '    "noImplicitOverride": true,\n')
    assert "".join(settled) == (tmp_path / "fresh/worker/tsconfig.base.json").read_text()


def test_a_file_that_moves_without_a_migration_would_lose_its_edits(future: Path, tmp_path: Path) -> None:
    # Why there is a rule: Copier deletes the file with the edit in it, and says nothing.
    project = start(future, tmp_path / "project")
    insert(project / "worker/tsconfig.json", '    "strict": true,\n', '    "noImplicitOverride": true,\n')
    commit(project, "My own")
    move_tsconfig(future, with_migration=False)
    update(project)
    assert files(project) == files(render(future, tmp_path / "fresh", version=FUTURE))


@pytest.mark.parametrize("pins", ["current", "article"])
def test_an_advanced_pin_set_moves_those_who_follow_it(future: Path, tmp_path: Path, pins: str) -> None:
    # Two projects, edited beside the pins.
    project = start(future, tmp_path / "project", answers={"pins": pins})
    edit(project)
    commit(project, "My own")
    # A version whose current set has a newer Rust.
    current = render(future, tmp_path / "current") / "rust-toolchain.toml"
    newest = current.read_text().split('channel = "')[1].split('"')[0]
    substitute(future, f'"{newest}"', '"1.999.0"', "extensions/pins.yml")
    release(future)
    # The one on `current` has it, the one on `article` stays where it is.
    update(project)
    fresh = render(future, tmp_path / "fresh", {"pins": pins}, FUTURE)
    edit(fresh)
    assert files(project) == files(fresh)
    assert ('"1.999.0"' in (project / "rust-toolchain.toml").read_text()) == (pins == "current")


STRICTER = {
    "a reserved name": ("extensions/names.jinja", '"abstract", ', '"abstract", "my_worker", ', {}, "crate_name"),
    "a dropped row": (
        "extensions/pins.yml",
        '"0.12.0", "0.12.1"',
        '"0.12.1"',
        {"wasm_pack_version": "0.12.0"},
        "wasm_pack_version",
    ),
}


@pytest.mark.parametrize("case", STRICTER)
def test_a_rule_that_became_stricter_stops_an_update_before_anything_is_written(
    future: Path, tmp_path: Path, case: str
) -> None:
    # A project with an answer that a version after it refuses.
    path, old, new, answers, question = STRICTER[case]
    project = start(future, tmp_path / "project", answers={"pins": "custom"} | answers)
    edit(project)
    commit(project, "My own")
    substitute(future, old, new, path)
    release(future)
    # Copier would take the default; the update says what is refused, with Renovate's options too.
    for options in [[], ["--skip-answered"]]:
        printed = update(project, *options, status=1)
        assert f"refuses the project's answer to {question}, and changed nothing. " in printed.splitlines()[-1]
        assert run("git", "status", "--porcelain", cwd=project) == ""


# --- The rules, held against what was released ---


def unaccounted(old: set[str], new: set[str], copier: dict, moved: Collection[str] = ()) -> set[str]:
    """What an older version had, a newer one has not, and its copier.yml does not account for.

    Accounted for is what a migration names that has a version, a question that a default reads, and a file that
    scripts/two-rooms.mjs knows.
    """
    migrations = [str(entry["command"]) for entry in copier.get("_migrations", []) if "version" in entry]
    defaults = [str(question.get("default")) for name, question in copier.items() if not name.startswith("_")]
    accounts = " ".join(migrations + defaults)
    return {name for name in old - new if name not in accounts and name not in moved}


def questions(copier: dict) -> set[str]:
    return {name for name in copier if not name.startswith("_")}


TODAY = yaml.safe_load((ROOT / "copier.yml").read_text())


@pytest.mark.parametrize("commit_of_release", released_versions().values(), ids=released_versions())
def test_what_a_released_version_had_is_accounted_for(commit_of_release: str) -> None:
    old = yaml.safe_load(run("git", "show", f"{commit_of_release}:copier.yml", cwd=ROOT))
    assert unaccounted(questions(old), questions(TODAY), TODAY) == set()

    listed = run("git", "ls-tree", "-rz", "--name-only", f"{commit_of_release}:template", cwd=ROOT).split("\0")
    present = [path.relative_to(ROOT / "template").as_posix() for path in (ROOT / "template").rglob("*")]
    old_files, new_files = (
        {
            re.sub("{% if .*? %}(.*?){% endif %}", r"\1", path).removesuffix(".jinja").replace("{{ example }}", example)
            for path in paths
            for example in choices("example")
        }
        for paths in (listed, present)
    )
    moved = {path.replace("my_worker/", "{{ crate_name }}/") for path in PLACES}
    assert unaccounted(old_files - {""}, new_files, TODAY, moved) == set()


OLD = {"user_name": {"default": "The authors"}, "license": {"default": "MIT"}}
FUTURES = {
    "as it was": (OLD, set()),
    "removed": ({"license": {}}, {"user_name"}),
    "renamed": ({"author": {"default": "The authors"}, "license": {}}, {"user_name"}),
    "renamed, the default reads it": ({"author": {"default": "{{ user_name | default('') }}"}, "license": {}}, set()),
    "a migration names it": ({"_migrations": [{"version": "v1", "command": "echo user_name"}], "license": {}}, set()),
    "for everybody": ({"_migrations": [{"command": "echo user_name"}], "license": {}}, {"user_name"}),
}


@pytest.mark.parametrize("case", FUTURES)
def test_what_is_gone_is_noticed(case: str) -> None:
    copier, expected = FUTURES[case]
    assert unaccounted(questions(OLD), questions(copier), copier) == expected


def test_no_migration_is_for_everybody() -> None:
    # One without a version would ask for trust in every update for ever.
    assert [entry for entry in TODAY.get("_migrations", []) if "version" not in entry] == []
