"""The one entry of maintainers' commands: it lists them, refuses others, and each says what it does."""

import re

import pytest
from helpers import ROOT, run

from maintenance.__main__ import COMMANDS


def run_sh(*words: str, status: int = 0) -> str:
    return run("./scripts/run.sh", *words, cwd=ROOT, status=status)


def test_each_command_has_a_line_in_the_help() -> None:
    helped = run_sh("--help")
    lines = {re.split(" {2,}", line.strip())[0] for line in helped.splitlines() if line.startswith("  ")}
    assert lines == COMMANDS.keys()
    assert max(map(len, helped.splitlines())) <= 100
    assert run_sh(status=2) == helped


@pytest.mark.parametrize("words", [["gallry"], ["passes"], ["--check"], ["gallry", "--help"]])
def test_another_command_is_refused_with_those_that_there_are(words: list[str]) -> None:
    assert run_sh(*words, status=2) == f"run.sh: no such command: {words[0]}; there are {', '.join(COMMANDS)}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    assert run_sh(*command.split(), "--help").startswith(f"usage: ./scripts/run.sh {command} [")


def test_what_names_a_command_names_one_that_there_is() -> None:
    listed = run("git", "ls-files", cwd=ROOT).splitlines()
    texts = {name: (ROOT / name).read_text() for name in listed if named(name)}
    found = {(name, word) for name, text in texts.items() for word in re.findall(r"scripts/run\.sh ([a-z]+)", text)}
    assert {word for _, word in found} == {command.split()[0] for command in COMMANDS}, found


def named(path: str) -> bool:
    """Whether a file may name commands: a page, a module or a setting, and not a test."""
    return path.endswith((".md", ".py", ".yml", ".json", ".jinja")) and not path.startswith("tests/")
