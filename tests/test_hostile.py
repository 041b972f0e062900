"""Hostile answers: every string of tests/hostile.py into every free text and every name. Each is refused by the rule
that it breaks, or stands in the project exactly as typed, in files that parse; nothing of it is executed.
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli
import yaml
from conftest import CANDIDATE
from free_text import ANSWERS, OF_TEXT, held, rendered
from helpers import COPIER, QUESTIONS, ROOT, choices, commit, files, recorded, render, run
from hostile import KINDS, STRINGS
from jinja2.meta import find_undeclared_variables
from macros import JINJA, pins
from rules import LONGEST, broken_rule, text_rules

VALIDATORS = {
    name: JINJA.from_string(QUESTIONS[name]["validator"])
    for name in ("project_name", "crate_name", "description", "user_name")
}


def test_there_are_at_least_700_strings() -> None:
    assert len(STRINGS) >= 700


# --- Refused by the rule that is broken, or taken ---


@pytest.mark.parametrize("question", VALIDATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_refused_by_the_rule_that_it_breaks_or_taken(kind: str, question: str) -> None:
    wrong = []
    for answer in KINDS[kind]:
        message, rule = VALIDATORS[question].render({question: answer, "stored": {}}), broken_rule(question, answer)
        if rule not in message or bool(message) != bool(rule) or unreadable(message):
            wrong.append((answer, message, rule))
    assert wrong == []


def unreadable(message: str) -> bool:
    """Whether a message could forge or hide a line of a log: it is long, or no single line of visible characters."""
    return len(message) > 700 or any(broken for rule, broken in text_rules(message, "description") if "one line" in rule)


@pytest.mark.parametrize("question", ["rust_version", "compatibility_date"])
def test_no_hostile_version_is_taken(question: str) -> None:
    validator = JINJA.from_string(QUESTIONS[question]["validator"])
    context = {"pins": "custom", "wrangler_version": pins.SETS["current"]["wrangler"]}
    messages = {answer: validator.render(context | {question: answer}) for answer in STRINGS}
    assert {answer: message for answer, message in messages.items() if not message or unreadable(message)} == {}


# --- Taken: exactly as typed, in files that parse ---


def taken(question: str) -> list[str]:
    return [text for text in STRINGS if not broken_rule(question, text)]


@pytest.mark.parametrize("licence", choices("license"))
def test_a_text_that_is_taken_stands_as_typed_in_every_file_that_holds_it(licence: str) -> None:
    for text in taken("description"):
        author = text[:100].strip()
        assert held(rendered({"description": text, "user_name": author, "license": licence}), author) == {
            "description": [text] * 4,
            "user_name": [author] * 4,
        }


@pytest.mark.parametrize(("question", "usual"), [("project_name", "my-worker"), ("crate_name", "my_worker")])
def test_a_name_that_is_taken_stands_as_typed_where_the_usual_one_stands(question: str, usual: str) -> None:
    # With the script that an older project gets, too.
    context = ANSWERS | {"description": "a", "user_name": "a", "one_room": True, "_copier_answers": {}}
    # But for Cargo.lock, which is sorted by name: tests/test_locks.py holds it against Cargo's own.
    paths = [path for path in files(ROOT / "template") if path.endswith(".jinja") and not path.endswith(".lock.jinja")]
    templates = [JINJA.get_template(f"template/{path}") for path in paths]
    expected = [template.render(context) for template in templates]
    for name in taken(question):
        named = context | {question: name}
        assert [template.render(named) for template in templates] == [text.replace(usual, name) for text in expected]
        project = rendered(named | {"_copier_answers": {question: name}})
        assert yaml.safe_load(project[".copier-answers.yml"]) == {question: name}
        crate, package = tomli.loads(project["my_worker/Cargo.toml"]), json.loads(project["worker/package.json"])
        assert [crate["package"]["name"], package["name"]] == [named["crate_name"], named["project_name"]]


def places(name: str) -> set[str]:
    """Where a computed text of the template reads an answer: a file, or the path of one, or a setting of copier.yml."""
    texts = [(path, path) for path in files(ROOT / "template")]
    texts += [(path, (ROOT / "template" / path).read_text()) for path, _ in texts if path.endswith(".jinja")]
    texts += [(path, text.decode()) for path, text in files(ROOT / "extensions").items()]
    texts += settings("copier.yml", yaml.safe_load((ROOT / "copier.yml").read_text()))
    return {path for path, text in texts if name in find_undeclared_variables(JINJA.parse(text))}


def settings(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every string of copier.yml, names of choices too, and the keys that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from itertools.chain(*(settings(path, item) for item in value))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, str(key)
            yield from settings(f"{path}: {key}", item)


@pytest.mark.parametrize("question", ["description", "user_name"])
def test_a_text_is_read_nowhere_else(question: str) -> None:
    """Besides the file of the answers, which is written from all of them, and its validator."""
    rest = ["LICENSE"] if question == "user_name" else ["README.md"]
    holders = {"worker/package.json.jinja", "{{ crate_name }}/Cargo.toml.jinja", *(f"{path}.jinja" for path in rest)}
    assert places(question) == {*holders, f"copier.yml: {question}: validator"}
    of_the_project = {"copier.yml: older: default", "copier.yml: refused: default"}
    assert places("_copier_answers") == {"{{ _copier_conf.answers_file }}.jinja", *of_the_project}


# --- The same with Copier itself ---


def lines() -> Iterator[tuple[str, str]]:
    """All that is taken, but for the longest, in few pairs of a description and an author."""
    rest = [text for text in taken("description") if len(text) <= 65]
    while rest:
        pair = []
        for longest in LONGEST.values():
            line = ""
            for text in list(rest):
                if len(longer := f"{line} {text}".lstrip()) <= longest:
                    line = longer
                    rest.remove(text)
            pair.append(line or "a")
        yield tuple(pair)


LINES = [*lines(), ("🦀" * 300, "{" * 100), ('"' * 300, "\\" * 100)]


@pytest.fixture(scope="module")
def default_project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(template, tmp_path_factory.mktemp("default") / "project", version=CANDIDATE)


@pytest.mark.parametrize("number", range(len(LINES)))
def test_copier_writes_the_same(number: int, template: Path, default_project: Path, tmp_path: Path) -> None:
    """As Jinja alone does, and nothing else: so each string by itself is as good as rendered by Copier."""
    description, author = LINES[number]
    typed = {"description": description, "user_name": author}
    project = files(render(template, tmp_path / "project", typed, CANDIDATE))
    texts = {path: project[path].decode() for path in OF_TEXT}

    assert held(texts, author) == {"description": [description] * 4, "user_name": [author] * 4}
    assert recorded(tmp_path / "project") == recorded(default_project) | typed
    del texts[".copier-answers.yml"]
    assert texts.items() <= rendered(typed).items()
    assert dict(project.items() ^ files(default_project).items()).keys() == OF_TEXT.keys()
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    "answers",
    [
        {"description": "$(touch pwned) `touch pwned`", "user_name": "'; touch pwned; '\""},
        {"description": "--force", "user_name": "{{ 7*7 }} {% raw %}", "project_name": "0x1f"},
        {"description": "description=a=b", "user_name": "!!python/object/apply:os.system [touch pwned]"},
        {"description": "null", "user_name": "1e5", "project_name": "con", "crate_name": "yes"},
        {"description": "مرحبا 🦀 *a* # a", "user_name": "&a *a", "project_name": "xn--p1ai"},
    ],
    ids=ascii,
)
def test_the_command_takes_what_is_allowed_and_executes_nothing(
    answers: dict[str, str], template: Path, tmp_path: Path
) -> None:
    data = [f"--data={question}={answer}" for question, answer in answers.items()]
    run(COPIER, "copy", "--defaults", *data, template, "project", cwd=tmp_path)
    assert recorded(tmp_path / "project").items() >= answers.items()
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("project_name", "$(touch pwned)"),
        ("project_name", "../../etc"),
        ("crate_name", ".."),
        ("crate_name", "{% include '/etc/passwd' %}"),
        ("description", "a\nb"),
        ("project_name", "\x1b[2Ja"),
        ("user_name", "\udcff"),
        ("user_name", "a" * 10_000),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_the_command_refuses_what_is_not_and_writes_nothing(
    question: str, answer: str, template: Path, tmp_path: Path
) -> None:
    data = f"--data={question}={answer}"
    output = run(COPIER, "copy", "--defaults", data, template, "project", cwd=tmp_path, status=1)
    refusal = output.splitlines()[-1]
    assert refusal.startswith(f"ValueError: Validation error for question '{question}': ")
    assert broken_rule(question, answer) in refusal
    assert not unreadable(refusal)
    assert list(tmp_path.iterdir()) == []


def test_the_command_takes_no_computed_value_in_place_of_its_own(template: Path, tmp_path: Path) -> None:
    versions = json.dumps(ANSWERS["versions"] | {"wasm_pack": "$(touch pwned)"})
    output = run(COPIER, "copy", "--defaults", f"--data=versions={versions}", template, "a", cwd=tmp_path, status=1)
    assert "Validation error for question 'versions': Answer pins instead, with custom " in output.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("question", "answer"), [("crate_name", "../evil"), ("description", "a\nb")])
def test_an_update_refuses_answers_that_somebody_edited(
    question: str, answer: str, template: Path, tmp_path: Path
) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text()) | {question: answer}
    (project / ".copier-answers.yml").write_text(yaml.safe_dump(answers))
    commit(project, "Start")
    output = run(COPIER, "update", "--defaults", cwd=project, status=1)
    assert f"Validation error for question '{question}': " in output.splitlines()[-1]
    assert run("git", "status", "--porcelain", cwd=project) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


def test_a_file_of_answers_cannot_execute_anything(template: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text("description: !!python/object/apply:os.system [touch pwned]\n")
    output = run(COPIER, "copy", "--defaults", "--data-file=answers.yml", template, "project", cwd=tmp_path, status=1)
    assert "could not determine a constructor for the tag" in output
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yml"]
