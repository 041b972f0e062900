"""Lines that an owner puts at the end of a file: from every release they are there after an update, and seldom in conflict."""

import json
import re
from pathlib import Path

import pytest
import tomli
from conftest import CANDIDATE
from helpers import COPIER, commit, files, render, run
from macros import pins
from test_update import ONE_ROOM, PLACES, RELEASES, TRIED, TWO_ROOMS, start

# Those that changed at their end since 0.4.0 and 0.5.0 alike.
WRITTEN_ANEW = {
    ".cargo/config.toml",
    "my_worker/platform/src/faults.rs",
    "my_worker/platform/src/block.rs",
    "my_worker/platform/src/chars.rs",
    "my_worker/platform/src/chars/utf8.rs",
    "worker/platform/failures.ts",
}

# The files at whose end the template has changed something since a release, which conflicts with what was appended there.
# Files may only leave this table: a line of the template's is added in the middle.
CONFLICTS = {
    "v0.1.0": {
        ".github/workflows/ci.yml",
        ".gitignore",
        "my_worker/platform/src/faults.rs",
        "scripts/tools.sh",
    },
    "v0.2.0": {
        ".cargo/config.toml",
        ".github/workflows/ci.yml",
        "my_worker/platform/src/faults.rs",
        "my_worker/platform/src/block.rs",
        "my_worker/platform/src/chars.rs",
        "my_worker/platform/src/chars/upper/pairs.rs",
    },
    "v0.3.0": {
        ".cargo/config.toml",
        "my_worker/platform/src/faults.rs",
        "my_worker/platform/src/block.rs",
        "my_worker/platform/src/chars.rs",
        "my_worker/platform/src/chars/upper/classes.rs",
        "worker/platform/failures.ts",
    },
    "v0.4.0": WRITTEN_ANEW,
    "v0.5.0": WRITTEN_ANEW,
}
COMMENT = {".rs": "// mine\n", ".ts": "// mine\n", ".js": "// mine\n", ".mjs": "// mine\n", ".css": "/* mine */\n"}
COMMENT |= {".html": "<!-- mine -->\n"}
# tsconfig.json may have comments. The others are read by programs that know none, and Copier writes its answers anew.
WITHOUT_COMMENTS = {"worker/package.json", "renovate.json", ".copier-answers.yml"}
# There it is a key; the last test is about package.json.
END, WITH_LABELS, LABELS = "  ]\n}\n", '  ],\n  "labels": ["mine"]\n}\n', '  "labels": ["mine"]\n'
# With all files that an update brings: others come with another example, and are the owner's.
ANSWERS = {"pins": "article", "error_reporting": "sentry"}


def test_every_release_of_the_table_was_released() -> None:
    assert CONFLICTS.keys() <= {*RELEASES}


def carry(project: Path) -> dict[str, str | None]:
    """Has the edits of files that moved carried along, and returns which files are named, each with its new place."""
    named = run("node", TWO_ROOMS, cwd=project, status=1)
    done = run("bash", "-c", f"node {TWO_ROOMS} --write || [ $? = 1 ]", cwd=project)
    kept = re.findall(r"^  (\S+)[:,] .*git show", named, re.MULTILINE)
    assert re.findall(r"^  (\S+), .*git show", done, re.MULTILINE) == kept
    return dict(re.findall(r"^  (\S+), now (\S+)$", named, re.MULTILINE)) | dict.fromkeys(kept)


@pytest.mark.parametrize("release", [*TRIED, CANDIDATE])
def test_a_line_appended_to_every_file_is_kept(template: Path, tmp_path: Path, release: str) -> None:
    project = start(template, tmp_path / "project", release, ANSWERS)
    appended = {}
    for path in files(project).keys() - WITHOUT_COMMENTS:
        appended[path] = (
            COMMENT.get(Path(path).suffix, "# mine\n") if not path.endswith("tsconfig.json") else "// mine\n"
        )
        with (project / path).open("a") as file:
            file.write(appended[path])
    rules = project / "renovate.json"
    if rules.exists():
        assert rules.read_text().endswith(END)
        rules.write_text(rules.read_text().removesuffix(END) + WITH_LABELS)
        appended["renovate.json"] = LABELS
    commit(project, "My own")

    # Other pins, so that from the working tree to itself there is something to merge as well.
    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", "--data=pins=current", cwd=project)

    after = {path: content.decode() for path, content in files(project).items()}
    assert [path for path in after if path.endswith(".rej")] == []
    # Files that the template has no more are gone; those that moved are named, and take the line along.
    moved = {path: now for path, (now, _) in PLACES.items() if path in appended and release in ONE_ROOM}
    assert (carry(project) if moved else {}) == moved
    after = {path: content.decode() for path, content in files(project).items()}
    appended = {moved.get(path, path): line for path, line in appended.items()}
    assert {*moved.values()} - {None} <= after.keys()
    assert [path for path in appended.keys() & after.keys() if appended[path] not in after[path]] == []
    found = {path for path, text in after.items() if re.search("^<<<<<<< before updating", text, re.MULTILINE)}
    assert found == CONFLICTS.get(release, set())


def test_a_package_of_ones_own_does_not_stand_in_the_way_of_other_pins(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", CANDIDATE, {"pins": "article"})
    # Writes it where `npm install` does, after what is there, and asks no registry.
    run("npm", "pkg", "set", "dependencies.nanoid=5.1.16", cwd=project / "worker")
    commit(project, "My own")

    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", "--data=pins=current", cwd=project)

    manifest = json.loads((project / "worker/package.json").read_text())
    assert manifest["dependencies"] == {"nanoid": "5.1.16"}
    assert manifest["devDependencies"]["wrangler"] == pins.SETS["current"]["wrangler"]


@pytest.mark.parametrize("example", ["text", "image"])
def test_what_cargo_add_writes_stands_beside_no_pin(template: Path, tmp_path: Path, example: str) -> None:
    """At the end of the list, as long as that is in no order of the alphabet; two lines that change would conflict."""
    project = render(template, tmp_path / "project", {"example": example, "crate_name": "my_worker"})
    crates = list(tomli.loads((project / "my_worker" / "Cargo.toml").read_text())["dependencies"])
    assert crates[-1] == "platform"
    assert crates != sorted(crates)
