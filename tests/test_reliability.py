"""The short forms of `reliability`, on a built project; and the reference that they hold it to."""

import json
import sys
from pathlib import Path

import pytest
from helpers import ROOT, run
from hypothesis import example, given
from hypothesis import strategies as st

from lab.reliability.__main__ import FORMS
from lab.reliability.contract import Request, answer_to
from lab.reliability.strict_json import NotJson, parse


@pytest.mark.parametrize("form", FORMS)
def test_the_short_form_keeps_every_promise(tested: Path, form: str) -> None:
    printed = run(sys.executable, "-m", "lab.reliability", form, "--short", f"--project={tested}", cwd=ROOT)
    assert f">>> {form}, short" in printed
    assert "| seconds |" in printed


def test_each_form_has_a_page_of_figures_of_both_pin_sets() -> None:
    for form in FORMS:
        figures = json.loads((ROOT / f"docs/reliability/{form}.json").read_text())
        assert figures.keys() == {"article", "current"}, form


def test_an_unknown_form_is_refused_with_those_that_there_are() -> None:
    printed = run(sys.executable, "-m", "lab.reliability", "endurance", cwd=ROOT, status=2)
    assert "no such form: endurance; there are differential" in printed


def is_json(text: str) -> bool:
    """What Python takes for JSON, without the constants that it takes beyond."""
    try:
        json.loads(text, parse_constant=int)
    except ValueError:
        return False
    return True


@given(st.text('{}[],:"\\ \n\t0123456789.eE+-truefalsn/bu\x00é', max_size=30))
@example('{"a": [1, -2.5e+3, "x\\u00e9\\n", true, null, {}], "b": {"c": [[]]}} ')
@example('{"a":1,}')
@example("[NaN]")
def test_the_reference_takes_exactly_json_for_json(text: str) -> None:
    try:
        parse(text)
    except NotJson:
        assert not is_json(text)
    else:
        assert is_json(text)


ANSWERS = {
    '{"text":"straße","maxLength":6,"uppercase":true}': (None, "STRASSE"),
    r'{"maxLength":18446744073709551615,"\u0074ext":"\ud83e\udd80b","x":[{}]}': (None, "🦀b"),
    '{"text":"a","maxLength":18446744073709551616}': ("invalidInput", None),
    '{"text":"a","maxLength":1.0}': ("invalidInput", None),
    '{"text":"a","text":"a","maxLength":1}': ("invalidInput", None),
    '{"text":"","maxLength":1,"x":' + "[" * 100_000: ("invalidInput", None),
    '{"text":"","maxLength":1,"x":' + "[" * 100_000 + "]" * 100_000 + "}": ("missingField", None),
    '{"maxLength":0}': ("invalidInput", None),
    '{"text":"a"}': ("missingField", None),
}


@pytest.mark.parametrize("body", ANSWERS, ids=range(len(ANSWERS)))
def test_the_reference_keeps_the_documented_contract(body: str) -> None:
    expected = answer_to(Request(body.encode()))
    assert (expected.code, expected.text) == ANSWERS[body]
