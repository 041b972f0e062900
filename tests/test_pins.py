"""How the pins move: what the registries say of a set, what is taken of what is newer, and how it is written down."""

import hashlib
import itertools
import os
import re
import sys
from pathlib import Path

import pytest
from helpers import NAMED_PIN_SETS, free_port, run
from macros import pins
from test_prebuilt import Request, mirror

from maintenance.checksums import TARGETS, checksums
from maintenance.pin_file import PINS, pinned, table, with_checksums, with_current
from maintenance.pins import FOLLOWING, MOVING, SOURCES, Disagree, agreeing, complete, log, settle
from maintenance.registries import Unanswered, newest, order

# Two that install Rust's newest toolchain at once would take each other's download away.
pytestmark = pytest.mark.xdist_group("pins")

TEXT = PINS.read_text()
CURRENT = pinned(TEXT, "current")
OLDER = (
    CURRENT
    | pins.WRANGLERS["4.100.0"]
    | {
        "rust": "1.96.0",
        "wasm_pack": "0.14.0",
        "wrangler": "4.100.0",
        "compatibility_date": pins.WRANGLERS["4.100.0"]["newest_compatibility_date"],
    }
)


# --- What is in the file, and how it is written ---


def test_the_file_is_written_as_it_stands() -> None:
    assert with_current(TEXT, CURRENT) == TEXT


@pytest.mark.parametrize("chosen", NAMED_PIN_SETS)
def test_the_file_is_read_as_jinja_reads_it(chosen: str) -> None:
    assert pinned(TEXT, chosen) == pins.COMMON | pins.SETS[chosen] | pins.WRANGLERS[pins.SETS[chosen]["wrangler"]]


def test_what_moves_by_itself_is_asked_of_a_source_that_is_known() -> None:
    assert {source for source, _ in MOVING.values()} == SOURCES.keys()
    assert MOVING["wasm_bindgen"] == ("crate", "wasm-bindgen")
    # The others follow from these.
    assert [name for name in CURRENT if name not in MOVING] == [
        *("compatibility_date", "miniflare", "workers_types", "newest_compatibility_date", "node_floor", "node_types")
    ]


def test_what_is_new_joins_what_is_known_and_the_other_sets_stay() -> None:
    versions = CURRENT | {"rust": "1.200.0", "wasm_pack": "0.99.0", "wrangler": "4.999.0", "serde": "1.9.9"}
    text = with_current(TEXT, versions)
    assert pinned(text, "current") == versions
    assert pinned(text, "article") | {"serde": "1.9.9"} == pinned(TEXT, "article") | {"serde": "1.9.9"}
    assert table(text, "wranglers") == pins.WRANGLERS | {"4.999.0": pins.WRANGLERS[CURRENT["wrangler"]]}
    assert table(text, "wasm_packs") == [*pins.WASM_PACKS, "0.99.0"]


def test_what_is_said_of_a_version_stays_with_it_or_goes_to_the_newest_row() -> None:
    text = with_current(TEXT, CURRENT | {"rust": "1.200.0", "wrangler": "4.999.0"})
    comments = re.compile("#.*")
    assert comments.findall(text) == comments.findall(TEXT)
    assert 'rust: "1.200.0" # renovate: rust-version rust\n' in text
    assert "#" in text.split('"4.999.0":')[1]


def test_a_row_of_another_set_is_not_changed() -> None:
    with pytest.raises(ValueError, match="the row of wrangler 4.0.0 belongs to another named set"):
        with_current(TEXT, CURRENT | {"wrangler": "4.0.0"})


def test_versions_are_ordered_as_numbers_and_a_pre_release_before_its_release() -> None:
    ordered = ["0.9.10", "1.2.9", "1.2.10", "5.20260923.0-alpha", "5.20261117.0-beta", "5.20261117.0"]
    assert sorted(ordered[::-1], key=order) == ordered
    assert newest(ordered, "1.") == "1.2.10"


# --- The checksums of the tools ---


@pytest.mark.parametrize("tool", ["wasm-pack", "wasm-bindgen"])
def test_the_checksums_of_a_release_join_those_of_others(tool: str) -> None:
    text = with_checksums(TEXT, tool, "9.9.9", {"x86_64-apple-darwin": "00"})
    known = table(TEXT, "checksums")
    assert table(text, "checksums") == known | {tool: known[tool] | {"9.9.9": {"x86_64-apple-darwin": "00"}}}
    assert set(TEXT.splitlines()) < set(text.splitlines())


def test_the_checksums_of_a_new_release_are_those_of_what_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> None:
        if "aarch64-apple" in request.path:
            request.send_error(404)
        else:
            request.whole(request.path.encode())

    text = with_current(TEXT, CURRENT | {"wasm_pack": "9.9.8", "wasm_bindgen": "9.9.9"})
    with mirror(answer) as server:
        monkeypatch.setenv("WASM_TOOLS_URL", f"{server.url}/")
        completed = complete(text)
    for tool, tag, version in (("wasm-pack", "v9.9.8", "9.9.8"), ("wasm-bindgen", "9.9.9", "9.9.9")):
        folder = f"/wasm-bindgen/{tool}/releases/download/{tag}/{tool}-{tag}-"
        assert table(completed, "checksums")[tool][version] == {
            target: hashlib.sha256(f"{folder}{target}.tar.gz".encode()).hexdigest() for target in TARGETS[:3]
        }
    # What is known is not asked again.
    assert complete(completed) == completed


def test_a_release_that_cannot_be_had_does_not_come_into_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM_TOOLS_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unanswered, match="without the checksums of wasm-pack 9.9.7, projects compile it. http://127"):
        checksums("wasm_pack", "9.9.7")


def test_half_a_file_has_no_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    with mirror(lambda request: request.whole(b"half", 8)) as server:
        monkeypatch.setenv("WASM_TOOLS_URL", server.url)
        with pytest.raises(Unanswered, match="without the checksums of wasm-pack 9.9.6, projects compile it. http"):
            checksums("wasm_pack", "9.9.6")


# --- What is taken ---

PINNED, NEWER = {"a": "1", "b": "1", "c": "1"}, {"a": "2", "b": "2", "c": "2"}
SETTLED = {
    "all pass": ([], "a b c", ""),
    "one fails": ([{"b"}], "a c", "b"),
    "two fail": ([{"a"}, {"c"}], "b", "a c"),
    "all fail": ([{"a"}, {"b"}, {"c"}], "", "a b c"),
    "two fail only together": ([{"a", "b"}], "", "a b c"),
    "one fails, the others only together": ([{"c"}, {"a", "b"}], "", "c a b"),
}


@pytest.mark.parametrize(("failing", "moved", "stays"), SETTLED.values(), ids=SETTLED)
def test_what_passes_is_taken_and_what_fails_is_named(failing: list[set[str]], moved: str, stays: str) -> None:
    tried = []

    def refusal(candidate: dict[str, str]) -> str:
        moving = {tool for tool, version in candidate.items() if version == "2"}
        tried.append(moving)
        return "red" if any(group <= moving for group in failing) else ""

    chosen, refused = settle(PINNED, NEWER, refusal)
    assert chosen == PINNED | dict.fromkeys(moved.split(), "2")
    assert [*refused] == stays.split()
    assert all(why.endswith("red") for why in refused.values())
    # Nothing is taken that was not tried, nor tried twice.
    assert chosen == PINNED or set(moved.split()) in tried
    assert not [one for one, other in itertools.combinations(tried, 2) if one == other]


def test_what_only_follows_is_tried_too() -> None:
    assert settle(PINNED, PINNED, lambda _: "red") == (PINNED, {FOLLOWING[0]: "red"})


# --- The changelog ---

EMPTY = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n### Changed\n\n- Old.\n"


def test_what_moved_stands_in_the_changelog_once() -> None:
    before = with_current(TEXT, OLDER)
    halfway = with_current(before, OLDER | {"rust": "1.97.0", "imagesize": "9.0.0"})
    first = log(EMPTY, OLDER, halfway)
    assert (
        "\n## [Unreleased]\n\n### Changed\n\n- The pin set `current`: Rust 1.96.0 to 1.97.0.\n- Every pin set: imagesize "
        in first
    )
    second = log(first, OLDER, with_current(before, OLDER | {"rust": "1.98.0"}))
    assert second == EMPTY.replace(
        "## [Unreleased]\n", "## [Unreleased]\n\n### Changed\n\n- The pin set `current`: Rust 1.96.0 to 1.98.0.\n"
    )


def test_an_entry_joins_those_that_are_there() -> None:
    there = EMPTY.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A.\n\n### Changed\n\n- B.\n  C.\n")
    written = log(there, OLDER, with_current(TEXT, OLDER | {"serde": "2.0.0"}))
    assert written == there.replace("- B.", f"- Every pin set: serde {CURRENT['serde']} to 2.0.0.\n- B.")


# --- What the registries say: of releases, what they always will; tests/newest.py asks what is newest today ---


@pytest.mark.parametrize("chosen", NAMED_PIN_SETS)
def test_a_named_set_is_what_the_registries_say_that_agrees(chosen: str) -> None:
    versions = pinned(TEXT, chosen)
    followed = agreeing(versions)
    follows = ["miniflare", "newest_compatibility_date", "node_floor"]
    assert {name: followed[name] for name in follows} == {name: versions[name] for name in follows}
    assert followed["workers_types"].startswith(versions["workers_types"].rpartition(".")[0])


def test_a_vite_that_vitest_does_not_take_is_refused() -> None:
    with pytest.raises(Disagree, match="Vitest 5.1.1 does not take Vite 5.0.0"):
        agreeing(CURRENT | {"vitest": "5.1.1", "vite": "5.0.0"})


@pytest.fixture
def repository(sources: Path, tmp_path: Path) -> Path:
    """This repository as it was when its pins were older."""
    clone = tmp_path / "repository"
    run("git", "clone", "--quiet", sources, clone, cwd=tmp_path)
    older = re.sub(r'  "4\.1[4-9]\d\.0":\n(    .*\n)+', "", with_current(TEXT, OLDER))
    older = older.replace(', "0.15.0", "0.15.1"', "")
    (clone / "extensions/pins.yml").write_text(older)
    run("git", "commit", "--quiet", "--all", "--message=Release 9.0.0", cwd=clone)
    return clone


def pins_sh(repository: Path, *options: str, status: int = 0, **environment: str) -> str:
    command = [sys.executable, "-m", "maintenance", "pins", *options]
    return run(*command, cwd=repository, env=os.environ | environment, status=status)


def test_a_registry_that_does_not_answer_is_named_and_nothing_changes(repository: Path) -> None:
    printed = pins_sh(repository, "--no-test", status=1, RUSTUP_DIST_SERVER="http://127.0.0.1:9")
    # Where there is no stable toolchain yet, it asks for that first.
    assert re.search(r"pins: rustup (check|toolchain install stable .*) failed:", printed)
    assert run("git", "diff", "--name-only", cwd=repository) == ""
