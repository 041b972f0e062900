"""Updates: from every released version, and over every change of an answer, to the working tree."""

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path

import copier
import edits
import pytest
import tomli
import yaml
from conftest import CANDIDATE, Projects
from helpers import ALL, COPIER, QUESTIONS, ROOT, choices, commit, files, recorded, render, run

from maintenance.release import released_versions

RELEASES = [f"v{version}" for version in released_versions()]
# The last, the first, and the last of those that gave an owner other files: an update ends with the template's files of
# today, whatever it started from, and what is left of the old one are the owner's.
DIFFERING = list(dict.fromkeys([RELEASES[0], "v0.6.0", "v0.5.0", RELEASES[-1]]))
# From which an update is tried: on a change these, in a release and each week all.
TRIED = RELEASES if ALL else DIFFERING
# Those in which the template's files stood among the owner's.
ONE_ROOM = [release for release in RELEASES if re.match(r"v0\.[0-6]\.", release)]

USERS_FILES = [
    "LICENSE",
    "README.md",
    "my_worker/Cargo.lock",
    "my_worker/size-budget.txt",
    "my_worker/src/lib.rs",
    "my_worker/src/text.rs",
    "worker/.oxlintrc.json",
    "worker/bench/job.ts",
    "worker/package-lock.json",
    "worker/public/playground.html",
    "worker/src/contract.ts",
    "worker/src/index.ts",
    "worker/test/contract.test.ts",
]
ANSWERS_FILE = ".copier-answers.yml"
TWO_ROOMS = "scripts/two-rooms.mjs"
# What it knows: where each file of the template's went, if anywhere, and which versions of it the releases had.
PLACES: dict[str, list[str]] = json.loads(
    (ROOT / "extensions/moved.json").read_text().replace("{{ crate_name }}", "my_worker")
)
MOVED = "\nThe template's Rust moved out of "


def start(template: Path, project: Path, version: str = CANDIDATE, answers: Mapping[str, str] | None = None) -> Path:
    """A project from a version of the template, committed."""
    render(template, project, answers, version=version)
    commit(project, "Start")
    return project


def update(project: Path, answers: Mapping[str, str] | None = None) -> None:
    """Updates a committed project to the working tree, and fails on anything that a person would have to settle, but
    for what scripts/two-rooms.mjs is there for.
    """
    copier.run_update(project, data=dict(answers or {}), vcs_ref=CANDIDATE, defaults=True, overwrite=True, quiet=True)
    to_move = (project / TWO_ROOMS).exists()
    printed = run("bash", "scripts/conflicts.sh", cwd=project, status=int(to_move))
    assert printed.startswith(MOVED) if to_move else printed == ""
    status = run("git", "status", "--porcelain", cwd=project)
    assert "UU " not in status, status
    assert not list(project.rglob("*.rej"))


def move_in(project: Path) -> None:
    """Has the lines of a project of 0.6.0 or older say where the template's files are now."""
    if (project / TWO_ROOMS).exists():
        run("node", TWO_ROOMS, "--write", cwd=project)
    assert run("bash", "scripts/conflicts.sh", cwd=project) == ""


def without_users(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in tree.items() if path not in USERS_FILES}


def test_the_changelog_has_the_versions_that_were_released() -> None:
    headings = re.findall(r"^## \[([0-9.]+)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert headings == list(released_versions())


def test_a_release_that_is_left_out_gave_the_owners_files_of_those_that_are_not(template: Path, tmp_path: Path) -> None:
    old = {release: files(render(template, tmp_path / release, version=release)) for release in RELEASES}
    users = [path for path in USERS_FILES if path not in [*Projects.LOCKS, "README.md"]]
    tried = {path: [old[release].get(path) for release in DIFFERING] for path in users}
    own = [(release, path) for release in RELEASES for path in users if old[release].get(path) not in tried[path]]
    assert own == [], "add these releases to DIFFERING"


@pytest.mark.parametrize("version", TRIED)
def test_an_untouched_project_ends_equal_to_a_fresh_one(template: Path, tmp_path: Path, version: str) -> None:
    project = start(template, tmp_path / "project", version)
    # A version without this question has no playground, and an update brings none.
    answers = {"playground": recorded(project).get("playground", False)}

    update(project)
    move_in(project)

    # And one from when each project had this flag keeps it.
    answers["nodejs_compat"] = True
    fresh = render(template, tmp_path / "fresh", answers, CANDIDATE)
    assert without_users(files(project)) == without_users(files(fresh))


@pytest.mark.parametrize("options", [[], ["--skip-answered"]], ids=["asked", "as Renovate does"])
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_playground_that_was_answered_with_a_word_stays_or_stays_away(
    template: Path, tmp_path: Path, answer: str, options: list[str]
) -> None:
    # The last release in which the answer was a word.
    project = start(template, tmp_path / "project", "v0.7.0", {"playground": answer})
    run(COPIER, "update", "--defaults", *options, f"--vcs-ref={CANDIDATE}", cwd=project)
    move_in(project)
    commit(project, "Update")
    for _ in range(2):
        answers = {"playground": answer, "nodejs_compat": True}
        fresh = files(render(template, tmp_path / "fresh", answers, CANDIDATE))
        left = without_users(files(project))
        assert {path for path in fresh | left if left.get(path) != fresh.get(path)} <= {*USERS_FILES, ANSWERS_FILE}
        # And once more, from the answers that it has now.
        run(COPIER, "update", "--defaults", *options, f"--vcs-ref={CANDIDATE}", cwd=project)
    assert run("git", "status", "--porcelain", cwd=project) == ""


@pytest.mark.parametrize("version", TRIED)
def test_every_edit_is_kept(template: Path, tmp_path: Path, version: str) -> None:
    project = start(template, tmp_path / "project", version)
    mine = edits.edit(project)
    commit(project, "My own")

    update(project)

    assert {path: content for path, content in files(project).items() if path in mine} == mine
    assert [what for what, there in edits.kept(project).items() if not there] == []


# --- Changed answers ---

CHANGES = [
    ({"pins": "article"}, {"pins": "current"}),
    (
        {"pins": "article", "crate_name": "my_worker"},
        {"project_name": "other-worker", "license": "Apache-2.0", "description": 'It "quotes" {{ braces }} # and \\ more'},
    ),
    *(
        ({question: before}, {question: after})
        for question, pairs in {
            "optimization_profile": itertools.permutations(choices("optimization_profile"), 2),
            "serde_casing": itertools.pairwise(choices("serde_casing")),
        }.items()
        for before, after in pairs
    ),
]


@pytest.mark.parametrize(("before", "change"), CHANGES, ids=str)
def test_a_changed_answer_ends_equal_to_a_fresh_project_with_it(
    template: Path, tmp_path: Path, before: dict[str, str], change: dict[str, str]
) -> None:
    project = start(template, tmp_path / "project", answers=before)
    users = {path: content for path, content in files(project).items() if path in USERS_FILES}

    update(project, change)

    fresh = render(template, tmp_path / "fresh", before | change, version=CANDIDATE)
    assert without_users(files(project)) == without_users(files(fresh))
    assert {path: content for path, content in files(project).items() if path in USERS_FILES} == users


# From one answer to another, for each question: what an edited project is asked about later.
EDITED = {
    "project_name": ("my-worker", "other-worker"),
    "description": ("Cuts texts", 'Cuts *texts*, "well"'),
    "user_name": ("Ada", "Grace"),
    "license": ("MIT", "Apache-2.0"),
    "pins": ("article", "current"),
    "serde_casing": ("camelCase", "kebab-case"),
    "optimization_profile": ("size", "speed"),
    "error_reporting": ("logs", "sentry"),
    "error_reporting back": ("sentry", "logs"),
    "playground": (False, True),
    "playground back": (True, False),
}


@pytest.mark.parametrize("change", EDITED)
def test_a_changed_answer_leaves_every_edit(template: Path, tmp_path: Path, change: str) -> None:
    question, (before, after) = change.split()[0], EDITED[change]
    project = start(template, tmp_path / "project", answers={question: before, "crate_name": "my_worker"})
    mine = edits.edit(project)
    commit(project, "My own")

    update(project, {question: after})

    assert {path: content for path, content in files(project).items() if path in mine} == mine
    assert [what for what, there in edits.kept(project).items() if not there] == []
    fresh = render(template, tmp_path / "fresh", {question: after, "crate_name": "my_worker"}, CANDIDATE)
    edits.edit(fresh)
    assert without_users(files(project)) == without_users(files(fresh))
    # The page comes with the answer; what the owner had stays.
    assert (question, after) != ("playground", True) or (project / "worker/public/playground.html").exists()


def test_each_question_is_changed_refused_or_follows_from_another() -> None:
    asked = {name for name, question in QUESTIONS.items() if question.get("when") is not False}
    refused, of_image, with_custom = (
        {"crate_name", "example"},
        {"bucket_name"},
        {name for name in asked if "_version" in name},
    )
    changed = {change.split()[0] for change in EDITED}
    of_older = {"nodejs_compat"}
    assert changed | refused | of_image | with_custom | of_older | {"compatibility_date"} == asked


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"crate_name": "engine"},
            "Keep my_worker, or rename the crate in git, with its answer",
        ),
        ({"example": "image"}, "Keep text, or make a new project with example=image"),
        ({"rust_version": "1.96.0"}, "Give pins=custom too, or leave rust_version out"),
    ],
    ids=["crate_name", "example", "rust_version"],
)
def test_an_answer_that_cannot_change_is_refused_before_anything_is_written(
    template: Path, tmp_path: Path, change: dict[str, str], told: str
) -> None:
    project = start(template, tmp_path / "project [new?]", RELEASES[-1])
    data = [f"--data={question}={answer}" for question, answer in change.items()]
    printed = run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", *data, cwd=project, status=1)
    assert told in printed.splitlines()[-1]
    assert run("git", "status", "--porcelain", "--ignored", cwd=project) == ""

    # And where all answers come from a file of the owner's.
    answers = tmp_path / "answers.yml"
    answers.write_text(yaml.safe_dump(recorded(project) | change))
    command = [COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", f"--data-file={answers}"]
    assert told in run(*command, cwd=project, status=1).splitlines()[-1]
    assert run("git", "status", "--porcelain", "--ignored", cwd=project) == ""


def test_a_crate_that_is_renamed_in_git_with_its_answer_keeps_every_edit(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    edits.edit(project)
    commit(project, "My own")
    # As docs/change-an-answer.md says, where the shell block is run.
    (rename,) = re.findall(
        r"^```sh\n(git mv .*?)^./build.sh", (ROOT / "docs/change-an-answer.md").read_text(), re.M | re.S
    )
    run("bash", "-euc", rename, cwd=project)
    commit(project, "Call the crate engine")
    update(project)
    # What a project has that was called so from the start.
    other = start(template, tmp_path / "other", RELEASES[0])
    edits.edit(other)
    commit(other, "My own")
    update(other)
    expected = {
        path.replace("my_worker", "engine"): content.replace(b"my_worker", b"engine")
        for path, content in files(other).items()
    }
    assert files(project) == expected


def test_a_project_in_a_folder_that_git_quotes_is_updated(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "dienst-ü", version="v0.5.0")
    page, manifest = project / "worker/public/playground.html", project / "my_worker/Cargo.toml"
    page.write_text(f"{page.read_text()}<!-- mine -->\n")
    manifest.write_text(manifest.read_text().replace("lto = true", 'lto = "fat"'))
    commit(tmp_path, "Start")
    update(project)
    assert page.read_text().endswith("<!-- mine -->\n")
    assert 'lto = "fat"' in manifest.read_text()


def test_a_renamed_worker_keeps_its_bucket(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", "v0.5.0", {"example": "image", "project_name": "photos"})
    update(project, {"project_name": "pictures"})
    settings = tomli.loads((project / "worker/wrangler.toml").read_text())
    assert (settings["name"], settings["r2_buckets"][0]["bucket_name"]) == ("pictures", "photos-images")
    commit(project, "Update")
    update(project, {"project_name": "images", "optimization_profile": "speed"})
    settings = tomli.loads((project / "worker/wrangler.toml").read_text())
    assert (settings["name"], settings["r2_buckets"][0]["bucket_name"]) == ("images", "photos-images")


def test_a_changed_casing_leaves_the_files_of_the_image_example_alone(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", answers={"example": "image"})

    update(project, {"serde_casing": "kebab-case"})

    changed = run("git", "status", "--porcelain", cwd=project).split()[1::2]
    assert changed == [".copier-answers.yml", "docs/platform.md", "scripts/casing.sh"]


# --- What else a project may go through ---


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


@pytest.fixture
def outdated(template: Path, tmp_path: Path) -> Path:
    """A project of the first release."""
    return start(template, tmp_path / "project", RELEASES[-1])


def test_check_update_says_what_is_newer(outdated: Path) -> None:
    def check(*options: str, status: int = 0) -> str:
        return run(COPIER, "check-update", *options, cwd=outdated, status=status)

    old, newest = RELEASES[-1].removeprefix("v"), CANDIDATE.removeprefix("v")
    assert f"Current version is {old}, latest version is {newest}." in check()
    assert check("--quiet", status=2) == ""
    answer = {"update_available": True, "current_version": old, "latest_version": newest}
    assert json.loads(check("--output-format=json")) == answer

    update(outdated)

    assert "up-to-date" in check()
    assert check("--quiet") == ""
    assert json.loads(check("--output-format=json")) == answer | {"update_available": False, "current_version": newest}


def test_renovate_updates_it_with_its_own_command(outdated: Path, template: Path, tmp_path: Path) -> None:
    # lib/modules/manager/copier/artifacts.ts of Renovate; with --trust only where its administrator allows scripts.
    mine = edits.edit(outdated)
    commit(outdated, "My own")
    command = [COPIER, "update", "--skip-answered", "--defaults", "--answers-file", ".copier-answers.yml"]
    run(*command, "--vcs-ref", CANDIDATE, cwd=outdated)
    assert {path: content for path, content in files(outdated).items() if path in mine} == mine
    move_in(outdated)
    fresh = render(template, tmp_path / "fresh", {"playground": False, "nodejs_compat": True}, CANDIDATE)
    edits.edit(fresh)
    assert without_users(files(outdated)) == without_users(files(fresh))


def test_what_stands_around_a_project_comes_once_and_may_be_deleted(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", "v0.7.0")
    (project / "AGENTS.md").write_text("# Mine\n")
    commit(project, "My own")
    update(project)
    assert (project / "AGENTS.md").read_text() == "# Mine\n"
    around = [".editorconfig", ".vscode/extensions.json", ".vscode/settings.json", "AGENTS.md"]
    for path in around:
        (project / path).unlink()
    commit(project, "Without")
    update(project)
    assert [path for path in around if (project / path).exists()] == []


@pytest.mark.parametrize(("options", "kept"), [([], True), (["--data=nodejs_compat=no"], False)], ids=["kept", "given up"])
def test_the_flag_that_a_project_had_stays_where_copier_merges_its_file_anew(
    template: Path, tmp_path: Path, options: list[str], kept: bool
) -> None:
    project = start(template, tmp_path / "project", "v0.7.0")
    file = project / "worker" / "wrangler.toml"
    # In the second line, so that no patch fits a file with a new first one.
    file.write_text(file.read_text().replace('main = "src/index.ts"', 'main = "src/main.ts"'))
    commit(project, "My own")
    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", *options, cwd=project)
    assert ('compatibility_flags = ["nodejs_compat"]' in file.read_text().splitlines()) is kept
    assert 'main = "src/main.ts"' in file.read_text()


def test_recopy_starts_anew_and_keeps_only_what_the_template_does_not_have(
    outdated: Path, template: Path, tmp_path: Path
) -> None:
    mine, before = edits.edit(outdated), files(outdated)
    commit(outdated, "My own")
    run(COPIER, "recopy", "--defaults", "--overwrite", f"--vcs-ref={CANDIDATE}", cwd=outdated)
    fresh = files(render(template, tmp_path / "fresh", {"playground": False, "nodejs_compat": True}, CANDIDATE))
    # Endpoints of an older project name the old place, whose files nobody deletes.
    old = {path: content for path, content in before.items() if path not in fresh}
    ended = files(outdated)
    assert {path for path in ended if ended[path] != (fresh | old).get(path)} == {TWO_ROOMS, "scripts/conflicts.sh"}
    assert ended.keys() - {TWO_ROOMS} == (fresh | old).keys()
    # As docs/updating.md says, git has the user's files back.
    run("git", "checkout", "--quiet", "HEAD", "--", *(path for path in USERS_FILES if path in mine), cwd=outdated)
    assert {path: content for path, content in files(outdated).items() if path in mine} == mine
    # The command says which old files are to be deleted.
    told = run("node", TWO_ROOMS, "--write", cwd=outdated, status=1)
    left = re.findall("^  (.*): it stands where the template had it before; delete it$", told, re.MULTILINE)
    assert {*left} == old.keys() & PLACES.keys()
    assert run("bash", "scripts/conflicts.sh", cwd=outdated) == ""


@pytest.mark.parametrize("destination", ["../project", "../link", "{project}", "{project}/../link"])
@pytest.mark.parametrize("command", ["copy", "recopy"])
def test_a_project_is_written_anew_by_any_path(
    template: Path, tmp_path: Path, command: str, destination: str
) -> None:
    answers = {"example": "image", "project_name": "photos"}
    project = start(template, tmp_path / "project", answers=answers)
    before = files(project)
    (tmp_path / "link").symlink_to("project")
    (tmp_path / "elsewhere").mkdir()
    source = [str(template)] if command == "copy" else []
    run(
        *(COPIER, command, "--defaults", "--overwrite", f"--vcs-ref={CANDIDATE}", *source),
        destination.format(project=project),
        cwd=tmp_path / "elsewhere",
    )
    assert files(project) == before
