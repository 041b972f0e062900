"""What a render holds, for every choice of copier.yml and the worst that can be typed: files that parse and agree with
the answers and with each other, and nothing else. Nothing is built here; tests/test_toolchain.py does that."""

import functools
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import tomli
import yaml
from conftest import CANDIDATE
from helpers import COPIER, NAMED_PIN_SETS, ROOT, choices, files, pairwise, recorded, render, run
from macros import JINJA, casing, names, pins

PARSERS = {".toml": tomli.loads, ".json": json.loads, ".yml": yaml.safe_load, ".yaml": yaml.safe_load}
COMBINATIONS = list(
    pairwise(
        {
            "pins": NAMED_PIN_SETS,
            "example": choices("example"),
            "error_reporting": choices("error_reporting"),
            "playground": [True, False],
            "serde_casing": choices("serde_casing"),
            "optimization_profile": choices("optimization_profile"),
            "license": choices("license"),
        }
    )
)


@pytest.fixture(scope="module", params=COMBINATIONS, ids=lambda answers: "-".join(map(str, answers.values())))
def project(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = render(template, tmp_path_factory.mktemp("project") / "project", request.param, CANDIDATE)
    assert recorded(project) == recorded(project) | request.param
    return project


@pytest.fixture(scope="module")
def default_project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(template, tmp_path_factory.mktemp("default") / "project", version=CANDIDATE)


@pytest.fixture(scope="module")
def projects_of_examples(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("examples")
    return {name: render(template, folder / name, {"example": name}, CANDIDATE) for name in choices("example")}


def texts(project: Path) -> dict[str, str]:
    """Every file of a project as text, by its path."""
    return {name: content.decode() for name, content in files(project).items()}


def parsed(project: Path) -> dict[str, dict]:
    """Every TOML, JSON and YAML file of a project, by its path."""
    return {
        name: PARSERS[Path(name).suffix](text) for name, text in texts(project).items() if Path(name).suffix in PARSERS
    }


def domain(project: Path) -> str:
    """The file beside lib.rs in the crate, in which the example does its work."""
    (name,) = {path.name for path in (project / "my_worker/src").glob("*.rs")} - {"lib.rs"}
    return (project / "my_worker/src" / name).read_text()


# --- Every choice together with every choice of another question ---


def test_each_toml_json_and_yaml_file_parses_and_holds_the_answers(project: Path) -> None:
    answers, data = recorded(project), parsed(project)
    pinned = pins.SETS[answers["pins"]]
    crate, package = data["my_worker/Cargo.toml"], data["worker/package.json"]
    assert {
        "license": [crate["package"].get("license", "UNLICENSED"), package["license"]],
        "rust": [crate["package"]["rust-version"], data["rust-toolchain.toml"]["toolchain"]["channel"]],
        "wrangler": package["devDependencies"]["wrangler"],
        "compatibility_date": data["worker/wrangler.toml"]["compatibility_date"],
        "opt-level": crate["profile"]["release"]["opt-level"],
    } == {
        "license": [answers["license"]] * 2,
        "rust": [pinned["rust"]] * 2,
        "wrangler": pinned["wrangler"],
        "compatibility_date": pinned["compatibility_date"],
        "opt-level": {"size": "z", "balanced": 2, "speed": 3}[answers["optimization_profile"]],
    }


def test_the_licence_is_the_chosen_one(project: Path) -> None:
    title = {"MIT": "MIT License", "Apache-2.0": "Apache License", "UNLICENSED": "Copyright (c) The authors. All"}
    assert (project / "LICENSE").read_text().lstrip().startswith(title[recorded(project)["license"]])


def test_both_sides_have_the_same_fields_in_the_chosen_casing(project: Path) -> None:
    answers = recorded(project)
    rust, typescript = domain(project), texts(project)["worker/src/contract.ts"]
    structs = re.findall(r'rename_all = "([\w-]+)"\)\]\n((?:pub )?struct .*?^})', rust, re.S | re.M)
    assert {casing for casing, _ in structs} == {answers["serde_casing"]}

    fields = re.findall(r"^    (\w+): ", "".join(struct for _, struct in structs), re.M)
    properties = re.findall(r'^  "?([\w-]+)"?\??: ', typescript, re.M)
    assert [re.sub("[-_]", "", name).lower() for name in properties] == [name.replace("_", "") for name in fields]

    test, manual = texts(project)["worker/test/contract.test.ts"], texts(project)["docs/platform.md"]
    spelled = {field: casing.cased(field, answers["serde_casing"]) for field in fields if "_" in field}
    assert [properties[fields.index(field)] for field in spelled] == [*spelled.values()]
    assert spelled, "no field has a name of two words, which alone show the casing"
    assert any(name in test for name in spelled.values())
    for field, name in spelled.items():
        assert set(re.findall(field.replace("_", "[-_]?"), manual, re.I)) <= {name}
    assert any(name in manual for name in spelled.values())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows not which bash is meant")
def test_check_finds_each_casing_as_it_was_answered(project: Path) -> None:
    assert run("bash", "scripts/casing.sh", cwd=project) == ""


def test_no_jinja_is_left(project: Path) -> None:
    """`${{ }}` is an expression of GitHub's, which only its workflows may hold."""
    of_github = {Path(name).parent.as_posix() for name, text in texts(project).items() if "${{" in text}
    assert of_github <= {".github/workflows"}
    left = [
        f"{name}: {line}"
        for name, text in texts(project).items()
        for line in re.sub(r"\$\{\{.*?\}\}", "", text).splitlines()
        if re.search(r"\{\{|\}\}|\{%|%\}|\{#|#\}", line)
    ]
    assert left == []


def test_each_file_ends_in_one_line_break_and_no_line_ends_in_blanks(project: Path) -> None:
    assert [name for name, text in texts(project).items() if not text.endswith("\n") or text.endswith("\n\n")] == []
    assert [name for name, text in texts(project).items() if re.search(r"[^\S\n]$", text, re.M)] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no executable files, nor which bash is meant")
def test_each_script_is_clean_and_each_program_executable(project: Path) -> None:
    check_scripts(tuple((name, text) for name, text in texts(project).items() if name.endswith(".sh")))
    executable = {name for name in files(project) if os.access(project / name, os.X_OK)}
    assert {"build.sh"} <= executable == {name for name, text in texts(project).items() if text.startswith("#!")}


@functools.cache
def check_scripts(scripts: tuple[tuple[str, str], ...]) -> None:
    """Most projects have the same scripts, and shellcheck is slow: once for each different text."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for script, text in scripts:
            (folder / script).parent.mkdir(exist_ok=True)
            (folder / script).write_text(text)
            run("bash", "-n", script, cwd=folder)
        run("shellcheck", "--external-sources", *dict(scripts), cwd=folder)


def test_a_project_has_exactly_the_files_of_the_template(project: Path, template: Path) -> None:
    """So no other file of the repository gets there."""
    names = [name.removesuffix(".jinja") for name in files(template / "template")]
    answers, conf = recorded(project), {"answers_file": ".copier-answers.yml"}
    rendered = [JINJA.from_string(name).render(answers, one_room=False, _copier_conf=conf) for name in names]
    # Copier leaves out what has no name, or stands in a folder without one.
    expected = {name for name in rendered if all(name.split("/"))}
    # And what copier.yml excludes: some for the answers, some for everybody.
    left_out = {
        "worker/platform/unit/": True,
        "worker/platform/sentry.ts": answers["error_reporting"] == "logs",
        "worker/public/": not answers["playground"],
        "my_worker/src/metadata/": answers["example"] != "image",
    }
    assert [path for path in left_out if not any(name.startswith(path) for name in expected)] == []
    gone = tuple(path for path, excluded in left_out.items() if excluded)
    assert set(files(project)) == {name for name in expected if not name.startswith(gone)}


# --- The worst that can be typed ---

# Quotes, escapes, comments and expansions of every language that a text is written in, and what YAML or Markdown
# would take for something else.
HOSTILE = [
    ("{{ 7*7 }}", "{{ crate_name"),
    ("{% raw %}", "{% endif %} {# a #}"),
    ('"', "'"),
    ("'''", '"""'),
    ("\\", "\\n\\u0041"),
    ('say "hi" in C:\\new\\table', "it's `id` %PATH%"),
    ("$(touch pwned) ${HOME}", "`touch pwned` 100 %"),
    ("# a", "a: b # c"),
    ("- a", ": - &a *a !!x"),
    ("1. a", "1.10"),
    ("| a | *b* _c_ ~d~ [e](f)", "{a: [b]}"),
    ("<!-- a </script> &amp;", "null"),
    ("*/ // ]]> -->", "yes"),
    ("🦀 👩‍🚀  a", "مرحبا بالعالم e\u0301 \ufeff a"),
    (("lengthy " * 38)[:300], "x" * 100),
]
OF_FREE_TEXT = {".copier-answers.yml", "LICENSE", "README.md", "my_worker/Cargo.toml", "worker/package.json"}


@pytest.mark.parametrize(("description", "author"), HOSTILE, ids=lambda text: text[:20])
def test_a_text_arrives_as_it_was_typed_and_nowhere_else(
    description: str, author: str, template: Path, default_project: Path, tmp_path: Path
) -> None:
    typed = {"description": description, "user_name": author}
    project = render(template, tmp_path / "project", typed, CANDIDATE)
    data = parsed(project)
    crate, package = data["my_worker/Cargo.toml"]["package"], data["worker/package.json"]
    assert [crate["description"], *crate["authors"]] == [description, author]
    assert [package["description"], package["author"]] == [description, author]
    assert recorded(project) == recorded(default_project) | typed
    assert f"\nCopyright (c) {author}\n" in texts(project)["LICENSE"]
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", texts(project)["README.md"].split("\n\n")[1])
    assert shown == description
    assert dict(files(project).items() ^ files(default_project).items()).keys() == OF_FREE_TEXT
    assert not list(tmp_path.rglob("pwned"))


# --- The same answers, the same files ---


def test_the_same_answers_give_the_same_bytes_anywhere(template: Path, tmp_path: Path) -> None:
    description = " ".join(description for description, _ in HOSTILE)[:300].strip()
    answers = {"description": description, "user_name": "مرحبا", "serde_casing": "kebab-case"}
    first = render(template, tmp_path / "first", answers, CANDIDATE)
    second = render(template, tmp_path / "a second" / "one", recorded(first), CANDIDATE)
    assert files(first) == files(second)
    lines = [line for text in texts(first).values() for line in text.splitlines()]
    assert [line for line in lines if str(template) in line] == [f"_src_path: {template}"]
    assert [line for line in lines if str(tmp_path) in line] == []


def test_the_copier_command_needs_no_trust_from_any_folder(
    template: Path, default_project: Path, tmp_path: Path
) -> None:
    run(COPIER, "copy", "--defaults", template, "project", cwd=tmp_path)
    assert files(tmp_path / "project") == files(default_project)
    run(COPIER, "recopy", "--defaults", "--overwrite", cwd=tmp_path / "project")
    assert files(tmp_path / "project") == files(default_project)


def test_the_template_asks_for_no_trust() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text())
    assert settings.keys().isdisjoint({"_tasks", "_migrations", "_jinja_extensions"})


# --- Written in one place ---

NO_PIN = [
    # The generated package's own version, and Copier's, which Copier reads before any Jinja.
    r'"?version"?(: | = )"0\.1\.0"',
    r'_min_copier_version: "\d+\.\d+\.\d+"',
    # An action's tag beside the commit that counts; Dependabot and Renovate read and renew both.
    r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+",
    # The loopback address, standards, and a fact about one release.
    r"127\.0\.0\.1",
    r"section \d+\.\d+\.\d+",
    r"toml\.io/en/v1\.0\.0",
    r"wasm-pack 0\.12\.0 has no --version",
    r'version = \\"0\.3\.4\\", features = \[\\"wasm_js',
    # When a picture was taken, and dates as a client would write them.
    r"\d{4}-\d{2}-\d{2}T\d{2}",
    r"2026-01-31|2026-02-30",
]


def test_a_version_is_written_in_pins_yml_only(template: Path) -> None:
    written = texts(template / "template") | texts(template / "extensions")
    written["copier.yml"] = (template / "copier.yml").read_text()
    # Lock files have those of everything; they are what npm and Cargo make of the pins.
    written = {name: text for name, text in written.items() if name != "pins.yml" and not name.startswith("locks/")}
    found = {
        f"{name}: {version}"
        for name, text in written.items()
        for version in re.findall(r"\d+\.\d+\.\d+|\b20\d\d-\d\d-\d\d", re.sub("|".join(NO_PIN), "", text))
    }
    assert found == set()
    everything = "\n".join(written.values())
    assert [pattern for pattern in NO_PIN if not re.search(pattern, everything)] == []


def test_no_crate_is_named_like_a_dependency(projects_of_examples: dict[str, Path]) -> None:
    crates = [parsed(project)["my_worker/Cargo.toml"] for project in projects_of_examples.values()]
    dependencies = {name.replace("-", "_") for crate in crates for name in crate["dependencies"]}
    assert {*names.OWN_DEPENDENCIES} < dependencies
    assert dependencies <= {*names.OWN_DEPENDENCIES, *names.AVOIDED}


def test_no_crate_is_named_like_a_folder_beside_it_or_one_that_git_ignores(default_project: Path) -> None:
    beside = {path.name for path in default_project.iterdir() if path.is_dir()} - {"my_worker"}
    ignored = {line.removesuffix("/") for line in texts(default_project)[".gitignore"].splitlines()}
    crate_names = {name for name in beside | ignored if re.fullmatch("[a-z][a-z0-9_]*", name)}
    assert names.OWN_FOLDERS == sorted(crate_names - {*names.AVOIDED})


def test_no_crate_is_named_like_a_file_beside_it_where_case_does_not_count(default_project: Path) -> None:
    beside = {path.name.lower() for path in default_project.iterdir() if path.is_file()}
    crate_names = {name for name in beside if re.fullmatch("[a-z][a-z0-9_]*", name)}
    assert crate_names
    assert crate_names <= {*names.AVOIDED}


@pytest.mark.parametrize("example", choices("example"))
def test_each_error_code_has_a_status_a_source_and_a_line_in_the_manual(
    example: str, projects_of_examples: dict[str, Path]
) -> None:
    project = texts(projects_of_examples[example])
    http, error = project["worker/platform/http.ts"], project["my_worker/platform/src/error.rs"]
    sources = "".join(text for name, text in project.items() if re.fullmatch(r"worker/(src|platform)/\w+\.ts", name))
    status = dict(re.findall(r"^  (\w+): (\d{3}),$", http, re.M))
    of_rust = re.findall(r'Self::\w+ \{ \.\. \} => "(\w+)",|\| Self::\w+ \{ \.\. \} => "(\w+)",', error)
    of_http = re.findall(r'(?:refuse|new (?:Http)?Refusal)\(\s*"(\w+)"', sources)
    # Of the text example only a handler of its owner's answers 401.
    assert status.keys() == {code for codes in of_rust for code in codes if code} | set(of_http) | {"unauthorized"}

    of_project = re.findall(r'ErrorAnswer<"(\w+)">', project["worker/src/contract.ts"])
    refused = set(re.findall(r'refused\(\s*"(\w+)"', domain(projects_of_examples[example])))
    assert set(of_project) <= refused
    (of_others,) = re.findall(r"STATUS_OF_OTHERS = (\d{3})", http)
    documented = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", project["docs/platform.md"], re.M)
    everything = status | dict.fromkeys(of_project, of_others)
    assert [(code, number) for number, code in documented] == sorted(everything.items(), key=lambda row: row[1])


def users_files(project: Path) -> set[str]:
    """What an update never touches."""
    settings = yaml.safe_load((ROOT / "copier.yml").read_text())
    # Not what it leaves out only where Copier would fail over it.
    of_updates = [entry for entry in settings["_exclude"] if re.search("_operation == 'update' %", entry)]
    written = JINJA.from_string("\n".join([*of_updates, *settings["_skip_if_exists"]]))
    updating = {"_copier_operation": "update", "_copier_conf": {"dst_path": "project"}}
    return matched(project, re.findall(r"^/(.*)$", written.render(recorded(project) | updating), re.M))


def matched(project: Path, patterns: Iterable[str]) -> set[str]:
    """The files that patterns name, by themselves or with their folder."""
    found = {path for pattern in patterns for path in project.glob(pattern)}
    below = {path for folder in found for path in [folder, *folder.rglob("*")] if path.is_file()}
    return {path.relative_to(project).as_posix() for path in below}


# What depends on the dependencies and the bindings of an example, beside the user's own files.
OF_EXAMPLE = {
    ".copier-answers.yml",
    "build.sh",
    "docs/platform.md",
    "my_worker/Cargo.toml",
    "renovate.json",
    "worker/wrangler.toml",
}


def test_the_platform_is_the_same_for_each_example(projects_of_examples: dict[str, Path]) -> None:
    text, image = (files(projects_of_examples[example]) for example in ("text", "image"))
    users = {path for project in projects_of_examples.values() for path in users_files(project)}
    assert {name for name, _ in text.items() ^ image.items()} - users == OF_EXAMPLE
