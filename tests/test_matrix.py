"""The page of what works has a row for each version that can be chosen, and each of them works."""

import re

import pytest

from maintenance.matrix import PAGE, choices, written
from maintenance.pin_file import PINS, pinned, with_current

TEXT = PINS.read_text()


def test_the_page_has_a_row_for_each_version_that_can_be_chosen() -> None:
    assert written(PAGE.read_text()) == choices(TEXT)


def test_every_version_that_can_be_chosen_works() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| \d", line)]
    assert [row for row in rows if not re.search(r" \d+ \+ \d+ tests pass \|$", row)] == []


@pytest.mark.parametrize("moved", [{"wrangler": "4.999.0"}, {"wasm_pack": "0.99.0"}, {"rust": "1.200.0"}])
def test_a_new_version_makes_the_page_stale(moved: dict[str, str]) -> None:
    newer = with_current(TEXT, pinned(TEXT, "current") | moved)
    assert [choice for choice in choices(newer) if choice not in written(PAGE.read_text())]
