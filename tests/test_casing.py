"""scripts/casing.sh of a project: after a new answer to serde_casing it tells what the user's own files still say."""

import itertools
import re
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import ROOT, choices, files, render, run
from test_update import USERS_FILES, without_users

pytestmark = pytest.mark.xdist_group("casings")
CASINGS = choices("serde_casing")


@pytest.fixture(scope="module")
def spelled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A project of each casing."""
    folder = tmp_path_factory.mktemp("casings")
    return {casing: render(template, folder / casing, {"serde_casing": casing}, CANDIDATE) for casing in CASINGS}


def test_a_casing_stands_in_no_other_file_of_the_templates(spelled: dict[str, Path]) -> None:
    # So a changed casing builds what was built before, and is read by people and by casing.sh only.
    trees = [without_users(files(project)) for project in spelled.values()]
    differ = {path for path in trees[0] if len({tree[path] for tree in trees}) > 1}
    assert differ == {".copier-answers.yml", "docs/platform.md", "scripts/casing.sh"}


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(CASINGS, 2)))
def test_check_tells_each_line_of_the_wire_that_has_the_old_casing(
    spelled: dict[str, Path], tmp_path: Path, before: str, after: str
) -> None:
    wire = ["my_worker/src/text.rs", "worker/src/contract.ts"]
    old, new = ([files(spelled[casing])[path].decode().splitlines() for path in wire] for casing in (before, after))
    # rustfmt's form is that of every casing: line by line the files differ in nothing but names.
    expected = [
        f"{path}:{number}"
        for path, *texts in zip(wire, old, new, strict=True)
        for number, (one, other) in enumerate(zip(*texts, strict=True), start=1)
        if one != other
    ]
    project = tmp_path / "project"
    run("cp", "-a", spelled[after], project, cwd=tmp_path)
    for path in USERS_FILES:
        (project / path).write_bytes((spelled[before] / path).read_bytes())

    printed = run("bash", "scripts/casing.sh", cwd=project)

    assert re.findall(r"^  (\S+:\d+): .*, the answer is (\S+)$", printed, re.MULTILINE) == [
        (line, after) for line in expected
    ]
    assert len(expected) >= 2


def test_check_tells_nothing_about_a_casing_that_fits_or_has_no_files(spelled: dict[str, Path], tmp_path: Path) -> None:
    for project in spelled.values():
        assert run("bash", "scripts/casing.sh", cwd=project) == ""
    project = tmp_path / "project"
    run("cp", "-a", spelled["camelCase"], project, cwd=tmp_path)
    for path in USERS_FILES:
        (project / path).unlink()
    assert run("bash", "scripts/casing.sh", cwd=project) == ""


RESTRUCTURED = {
    "my_worker/src/count/words.rs": """
#[serde(rename_all(serialize = "kebab-case", deserialize = "snake_case"), rename = "max_length")]
#[serde(tag = "kind", rename_all_fields = "PascalCase")]
return Err(WasmError::invalid("max_length", "expected_another"));
return Err(WasmError::invalid(
    "body",
    "maxLength",
));
let length = text.parse().or_invalid("max_length", "expected_another")?;
""",
    "worker/src/contract/count.ts": """
  readonly "max-length"?: number;
  max_length: Array<"a" | "b">;
  // Not-this: one
  maxLength: Record<string, number>;
""",
}


def test_check_finds_a_casing_in_files_that_the_user_added(spelled: dict[str, Path], tmp_path: Path) -> None:
    project = tmp_path / "project"
    run("cp", "-a", spelled["camelCase"], project, cwd=tmp_path)
    for path, text in RESTRUCTURED.items():
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text(text)
    printed = run("bash", "scripts/casing.sh", cwd=project)
    assert re.findall(r"^  (.*), the answer is camelCase$", printed, re.MULTILINE) == [
        'my_worker/src/count/words.rs:2: rename_all = "kebab-case"',
        'my_worker/src/count/words.rs:2: rename_all = "snake_case"',
        'my_worker/src/count/words.rs:3: rename_all = "PascalCase"',
        'my_worker/src/count/words.rs:4: "max_length" in a refusal',
        'my_worker/src/count/words.rs:9: "max_length" in a refusal',
        "worker/src/contract/count.ts:2: max-length",
        "worker/src/contract/count.ts:3: max_length",
    ]


def test_the_documentation_shows_what_check_tells(spelled: dict[str, Path], tmp_path: Path) -> None:
    project = tmp_path / "project"
    run("cp", "-a", spelled["camelCase"], project, cwd=tmp_path)
    (project / "scripts/casing.sh").write_bytes((spelled["kebab-case"] / "scripts/casing.sh").read_bytes())
    told = run("bash", "scripts/casing.sh", cwd=project).split("\n\nAn update")[0]
    assert f"```text{told}\n```\n" in (ROOT / "docs/change-an-answer.md").read_text()
