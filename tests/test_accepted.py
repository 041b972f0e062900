"""No rule is stricter than in a release: what one has taken for an answer is taken today, of the project that has it.

Copier drops a stored answer that is refused, and `--defaults` takes the default for it, so a stricter rule changes a
project without a word. What a rule of today says, tests/test_questions.py has.
"""

import functools
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from conftest import CANDIDATE
from helpers import ROOT, files, recorded, render, run
from hostile import INVISIBLE, STRINGS
from jinja2 import FunctionLoader
from macros import JINJA
from test_update import move_in, start, update, without_users

from maintenance.release import released_versions

RELEASES = released_versions()
TODAY = "HEAD"
LONGEST = {"description": 300, "user_name": 100}


@functools.cache
def questions(version: str) -> dict:
    return yaml.safe_load(source(version, "copier.yml"))


def source(version: str, path: str) -> str:
    return (
        (ROOT / path).read_text() if version == TODAY else run("git", "show", f"{RELEASES[version]}:{path}", cwd=ROOT)
    )


@functools.cache
def macros(version: str, name: str) -> ModuleType:
    """A module of a version's extensions/, as Python."""
    loader = FunctionLoader(lambda path: source(version, path))
    return JINJA.overlay(loader=loader).get_template(f"extensions/{name}.jinja").module


def of_lists(module: ModuleType) -> Iterator[str]:
    """Every text in a list or a table of a module."""
    for value in vars(module).values():
        if isinstance(value, list | dict):
            yield from (text for text in value if isinstance(text, str))


def names() -> list[str]:
    """Every word that some version reserves, and shapes at the edge of a rule."""
    words = {word for version in [*RELEASES, TODAY] for word in of_lists(macros(version, "names"))}
    words |= {f"{device}{number}" for device in ("com", "lpt", "con") for number in range(12)}
    words |= {
        "docs",
        "serde_json",
        "serde_path_to_error",
        "simdutf8",
        "my_worker",
        "platform",
        "locks",
        "readme",
    }
    shapes = [
        "a",
        "7",
        "a7",
        "7a",
        "a_",
        "_a",
        "a_b",
        "a__b",
        "-a",
        "a-",
        "a-b",
        "a--b",
        "A",
        "",
        "a.b",
    ]
    lengths = [character * length for length in (2, 3, 62, 63, 64, 65) for character in ("a", "ab_"[:1])]
    return sorted(words | {*shapes, *lengths, f"a{'_b' * 31}", f"a{'-' * 61}b", f"crate_{'a' * 58}"} | {*STRINGS})


def texts() -> list[str]:
    """A character of every kind at each end and within, the lengths at the edge, and what could break a file."""
    kinds = {
        (
            unicodedata.category(character),
            unicodedata.bidirectional(character),
            character.isspace(),
        ): character
        for character in map(chr, range(sys.maxunicode + 1))
    }
    characters = [*kinds.values(), *map(chr, INVISIBLE)]
    placed = [
        text for character in characters for text in (character, f"{character}a", f"a{character}", f"a{character}b")
    ]
    return placed + [mark * length for length in (99, 100, 101, 299, 300, 301) for mark in ("a", "é", "🦀")] + STRINGS


def versions(version: str) -> dict[str, list[tuple[str, ...]]]:
    """What a version's table of pins offers, and the numbers at its edges."""
    pins = macros(version, "pins")
    dates = [
        "2024-09-22",
        "2024-09-23",
        "2024-10-01",
        "2028-02-29",
        *[row["newest_compatibility_date"] for row in pins.WRANGLERS.values()],
    ]
    return {
        "rust_version": [
            (f"1.{minor}.{patch}",) for minor in [*range(80, 120), 999, 9999] for patch in (0, 1, 9, 9999)
        ],
        "compatibility_date": [(date, wrangler) for date in dates for wrangler in pins.WRANGLERS],
    }


def stricter(module: str, macro: str, answers: list[tuple], version: str) -> list[tuple]:
    """The answers that a version took and today refuses."""
    before, today = (getattr(macros(of, module), macro) for of in (version, TODAY))
    return [answer for answer in answers if before(*answer) == "" and today(*answer) != ""]


@pytest.mark.parametrize("version", RELEASES)
def test_a_name_that_was_taken_is_taken(version: str) -> None:
    given = [(name,) for name in names()]
    assert stricter("names", "crate_name_error", given, version) == []
    assert stricter("names", "worker_name_error", given, version) == []


@pytest.mark.parametrize("version", RELEASES)
@pytest.mark.parametrize("longest", LONGEST.values(), ids=LONGEST)
def test_a_text_that_was_taken_is_taken(version: str, longest: int) -> None:
    assert stricter("quoting", "line_error", [(text, longest) for text in texts()], version) == []


@pytest.mark.parametrize("version", RELEASES)
def test_a_version_that_was_taken_is_taken(version: str) -> None:
    refused = {
        question: stricter("pins", f"{question}_error", answers, version)
        for question, answers in versions(version).items()
    }
    assert refused == {question: [] for question in refused}
    before, today = macros(version, "pins"), macros(TODAY, "pins")
    assert [known for known in before.WASM_PACKS if known not in today.WASM_PACKS] == []
    assert [known for known in before.WRANGLERS if known not in today.WRANGLERS] == []


def offered(question: str) -> set[str]:
    """What can be chosen today; a yes or no was a choice, too."""
    asked = questions(TODAY)[question]
    return {"yes", "no"} if asked["type"] == "bool" else {*asked["choices"].values()}


@pytest.mark.parametrize("version", RELEASES)
def test_a_choice_that_was_offered_is_offered(version: str) -> None:
    gone = {
        question: {*asked["choices"].values()} - offered(question)
        for question, asked in questions(version).items()
        # Of those that are rendered, the test above asks.
        if "choices" in asked and isinstance(asked["choices"], dict)
    }
    assert {question: values for question, values in gone.items() if values} == {}


def test_every_rule_of_the_questionnaire_is_held_against_the_releases() -> None:
    """A rule by another macro than those above, or on another question, would go unseen."""
    rules = {name: question["validator"] for name, question in questions(TODAY).items() if "validator" in question}
    computed = {"versions"}
    of_no_release = {"bucket_name"}
    renames = {"example"}
    assert rules.keys() - computed - of_no_release - renames == {
        "project_name",
        "crate_name",
        *LONGEST,
        "rust_version",
        "wasm_pack_version",
        "wrangler_version",
        "compatibility_date",
    }


@pytest.mark.parametrize(
    "answers",
    [{"crate_name": name} for name in ("talc", "license", "imagesize", "docs", "platform")]
    + [{"user_name": "Ada\u200b", "description": "\ufeffCuts"}],
    ids=lambda answers: "-".join(answers.values()),
)
def test_an_update_leaves_an_answer_that_a_release_took(
    template: Path, tmp_path: Path, answers: dict[str, str]
) -> None:
    project = start(template, tmp_path / "project", "v0.1.0", answers)
    update(project)
    move_in(project)
    assert recorded(project).items() >= answers.items()
    fresh = render(template, tmp_path / "fresh", recorded(project), CANDIDATE)
    crate = answers.get("crate_name", "my_worker")
    users = {f"{crate}/Cargo.lock", f"{crate}/size-budget.txt", f"{crate}/src/lib.rs", f"{crate}/src/text.rs"}
    ended, expected = (
        {path: content for path, content in without_users(files(folder)).items() if path not in users}
        for folder in (project, fresh)
    )
    assert ended == expected
