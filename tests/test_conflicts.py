"""What an update cannot merge: every command of build.sh names it, and stops."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import CANDIDATE
from helpers import COPIER, ROOT, build_sh, commit, files, render, run
from test_update import TWO_ROOMS, start

pytestmark = pytest.mark.xdist_group("conflicts")

# Lines of 0.1.0 with its answers below that an update to the current pins changes, and what somebody made of them.
BOTH_CHANGED = {
    ".gitignore": (".cache/", ".cache/\n.direnv/"),
    "build.sh": ("  use_tools\n", "  umask 077\n  use_tools\n"),
    "my_worker/Cargo.toml": ('opt-level = "s"', 'opt-level = "z"'),
    "rust-toolchain.toml": ('channel = "1.96.0"', 'channel = "1.97.0"'),
    "scripts/tools.sh": ("readonly WASM_PACK=0.12.0", "readonly WASM_PACK=0.13.0"),
    "worker/package.json": ('"wrangler": "4.0.0"', '"wrangler": "4.1.0"'),
}


@pytest.fixture(scope="module", params=["inline", "rej"])
def conflicting(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 0.1.0 after an update that could not merge a line of each of six files."""
    folder = tmp_path_factory.mktemp("conflicts") / "ein schönes Projekt"
    project = start(template, folder, "v0.1.0", {"pins": "article"})
    for path, (line, mine) in BOTH_CHANGED.items():
        text = (project / path).read_text()
        assert line in text
        (project / path).write_text(text.replace(line, mine, 1))
    commit(project, "My own")
    command = [COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", f"--conflict={request.param}"]
    run(*command, "--data", "pins=current", cwd=project)
    return project


def expected_conflicts(project: Path) -> list[str]:
    """What build.sh is to print, found without it: each marker, or the head of each .rej file."""
    marker = re.compile("<<<<<<< before updating|>>>>>>> after updating")
    lines = [
        (path, number, line)
        for path, content in files(project).items()
        if path in BOTH_CHANGED or path.endswith(".rej")
        for number, line in enumerate(content.decode().splitlines(), start=1)
    ]
    return sorted(
        f"{path}:{number}: " + (f"conflict marker {line}" if marker.fullmatch(line) else "rejected change")
        for path, number, line in lines
        if marker.fullmatch(line) or (path.endswith(".rej") and number == 1)
    )


def test_every_command_names_each_conflict_and_stops(conflicting: Path) -> None:
    expected = expected_conflicts(conflicting)
    assert {line.split(":")[0].removesuffix(".rej") for line in expected} == BOTH_CHANGED.keys()
    commands = re.findall(r"^## (\w+)", (conflicting / "build.sh").read_text(), re.MULTILINE)
    assert commands == ["check", "setup", "build", "types", "test", "dev", "bench", "names", "deploy", "wrangler"]
    for command in [[], ["--help"], *([command] for command in commands)]:
        printed = build_sh(conflicting, *command, status=1)
        assert sorted(re.findall(r"^\S+:\d+: .*", printed, re.MULTILINE)) == expected
        assert printed.startswith("\nThe update and you changed the same lines:\n")


def test_the_documentation_shows_what_check_says(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", "v0.1.0")
    manifest = project / "my_worker/Cargo.toml"
    manifest.write_text(manifest.read_text().replace('opt-level = "s"', 'opt-level = "z"'))
    commit(project, "Make it smaller")
    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", cwd=project)
    printed = build_sh(project, "check", status=1)
    assert f"```text\n$ ./build.sh check\n{printed}```\n" in (ROOT / "docs/settle-a-conflict.md").read_text()


def test_ci_stops_at_its_first_step_with_the_same_words(conflicting: Path) -> None:
    workflow = yaml.safe_load((conflicting / ".github/workflows/ci.yml").read_text())
    for job in workflow["jobs"].values():
        first = next(step for step in job["steps"] if "run" in step)
        printed = run("bash", "-e", "-c", first["run"], cwd=conflicting, env=os.environ | {"CI": "true"}, status=1)
        assert printed == build_sh(conflicting, "check", status=1)


def test_a_conflict_in_the_first_lines_of_build_sh_is_named_by_bash(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project")
    script = project / "build.sh"
    script.write_text(script.read_text().replace("\ncd ", "\n<<<<<<< before updating\ncd ~\n=======\ncd ", 1))
    assert "./build.sh: line 5: syntax error near unexpected token `<<<'" in build_sh(project, "check", status=2)


# --- Two crates ---


def test_a_crate_that_an_update_renamed_without_a_word_stops_every_command(template: Path, tmp_path: Path) -> None:
    # 0.2.0 refused the name talc, Copier took the default for it, and deleted talc/Cargo.toml.
    project = start(template, tmp_path / "project", "v0.1.0", {"project_name": "speech", "crate_name": "talc"})
    run(COPIER, "update", "--defaults", "--vcs-ref=v0.5.0", cwd=project)
    assert {path.name for path in (project / "talc/src").iterdir()} == {"lib.rs", "text.rs"}
    commit(project, "Update")
    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", cwd=project)
    for command in [[], ["--help"], ["build"]]:
        printed = build_sh(project, *command, status=1)
        assert printed.startswith("\nTwo crates stand where one should: speech, which build.sh builds, and talc, which")
        assert "git restore --staged --worktree . && git clean -d --force" in printed


def test_a_crate_that_the_owner_added_is_none_of_them(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    (project / "engine/src").mkdir(parents=True)
    (project / "engine/src/lib.rs").write_text("")
    assert "Two crates" in run("bash", "scripts/conflicts.sh", cwd=project, status=1)
    (project / "engine/Cargo.toml").write_text("")
    assert run("bash", "scripts/conflicts.sh", cwd=project) == ""


# --- A table twice ---


def test_a_table_that_the_owner_had_already_is_named_where_it_stands_twice(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", "v0.5.0")
    manifest = project / "my_worker/Cargo.toml"
    mine = '\n[workspace]\n\n[lints.clippy] # Ours.\nunwrap_used = "deny"\n\n[ profile.dev ]\nopt-level = 2\n'
    manifest.write_text(manifest.read_text() + mine)
    commit(project, "My own")
    run(COPIER, "update", "--defaults", f"--vcs-ref={CANDIDATE}", cwd=project)
    run("node", TWO_ROOMS, "--write", cwd=project)
    assert "<<<<<<<" not in manifest.read_text()
    lines = manifest.read_text().splitlines()
    printed = build_sh(project, "check", status=1)
    assert re.findall(r"^(\S+):(\d+): (\[.*\]), which stands in line (\d+) already$", printed, re.MULTILINE) == [
        ("my_worker/Cargo.toml", f"{len(lines) - lines[::-1].index(second)}", header, f"{lines.index(header) + 1}")
        for second, header in [
            ("[workspace]", "[workspace]"),
            ("[lints.clippy] # Ours.", "[lints.clippy]"),
            ("[ profile.dev ]", "[profile.dev]"),
        ]
    ]


def test_what_is_no_table_twice_is_not_taken_for_one(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    manifest = project / "my_worker/Cargo.toml"
    arrays = '[[bin]]\nname = "a"\n\n[[bin]]\nname = "b"\n'
    others = "[profile.dev.package.a]\n# [profile.dev]\n"
    lists = '[package.metadata.lists]\nmine = [\n  ["a"],\n  ["a"]\n]\nmore = [\n  ["a"]\n]\n'
    manifest.write_text(f"{manifest.read_text()}\n{arrays}\n{others}\n{lists}")
    assert run("bash", "scripts/conflicts.sh", cwd=project) == ""


# --- What is none ---

INNOCENT = {
    "README.md": "Heading\n=======\n\n    <<<<<<< before updating\n\n<<<<<<<\n",
    "docs/updates.md": "<<<<<<< before updating\na\n=======\nb\n>>>>>>> after updating\n",
    "worker/test/merge.txt": "<<<<<<< HEAD\na\n||||||| base\n=======\nb\n>>>>>>> main\n",
    "worker/test/a.rej": "A text of this name.\n",
    "worker/node_modules/git/test.txt": ">>>>>>> after updating\n",
    "my_worker/target/debug/out.txt": ">>>>>>> after updating\n",
    "my_worker/pkg/README.md": ">>>>>>> after updating\n",
    "worker/dist/index.js": ">>>>>>> after updating\n",
}


@pytest.mark.parametrize("repository", [True, False], ids=["in git", "without git"])
def test_what_is_no_conflict_is_not_taken_for_one(template: Path, tmp_path: Path, repository: bool) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    for path, text in INNOCENT.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    if repository:
        commit(project, "Mine")
    assert run("bash", "scripts/conflicts.sh", cwd=project) == ""
    (project / "worker/src/index.ts").write_text("<<<<<<< before updating\r\n")
    assert "\nworker/src/index.ts:1: conflict marker" in run("bash", "scripts/conflicts.sh", cwd=project, status=1)


def test_a_conflict_is_looked_for_in_every_file_of_the_templates(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    script = shutil.copy2(project / "scripts/conflicts.sh", tmp_path)
    # Copier merges none of these: the first it writes anew, the others are never updated.
    kept = {".editorconfig", ".vscode/extensions.json", ".vscode/settings.json", "AGENTS.md", "LICENSE", "README.md"}
    merged = sorted(files(project).keys() - {".copier-answers.yml", *kept})
    for path in merged:
        with (project / path).open("a") as file:
            file.write("\n>>>>>>> after updating\n")
    printed = run("bash", script, cwd=project, status=1)
    assert re.findall(r"^(\S+):\d+: conflict marker", printed, re.MULTILINE) == merged
