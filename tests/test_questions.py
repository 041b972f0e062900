"""The questionnaire: every macro of extensions/ over tables of answers, then Copier asking them of a person."""

import datetime
import json
import os
import re
import select
import sys
from pathlib import Path

import pyte
import pytest
import tomli
import yaml
from conftest import CANDIDATE
from helpers import COPIER, NAMED_PIN_SETS, QUESTIONS, ROOT, choices, recorded, render, run
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2.exceptions import FilterArgumentError
from macros import JINJA, casing, examples, names, pins, quoting, stored

from maintenance.registries import order

# nodejs_compat is asked in the update of an older project alone.
ASKED = [name for name, question in QUESTIONS.items() if question.get("when") is not False and name != "nodejs_compat"]
VERSIONS = ["rust_version", "wasm_pack_version", "wrangler_version", "compatibility_date"]


def test_every_macro_is_called_in_this_file() -> None:
    """But that of the lock files, which test_locks.py holds against Cargo."""
    defined = {
        f"{module.stem}.{macro}"
        for module in (ROOT / "extensions").glob("*.jinja")
        if module.stem != "locks"
        for macro in re.findall(r"macro (\w+)\(", module.read_text())
    }
    called = re.findall(r"\b(?:names|casing|pins|quoting|stored)\.[a-z_]+(?=\()", Path(__file__).read_text())
    assert defined == set(called)


# --- Names ---

LABEL = "characters, with a letter or a digit at both ends"
WORKER_NAME = f"Use a-z, 0-9 and -, 1 to 63 {LABEL}, for example my-worker"
BUCKET_NAME = f"Use a-z, 0-9 and -, 3 to 63 {LABEL}, for example my-worker-images"
CRATE_NAME = "Use a-z, 0-9 and _, 1 to 64 characters, the first a letter, for example text_tools"
DEVICE = "names a device on Windows, where the folder could not exist"
REFUSED_CRATES = {
    "a__b": "Use single underscores, for example a_b: a__b has two side by side, which rustc warns of.",
    "async": "Choose another name, for example async_tools: async is a Rust keyword and cannot name a crate.",
    "gen": "Choose another name, for example gen_tools: gen is a Rust keyword and cannot name a crate.",
    "std": "Choose another name, for example std_tools: std is a crate of Rust itself.",
    "core": "Choose another name, for example core_tools: core is a crate of Rust itself.",
    "test": "Choose another name, for example test_tools: test is a crate of Rust itself.",
    "serde": "Choose another name, for example my_serde: serde is a dependency of the generated crate.",
    "worker": "Choose another name, for example worker_core: worker is a folder of the generated project.",
    "pkg": "Choose another name, for example pkg_core: pkg is a folder of the generated project.",
    "con": f"Choose another name, for example con_tools: con {DEVICE}.",
    "lpt9": f"Choose another name, for example lpt9_tools: lpt9 {DEVICE}.",
}


def visible_answer(answer: str) -> str:
    """How a message shows an answer of the tables below."""
    return json.dumps(answer) if not answer or answer != answer.strip() else answer


@pytest.mark.parametrize("name", ["a", "7", "text-tools", "3d", "xn--p1ai", pytest.param("a" * 63, id="63 characters")])
def test_a_label_of_a_host_name_is_a_worker_name(name: str) -> None:
    assert names.worker_name_error(name) == ""


@pytest.mark.parametrize(
    "name",
    ["", "-a", "a-", "a\n", "\na", "Text-tools", "text_tools", "a.b", "a b", "a/b", "..", "ñandú", "a٣", "ａ"]
    + [pytest.param("a" * 64, id="64 characters")],
)
def test_anything_else_is_no_worker_name(name: str) -> None:
    assert names.worker_name_error(name) == f"{WORKER_NAME}: {visible_answer(name)} is not a Worker name."


@pytest.mark.parametrize(
    ("worker", "crate"),
    [
        ("my-worker", "my_worker"),
        ("text", "text"),
        ("3d-view", "crate_3d_view"),
        ("a--b", "a_b"),
        ("async", "crate_async"),
        ("std", "crate_std"),
        ("talc", "crate_talc"),
        ("docs", "crate_docs"),
        ("worker", "crate_worker"),
        ("node-modules", "crate_node_modules"),
        ("aux", "crate_aux"),
    ],
)
def test_a_crate_is_named_after_the_worker(worker: str, crate: str) -> None:
    assert names.crate_name(worker) == crate


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True))
@example("7" * 63)
@example("a" + "-" * 61 + "b")
@settings(deadline=None, derandomize=True)
def test_the_crate_of_every_worker_has_a_valid_name(worker: str) -> None:
    assert names.worker_name_error(worker) == ""
    assert names.crate_name_error(names.crate_name(worker)) == ""


@pytest.mark.parametrize(
    "name", ["a", "text_tools", "com10", "serde_core", *names.AVOIDED, pytest.param("a" * 64, id="64 characters")]
)
def test_a_rust_identifier_is_a_crate_name(name: str) -> None:
    assert names.crate_name_error(name) == ""


@pytest.mark.parametrize(
    "name",
    ["", "_a", "3d", "a\n", "text-tools", "Text_tools", "a.b", "a b", "a/b", "ñandú", "a٣"]
    + [pytest.param("a" * 65, id="65 characters")],
)
def test_anything_else_is_no_crate_name(name: str) -> None:
    assert names.crate_name_error(name) == f"{CRATE_NAME}: {visible_answer(name)} is not a crate name."


@pytest.mark.parametrize("name", REFUSED_CRATES)
def test_a_name_that_is_taken_or_warned_of_is_no_crate_name(name: str) -> None:
    assert names.crate_name_error(name) == REFUSED_CRATES[name]


@pytest.mark.parametrize(
    "name",
    [*names.RUST_KEYWORDS, *names.RUST_CRATES, *names.OWN_DEPENDENCIES] + [*names.OWN_FOLDERS, *names.DEVICES],
)
def test_the_name_proposed_for_one_that_is_taken_is_valid(name: str) -> None:
    proposed = re.search(r"for example (\w+):", names.crate_name_error(name))[1]
    assert names.crate_name_error(proposed) == ""


# --- Casing: the rules of serde_derive 1.0, for text, max_length and processing_time_ms ---

CASED = {
    "camelCase": ["text", "maxLength", "processingTimeMs"],
    "snake_case": ["text", "max_length", "processing_time_ms"],
    "PascalCase": ["Text", "MaxLength", "ProcessingTimeMs"],
    "kebab-case": ["text", "max-length", "processing-time-ms"],
    "SCREAMING_SNAKE_CASE": ["TEXT", "MAX_LENGTH", "PROCESSING_TIME_MS"],
    "SCREAMING-KEBAB-CASE": ["TEXT", "MAX-LENGTH", "PROCESSING-TIME-MS"],
    "lowercase": ["text", "max_length", "processing_time_ms"],
    "UPPERCASE": ["TEXT", "MAX_LENGTH", "PROCESSING_TIME_MS"],
}


@pytest.mark.parametrize("rule", CASED)
def test_a_field_is_spelled_as_serde_spells_it(rule: str) -> None:
    assert [casing.cased(field, rule) for field in ("text", "max_length", "processing_time_ms")] == CASED[rule]


@pytest.mark.parametrize(("label", "rule"), QUESTIONS["serde_casing"]["choices"].items())
def test_the_choice_of_a_casing_shows_it(label: str, rule: str) -> None:
    assert re.match(rf"{casing.cased('max_length', rule)}  \({rule}\b", label)


@pytest.mark.parametrize(
    ("field", "rule", "property", "access"),
    [
        ("max_length", "camelCase", "maxLength", ".maxLength"),
        ("max_length", "SCREAMING_SNAKE_CASE", "MAX_LENGTH", ".MAX_LENGTH"),
        ("max_length", "kebab-case", '"max-length"', '["max-length"]'),
        ("max_length", "SCREAMING-KEBAB-CASE", '"MAX-LENGTH"', '["MAX-LENGTH"]'),
        ("text", "kebab-case", "text", ".text"),
    ],
)
def test_a_name_with_a_hyphen_is_quoted_in_typescript(field: str, rule: str, property: str, access: str) -> None:
    assert [casing.property(field, rule), casing.access(field, rule)] == [property, access]


# --- Free text ---

def invisible(text: str) -> str:
    """The refusal of a text that holds what cannot be seen."""
    rule = "Type one line of visible characters, for example Text Tools"
    return f"{rule}: {json.dumps(text)} holds a line break, a tab or an invisible control character."


@pytest.mark.parametrize(
    "character",
    "\n \r \t \0 \x1b \x7f \x85 \u2028 \u2029 \u202a \u202e \u2066 \u2069 \ud800 \ufffe".split(" "),
    ids=ascii,
)
def test_a_text_holds_no_invisible_character(character: str) -> None:
    for text in (character, f"a{character}b", f"a{character}"):
        assert quoting.line_error(text, 300) == invisible(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", " a", "a ", "\u00a0a", "a\u3000"],
    ids=ascii,
)
def test_a_text_is_not_empty_and_has_no_blank_at_an_end(text: str) -> None:
    """Else a heading, a licence line or a paragraph would end in blanks, or become a block of code."""
    rule = "Begin and end with visible characters, for example Text Tools"
    message = f"{rule}: {json.dumps(text)} is empty or has a blank at an end."
    assert quoting.line_error(text, 300) == message


@pytest.mark.parametrize("name", ["abc", "3-d", "my-worker-images", pytest.param("a" * 63, id="63 characters")])
def test_what_r2_takes_is_a_bucket_name(name: str) -> None:
    assert names.bucket_name_error(name) == ""


@pytest.mark.parametrize(
    "name", ["", "ab", "-ab", "ab-", "aBc", "a_b", "a.b", "abc\n", pytest.param("a" * 64, id="64")]
)
def test_anything_else_is_no_bucket_name(name: str) -> None:
    assert names.bucket_name_error(name) == f"{BUCKET_NAME}: {visible_answer(name)} is not a bucket name."


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True))
@settings(deadline=None, derandomize=True)
def test_the_bucket_of_every_worker_has_a_valid_name(worker: str) -> None:
    default = JINJA.from_string(QUESTIONS["bucket_name"]["default"])
    assert names.bucket_name_error(default.render({"stored": {}, "project_name": worker})) == ""


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("My Worker", "My Worker"),
        ("ñ/../{{ 7*7 }}", "ñ/../{{ 7*7 }}"),
        ("", '""'),
        ("a\nb", '"a\\nb"'),
        ("\x1b[2Ja", '"\\u001b[2Ja"'),
        ("\u202ea", '"\\u202ea"'),
        (" a", '" a"'),
        ("a" * 80, "a" * 80),
        ("a" * 81, f'"{"a" * 40}..."'),
    ],
    ids=ascii,
)
def test_a_message_shows_an_answer_on_one_visible_line(answer: str, shown: str) -> None:
    assert quoting.shown(answer) == shown


@pytest.mark.parametrize("text", ["a", "é", "🦀"])
def test_a_text_is_no_longer_than_allowed(text: str) -> None:
    assert quoting.line_error(text * 300, 300) == ""
    assert quoting.line_error(text * 301, 300) == f"Use at most 300 characters: {json.dumps(text * 40 + '...')} has 301."


@pytest.mark.parametrize(
    "text",
    ["\"a\" 'b' `c`", "C:\\new", "{{ 7*7 }} {% raw %} {# a #}", "# a", "$(id) ${HOME} %PATH%", "🦀 👩‍🚀", "مرحبا שלום"],
)
def test_every_visible_character_is_allowed(text: str) -> None:
    assert quoting.line_error(text, 300) == ""


@given(st.text(max_size=300).map(str.strip).filter(lambda text: not quoting.line_error(text, 300)))
@settings(deadline=None, derandomize=True)
def test_a_quoted_text_is_the_same_text_in_json_and_toml(text: str) -> None:
    assert json.loads(quoting.quoted(text)) == text
    assert tomli.loads(f"x = {quoting.quoted(text)}") == {"x": text}


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("A plain text, with 1.5 of it - and (more)!", "A plain text, with 1.5 of it - and (more)!"),
        ("*a* _b_ `c` ~d~", r"\*a\* \_b\_ \`c\` \~d\~"),
        ("<b> &amp; [x](y) |", r"\<b\> \&amp; \[x\](y) \|"),
        ("{{ 7*7 }} \\", r"\{\{ 7\*7 \}\} \\"),
        ("# a # b", r"\# a \# b"),
        ("- a - b", r"\- a - b"),
        ("+ a", r"\+ a"),
        ("=== a", r"\=== a"),
        ("1. a 2. b", r"1\. a 2. b"),
        ("12) a", r"12\) a"),
    ],
)
def test_markdown_shows_a_text_as_it_was_typed(text: str, escaped: str) -> None:
    """A backslash before a digit would be shown: only punctuation is escaped (CommonMark 0.31, section 2.4)."""
    assert quoting.markdown(text) == escaped


# --- Pins ---

CURRENT = pins.SETS["current"]
DAY = CURRENT["compatibility_date"]


@pytest.mark.parametrize("rust", [pins.RUST_FLOOR, "1.1000.10"])
def test_a_stable_rust_is_accepted(rust: str) -> None:
    assert pins.rust_version_error(rust) == ""


@pytest.mark.parametrize("rust", ["", "1.99", "stable", "nightly-2026-01-01", "2.0.0", "1.99.1\n", "1.099.1", "1.99.٣"])
def test_a_rust_that_is_not_a_stable_one_in_full_is_refused(rust: str) -> None:
    message = f"Write it in full, as {CURRENT['rust']}: {visible_answer(rust)} is not a stable Rust version."
    assert pins.rust_version_error(rust) == message


@pytest.mark.parametrize("rust", ["1.0.0", "1.87.9"])
def test_a_rust_that_is_too_old_is_refused(rust: str) -> None:
    rule = f"Use {pins.RUST_FLOOR} or newer, as {CURRENT['rust']}"
    assert pins.rust_version_error(rust) == f"{rule}: Rust {rust} is too old for the crates of the project."


@pytest.mark.parametrize("version", ["", "0.11.0", "latest", "0.12", "0.12.0\n"])
def test_a_version_that_is_not_listed_is_refused_with_those_that_are(version: str) -> None:
    newest_first = ", ".join(pins.WASM_PACKS[::-1])
    message = f"Use one of {newest_first}: wasm-pack {visible_answer(version)} is not known to work with this layout."
    assert pins.unlisted_error("wasm-pack", version, pins.WASM_PACKS) == message
    assert pins.unlisted_error("wasm-pack", "0.12.0", pins.WASM_PACKS) == ""


LISTED = {"wasm_pack_version": [*pins.WASM_PACKS], "wrangler_version": [*pins.WRANGLERS]}


@pytest.mark.parametrize("question", LISTED)
def test_the_listed_versions_are_offered_the_newest_first(question: str) -> None:
    offered = yaml.safe_load(JINJA.from_string(QUESTIONS[question]["choices"]).render())
    assert offered == LISTED[question][::-1] == sorted(offered, key=order, reverse=True)


@pytest.mark.parametrize("day", ["", "today", "26-11-17", "2026/11/17", "2026-1-1", "2026-11-17\n", "1999-01-01"])
def test_a_compatibility_date_is_written_in_full(day: str) -> None:
    message = f"Write it as {CURRENT['compatibility_date']}, year-month-day: {visible_answer(day)} is not a date."
    assert pins.compatibility_date_error(day, CURRENT["wrangler"]) == message


def test_a_compatibility_date_is_a_day_of_the_calendar() -> None:
    first = datetime.date(2023, 1, 1)
    calendar = {str(first + datetime.timedelta(days)) for days in range(365 * 5 + 1)}
    written = [f"{y}-{m:02}-{d:02}" for y in range(2023, 2028) for m in range(14) for d in range(33)]
    refused = [day for day in written if " is not a date." in pins.compatibility_date_error(day, CURRENT["wrangler"])]
    assert refused == [day for day in written if day not in calendar]


@pytest.mark.parametrize("wrangler", pins.WRANGLERS)
def test_a_compatibility_date_is_one_that_the_runtime_knows(wrangler: str) -> None:
    newest = pins.newest_compatibility_date(wrangler)
    next_day = str(datetime.date.fromisoformat(newest) + datetime.timedelta(1))
    newer = f"Use {newest} or older: {next_day} is newer than the workerd of wrangler {wrangler} knows."
    floor = f"Use 2024-09-23 or newer, as {newest}"
    older = f"{floor}: 2024-09-22 is older than what this project is tested with."
    days = {"2024-09-22": older, "2024-09-23": "", newest: "", next_day: newer}
    assert {day: pins.compatibility_date_error(day, wrangler) for day in days} == days
    assert JINJA.from_string(QUESTIONS["compatibility_date"]["default"]).render(wrangler_version=wrangler) == newest


def test_a_row_of_wrangler_names_all_that_must_agree_with_it() -> None:
    for version, row in pins.WRANGLERS.items():
        assert row.keys() == pins.WRANGLERS[CURRENT["wrangler"]].keys()
        day = pins.newest_compatibility_date(version).replace("-", "")
        assert [row[package].split(".")[1] for package in ("miniflare", "workers_types")] == [day, day]


@pytest.mark.parametrize("chosen", NAMED_PIN_SETS)
def test_a_named_set_passes_the_validators_of_its_parts(chosen: str) -> None:
    pinned = pins.SETS[chosen]
    assert [
        pins.rust_version_error(pinned["rust"]),
        pins.unlisted_error("wasm-pack", pinned["wasm_pack"], pins.WASM_PACKS),
        pins.unlisted_error("wrangler", pinned["wrangler"], pins.WRANGLERS),
        pins.compatibility_date_error(pinned["compatibility_date"], pinned["wrangler"]),
    ] == [""] * 4


@pytest.mark.parametrize("chosen", NAMED_PIN_SETS)
def test_a_set_fixes_every_version_once(chosen: str) -> None:
    parts = [pins.COMMON, pins.SETS[chosen], pins.WRANGLERS[pins.SETS[chosen]["wrangler"]]]
    fixed = json.loads(pins.versions(**pins.SETS[chosen]))
    assert sorted(fixed.items()) == sorted(pin for part in parts for pin in part.items())


def test_the_versions_follow_from_the_answers() -> None:
    custom = ("1.90.0", "0.13.1", min(pins.WRANGLERS), "2024-12-01")
    for chosen in NAMED_PIN_SETS:
        assert pins.chosen(chosen, *custom) == pins.versions(**pins.SETS[chosen])
    assert pins.chosen("custom", *custom) == pins.versions(*custom)


def test_the_versions_are_no_answer() -> None:
    chosen = pins.versions(**CURRENT)
    message = "Answer pins instead, with custom for versions of your own: versions follows from it."
    assert pins.versions_error(json.loads(chosen), chosen) == ""
    assert pins.versions_error(json.loads(chosen) | {"wasm_pack": "$(touch pwned)"}, chosen) == message


# --- The answers that a project has ---

GOOD = {"project_name": "a", "crate_name": "talc", "description": "a", "user_name": "a", "wrangler_version": "4.0.0"}
BAD = {
    "project_name": ("A", names.worker_name_error("A")),
    "crate_name": ("match", names.crate_name_error("match")),
    "bucket_name": ("A", names.bucket_name_error("A")),
    "description": ("a\tb", quoting.line_error("a\tb", 300)),
    "user_name": ("a" * 101, quoting.line_error("a" * 101, 100)),
    "rust_version": ("1.0.0", pins.rust_version_error("1.0.0")),
    "wasm_pack_version": ("9", pins.unlisted_error("wasm-pack", "9", pins.WASM_PACKS)),
    "wrangler_version": ("4.0.1", pins.unlisted_error("wrangler", "4.0.1", pins.WRANGLERS)),
    "compatibility_date": ("2030-01-01", pins.compatibility_date_error("2030-01-01", "4.0.0")),
}


def test_answers_that_are_good_stop_no_update() -> None:
    assert stored.refuse(GOOD, {}) == ""
    assert stored.refuse({}, {}) == ""


@pytest.mark.parametrize("question", BAD)
def test_an_answer_that_is_refused_stops_an_update_unless_another_is_given(question: str) -> None:
    answer, error = BAD[question]
    with pytest.raises(FilterArgumentError) as stopped:
        stored.refuse(GOOD | {question: answer}, {})
    assert str(stopped.value) == (
        f"This version of the template refuses the project's answer to {question}, and changed nothing. {error} "
        f"Answer it anew, with --data {question}=VALUE, or stay at the version that you have."
    )
    assert stored.refuse(GOOD | {question: answer}, {question: "another"}) == ""


def test_pins_of_a_named_set_need_no_version_of_ones_own() -> None:
    assert stored.refuse(GOOD | {"wrangler_version": "4.0.1", "rust_version": "1.0.0"}, {"pins": "current"}) == ""


@pytest.mark.parametrize(
    ("file", "stands", "refused"),
    [(".copier-answers.yml", False, False), ("answers/a.yml", True, False), ("services/[a]/a.yml", False, True)],
)
def test_an_update_of_a_folder_without_a_project_is_stopped(
    tmp_path: Path, file: str, stands: bool, refused: bool
) -> None:
    folder = tmp_path / "[a]*"
    folder.mkdir()
    if stands:
        (folder / "scripts").mkdir()
        (folder / "scripts/tools.sh").write_text("")
    conf = {"answers_file": Path(file), "dst_path": folder, "sep": "/"}
    if refused:
        with pytest.raises(FilterArgumentError, match=r"and nothing was changed\. The answers file services/\[a\]/a\.yml is"):
            stored.refuse_elsewhere(conf)
    else:
        assert stored.refuse_elsewhere(conf) == ""


def test_each_question_with_a_rule_is_among_them() -> None:
    ruled = {name for name, question in QUESTIONS.items() if "validator" in question}
    assert ruled - {"versions", "example"} == BAD.keys()


def test_a_project_keeps_its_crate_and_its_example() -> None:
    assert stored.renamed_error("a", "a") == ""
    assert stored.renamed_error("b", "a").startswith("Keep a, or rename the crate in git, with its answer, as https:")
    assert stored.example_error("image", "image", "a") == ""
    assert stored.example_error("image", "text", "a").startswith("Keep text, or make a new project")


def test_each_example_that_can_be_chosen_has_a_row_and_its_files() -> None:
    folders = [path.name for path in (ROOT / "extensions/examples").iterdir()]
    assert sorted(choices("example")) == sorted(examples.EXAMPLES) == sorted(folders)


def test_the_example_image_and_the_crate_that_it_needs_have_two_names() -> None:
    assert stored.example_error("text", "text", "imagesize") == ""
    assert stored.example_error("image", "image", "imagesize").startswith("Give another crate_name, ")


def test_a_version_counts_for_own_pins_only() -> None:
    told = pins.only_custom("rust_version", "current")
    assert told == "Give pins=custom too, or leave rust_version out: it counts with pins=custom alone."
    assert pins.only_custom("rust_version", "custom") == ""
    assert pins.rust_version_error("1.96.0", "current") == told
    told = pins.only_custom("compatibility_date", "current")
    assert pins.compatibility_date_error("2025-01-01", "4.0.0", "current") == told


@pytest.mark.parametrize("question", VERSIONS)
def test_copier_refuses_a_version_beside_a_named_set(question: str, template: Path, tmp_path: Path) -> None:
    version = CURRENT[question.removesuffix("_version")]
    output = run(COPIER, "copy", "--defaults", f"--data={question}={version}", template, "a", cwd=tmp_path, status=1)
    assert output.endswith(f"'{question}': {pins.only_custom(question, 'current')}\n")
    assert list(tmp_path.iterdir()) == []


# --- Copier itself ---


def test_what_can_be_chosen_is_what_the_macros_know() -> None:
    assert sorted(choices("serde_casing")) == sorted(casing.RULES) == sorted(CASED)
    assert sorted(choices("pins")) == sorted([*pins.SETS, "custom"]) == sorted([*NAMED_PIN_SETS, "custom"])


OFFERED = {
    question: choices(question) for question in ASKED if isinstance(QUESTIONS[question].get("choices"), dict)
} | {question: versions[::-1] for question, versions in LISTED.items()}
NOT_VALID = "Validation error for question "
REFUSALS = {
    "project_name": ("Text Tools", f"{NOT_VALID}'project_name': {names.worker_name_error('Text Tools')}"),
    "crate_name": ("worker", f"{NOT_VALID}'crate_name': {REFUSED_CRATES['worker']}"),
    "description": ("a ", f"{NOT_VALID}'description': {quoting.line_error('a ', 300)}"),
    "user_name": ("a" * 101, f"{NOT_VALID}'user_name': {quoting.line_error('a' * 101, 100)}"),
    "rust_version": ("stable", f"{NOT_VALID}'rust_version': {pins.rust_version_error('stable')}"),
    "bucket_name": ("Photos", f"{NOT_VALID}'bucket_name': {names.bucket_name_error('Photos')}"),
    "compatibility_date": (
        "2099-01-01",
        f"{NOT_VALID}'compatibility_date': {pins.compatibility_date_error('2099-01-01', CURRENT['wrangler'])}",
    ),
} | {
    question: ("other", f"Invalid choice for '{question}': 'other' is not in {offered}")
    for question, offered in OFFERED.items()
}


# But a yes or no, for which Copier takes any word.
@pytest.mark.parametrize("question", [name for name in ASKED if QUESTIONS[name]["type"] != "bool"])
def test_copier_refuses_a_bad_answer_and_writes_nothing(question: str, template: Path, tmp_path: Path) -> None:
    answer, message = REFUSALS[question]
    data = ["--data", "pins=custom", "--data", f"{question}={answer}"]
    output = run(COPIER, "copy", "--defaults", *data, template, "project", cwd=tmp_path, status=1)
    assert output.endswith(f"ValueError: {message}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("question", "rule", "refusal"),
    [
        ("project_name", "Use a-z, 0-9 and -, 1 to 63", names.worker_name_error("Text Tools")),
        ("crate_name", "Use a-z, 0-9 and _, 1 to 64", names.crate_name_error("3d")),
        ("crate_name", "Use single underscores", names.crate_name_error("a__b")),
        ("crate_name", "Choose another name", names.crate_name_error("match")),
        ("crate_name", "Keep talc, or rename the crate", stored.renamed_error("tools", "talc")),
        ("description", "Use at most 300 characters", quoting.line_error("a" * 301, 300)),
        ("description", "Type one line of visible", quoting.line_error("a\tb", 300)),
        ("description", "Begin and end with visible", quoting.line_error(" a", 300)),
        ("user_name", "Use at most 100 characters", quoting.line_error("a" * 101, 100)),
        ("bucket_name", "Use a-z, 0-9 and -, 3 to 63", names.bucket_name_error("a")),
        ("rust_version", f"Write it in full, as {CURRENT['rust']}", pins.rust_version_error("stable")),
        ("rust_version", f"Use {pins.RUST_FLOOR} or newer", pins.rust_version_error("1.80.0")),
        ("compatibility_date", f"Write it as {DAY}", pins.compatibility_date_error("soon", CURRENT["wrangler"])),
        ("compatibility_date", f"Use {DAY} or older", pins.compatibility_date_error("2099-01-01", CURRENT["wrangler"])),
        (
            "compatibility_date",
            f"Use {pins.DATE_FLOOR} or newer",
            pins.compatibility_date_error("2020-01-01", CURRENT["wrangler"]),
        ),
    ],
)
def test_a_refusal_begins_with_its_rule(question: str, rule: str, refusal: str) -> None:
    """A terminal cuts it off at the end of its line, which in 80 columns comes soon."""
    assert rule in f"{NOT_VALID}'{question}': {refusal}"[:80]


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("project_name", "a-z, 0-9 and -, 1 to 63 characters"),
        ("crate_name", "a-z, 0-9 and _, 1 to 64 characters"),
        ("description", "at most 300 characters"),
        ("user_name", "at most 100 characters"),
        ("bucket_name", "a-z, 0-9 and -, 3 to 63 characters"),
        ("rust_version", f"in full, {pins.RUST_FLOOR} or newer"),
        ("compatibility_date", "year-month-day"),
        ("compatibility_date", pins.DATE_FLOOR),
    ],
)
def test_a_rule_stands_above_its_question_too(question: str, rule: str) -> None:
    """Where a narrower terminal shows nothing of a refusal but the answer's question."""
    assert rule in " ".join(JINJA.from_string(QUESTIONS[question]["help"]).render().split())


@pytest.mark.parametrize("answer", [True, "yes", False, "no"])
def test_a_yes_or_no_is_taken_as_a_word_too(answer: bool | str, template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", {"playground": answer}, CANDIDATE)
    assert recorded(project)["playground"] is (answer in (True, "yes"))
    assert (project / "worker/public").exists() is (answer in (True, "yes"))


@pytest.mark.parametrize("word", ["no", "false"])
def test_a_no_is_taken_from_the_command_line_and_from_a_file(word: str, template: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text(f"playground: {word}\n")
    for option in (f"--data=playground={word}", "--data-file=answers.yml"):
        run(COPIER, "copy", "--quiet", "--defaults", "--overwrite", option, template, "project", cwd=tmp_path)
        assert recorded(tmp_path / "project")["playground"] is False


ENTER, CLEAR, DOWN = "\r", "\x15", "\x1b[B"


in_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix are Unix's")


@in_a_terminal
def test_a_person_is_asked_each_question_in_order_and_may_correct_an_answer(template: Path, tmp_path: Path) -> None:
    questions = [name for name in ASKED if "when" not in QUESTIONS[name]]
    dialogue = [(first_line(question), ENTER) for question in questions]
    dialogue[:1] = [
        (first_line("project_name"), f"{CLEAR}Text Tools{ENTER}"),
        (refusal("project_name", 80), f"{CLEAR}text-tools{ENTER}"),
    ]
    answers = converse([*dialogue, ("text-tools is ready.", "")], template, tmp_path)
    defaults = {question: QUESTIONS[question]["default"] for question in questions}
    assert answers == {**defaults, "project_name": "text-tools", "crate_name": "text_tools", "playground": True}


# What is typed in the end where an answer is typed, and what is chosen where one is chosen.
CORRECTED = {
    "project_name": "text-tools",
    "crate_name": "text_tools",
    "description": "Cuts texts",
    "user_name": "Ada",
    "bucket_name": "my-images",
    "rust_version": pins.RUST_FLOOR,
    "compatibility_date": pins.DATE_FLOOR,
}
CHOSEN = {"example": "image", "pins": "custom", "wrangler_version": min(pins.WRANGLERS)}


@in_a_terminal
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 20)])
def test_a_person_reads_each_question_whole_and_what_is_wrong_with_an_answer(
    columns: int, rows: int, template: Path, tmp_path: Path
) -> None:
    dialogue = []
    for question in ASKED:
        text = JINJA.from_string(QUESTIONS[question]["help"]).render()
        if question in CORRECTED:
            dialogue.append((text, f"{CLEAR}{REFUSALS[question][0]}{ENTER}"))
            # The rule stands above, too, where the terminal leaves no room for it in the refusal.
            text += refusal(question, columns)
            keys = f"{CLEAR}{CORRECTED[question]}"
        elif question in OFFERED:
            labels = QUESTIONS[question]["choices"]
            labels = OFFERED[question] if isinstance(labels, str) else labels
            text += "\n".join(JINJA.from_string(label).render() for label in labels)
            keys = DOWN * OFFERED[question].index(CHOSEN.get(question, OFFERED[question][0]))
        else:
            keys = ""
        dialogue.append((text, keys + ENTER))
    answers = converse([*dialogue, ("text-tools is ready.", "")], template, tmp_path, columns, rows)
    assert answers.keys() == set(ASKED)
    assert answers.items() >= (CORRECTED | CHOSEN).items()


@pytest.mark.parametrize("message", ["_message_after_copy", "_message_after_update"])
def test_what_comes_next_fits_80_columns(message: str) -> None:
    text = JINJA.from_string(yaml.safe_load((ROOT / "copier.yml").read_text())[message])
    conf = {"dst_path": "text-tools", "src_path": ROOT}
    printed = text.render(project_name="text-tools", playground=True, _copier_conf=conf)
    assert "cd text-tools\n" in printed
    assert [line for line in printed.splitlines() if len(line) > 80] == []


def first_line(question: str) -> str:
    """The question itself, without what explains it."""
    return QUESTIONS[question]["help"].splitlines()[0]


def refusal(question: str, columns: int) -> str:
    """What a terminal shows of it, which is one line."""
    validator = JINJA.from_string(QUESTIONS[question]["validator"])
    message = validator.render(CHOSEN | {question: REFUSALS[question][0], "stored": {}})
    return f"{NOT_VALID}'{question}': {message}"[:columns]


def converse(
    dialogue: list[tuple[str, str]], template: Path, folder: Path, columns: int = 80, rows: int = 24
) -> dict[str, str]:
    """Runs `copier copy` at a terminal and returns the answers that the project remembers.

    It waits until every line of a text of the dialogue stands on the screen, each in a row, then types the keys beside it.
    """
    # Here, for Windows has no such terminals.
    from maintenance.picture import at_terminal

    process, keyboard = at_terminal([COPIER, "copy", template, "project"], folder, rows, columns)
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    try:
        for text, keys in dialogue:
            lines = [line.strip() for line in text.splitlines()]
            while missing := [line for line in lines if not any(line in row for row in screen.display)]:
                more = printed(keyboard)
                assert more, "\n".join(["These lines did not appear:", *missing, "The screen:", *screen.display])
                stream.feed(more)
            os.write(keyboard, keys.encode())
        while more := printed(keyboard):
            stream.feed(more)
        assert process.wait(SECONDS) == 0, "\n".join(screen.display)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
    return recorded(folder / "project")


SECONDS = 60


def printed(terminal: int) -> bytes:
    """The next output; nothing when the program has ended, or says nothing for long."""
    ready, _, _ = select.select([terminal], [], [], SECONDS)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:  # how Linux tells that nobody has the other end any more
        return b""
