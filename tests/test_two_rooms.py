"""The one update after which the template's Rust stands in a crate of its own.

What names the old place is named, and rewritten by one command; edits in files that moved are carried along.
"""

import os
import re
import shutil
from pathlib import Path

import copier
import pytest
from conftest import CANDIDATE
from helpers import ROOT, commit, files, run
from test_update import PLACES, RELEASES, TWO_ROOMS, start

from maintenance import moved
from maintenance.release import released_versions

HOOK = "scripts/conflicts.sh"
CRATE = "my_worker"

# An owner's files, with every form in which the old place is named: their lines, what stands there before --write,
# and after it.
FORMS = {
    "my_worker/src/forms.rs": (
        [1, 2, 3, 4, 6, 10, 11, 12, 13, 21, 26, 27],
        """\
//! Like [`crate::error::WasmError`] and `crate::runtime`.
use crate::error::{self, OrWasmError, WasmError};
use crate::runtime;
use crate::runtime::{self as boundary, chars};
use crate::text;
use crate::{error::Expected, runtime::chars::upper, text::process};
use serde::Deserialize;
use std::io;

pub fn one<'a>(text: &'a str) -> Result<char, crate::error::WasmError> {
    use super::error::Failure as Unhappy;
    let started = crate::runtime::now_ms();
    super::runtime::chars::upper("a").or_failed()?;
    error::WasmError::failed();
    runtime::now_ms();
    Ok('\\'')
}

macro_rules! failed {
    () => {
        $crate::error::WasmError::failed()
    };
}

mod tests {
    #[cfg(test)]
    pub(crate) use super::super::error::Expected;
    use super::*;
}
""",
        """\
//! Like [`platform::WasmError`] and `platform`.
use crate::text;
use crate::text::process;
use platform as runtime;
use platform::Expected;
use platform::chars::upper;
use platform::{self as error, OrWasmError, WasmError};
use platform::{self as boundary, chars};
use serde::Deserialize;
use std::io;

pub fn one<'a>(text: &'a str) -> Result<char, platform::WasmError> {
    use platform::Failure as Unhappy;
    let started = platform::now_ms();
    platform::chars::upper("a").or_failed()?;
    error::WasmError::failed();
    runtime::now_ms();
    Ok('\\'')
}

macro_rules! failed {
    () => {
        platform::WasmError::failed()
    };
}

mod tests {
    use super::*;
    #[cfg(test)]
    pub(crate) use platform::Expected;
}
""",
    ),
    # Lists of many names, which rustfmt breaks, and a file below a module.
    "my_worker/src/forms/below.rs": (
        [1, 2, 3, 4, 5, 6, 7, 8],
        """\
use super::super::error::{
    Expected, Failure, OrWasmError, WasmError, a_very_long_name, another_very_long_name, the_last_name,
};
use crate::runtime::{answer, chars, message, now_ms, respond, schedule_recovery, something_else_of_it};
use crate::{
    error::Failure as Unhappy,
    text::{cut, process},
};
""",
        """\
use crate::text::{cut, process};
use platform::Failure as Unhappy;
use platform::{
    Expected, Failure, OrWasmError, WasmError, a_very_long_name, another_very_long_name,
    the_last_name,
};
use platform::{answer, chars, message, now_ms, respond, schedule_recovery, something_else_of_it};
""",
    ),
    "my_worker/src/macros.rs": (
        [3, 8],
        """\
macro_rules! uses {
    ($($name:ident),*) => {
        use $crate::runtime::{$($name),*};
    };
}

fn last() -> impl Iterator {
    (0..crate::runtime::LIMIT).chain([crate::error!("a macro"), crate::runtime(1)])
}
""",
        """\
macro_rules! uses {
    ($($name:ident),*) => {
        use platform::{$($name),*};
    };
}

fn last() -> impl Iterator {
    (0..platform::LIMIT).chain([crate::error!("a macro"), crate::runtime(1)])
}
""",
    ),
    # A module of the owner's may be called as what is built.
    "my_worker/src/target/mod.rs": ([1], "use crate::error::WasmError; // why\n", "use platform::WasmError; // why\n"),
    # The crate is linked here by its name.
    "my_worker/tests/outside.rs": (
        [1, 4],
        "use my_worker::error::WasmError;\n\nfn main() {\n    my_worker::runtime::now_ms();\n}\n",
        "use platform::WasmError;\n\nfn main() {\n    platform::now_ms();\n}\n",
    ),
}
# What says the same words and means something else.
OTHERS = {
    "my_worker/src/others.rs": """\
// crate::error::WasmError, which was.
/* crate::runtime /* within */ crate::error */
use crate::forms::error::Error;
use std::error::Error as _;

const TEXT: (&str, &str, char) = ("crate::error::WasmError", r#"use "crate::runtime";"#, '"');

mod error {
    pub fn runtime<'error>(error: &'error str) -> &'error str {
        self::runtime::<'error>(super::error::runtime(error))
    }
}

fn captured(error: &str) -> impl Iterator<Item = char> + use<'_> {
    error.chars().filter(|_| error::runtime("") == forms::runtime::name())
}
""",
    # Another crate's own modules.
    "my_worker/fuzz/src/lib.rs": "mod error;\nmod runtime;\n\nuse crate::error::WasmError;\n",
    "tools/cut/src/lib.rs": "mod runtime;\n\nuse crate::runtime::answer;\n",
}
# In lib.rs, where both words are modules of the crate, a block can have others.
BLOCKS = """
fn other() {
    use tokio::runtime::{self, Builder};
    runtime::Builder::new();
}

mod inner {
    use std::error;
    pub fn none() -> Option<Box<dyn error::Error>> {
        None
    }
}
"""
LIB_EXTRA = """
/// Nothing.
#[allow(dead_code)]
fn nothing() -> Result<(), error::WasmError> {
    Err(self::error::WasmError::failed())
}

#[cfg(test)]
mod tests {
    use super::error::WasmError;
    use super::*;

    #[test]
    fn runs() {
        runtime::now_ms();
    }
}
"""


def write(project: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)


def append(project: Path, path: str, text: str) -> None:
    with (project / path).open("a") as file:
        file.write(text)


def update(project: Path, version: str = CANDIDATE) -> None:
    """Commits what there is, and takes a version; nothing is moved in."""
    commit(project, "My own")
    copier.run_update(project, vcs_ref=version, defaults=True, overwrite=True, quiet=True)


def two_rooms(project: Path, *options: str, status: int = 0) -> str:
    return run("node", TWO_ROOMS, *options, cwd=project, status=status)


def named(printed: str) -> list[str]:
    """The lines that are named, by path and number."""
    return re.findall(r"^  (\S+:\d+): ", printed, re.MULTILINE)


# --- The table ---


def test_the_table_is_what_the_releases_rendered() -> None:
    assert moved.MOVED.read_text() == moved.text(), "run python -m maintenance.moved"


@pytest.mark.parametrize("version", released_versions())
def test_no_other_answer_changes_a_file_that_moved(version: str) -> None:
    answers = {"pins": "article", "serde_casing": "kebab-case", "license": "UNLICENSED", "user_name": "Ada"}
    for path, known in moved.rendered(released_versions()[version], answers):
        assert known in PLACES[path][1].split(), path


def test_each_new_place_is_in_the_template() -> None:
    crate = ROOT / "template/{{ crate_name }}"
    assert [now for now, _ in PLACES.values() if not (crate / now).exists()] == []
    assert [old for old in PLACES if (crate / old).exists()] == []


# --- Lines of the owner's ---


@pytest.mark.parametrize("version", RELEASES)
def test_every_line_is_named_and_rewritten_by_one_command(template: Path, tmp_path: Path, version: str) -> None:
    project = start(template, tmp_path / "project", version)
    lib, text = project / "my_worker/src/lib.rs", project / "my_worker/src/text.rs"
    lib.write_text(lib.read_text().replace("mod error;\n", "mod error;\nmod forms;\n") + BLOCKS + LIB_EXTRA)
    write(project, {path: before for path, (_, before, _) in FORMS.items()} | OTHERS)
    mine = {lib: lib.read_text(), text: text.read_text()}
    update(project)

    # Any command names them, and writes nothing.
    before = files(project)
    printed = run("./build.sh", "--help", cwd=project, status=1)
    assert files(project) == before
    expected = [f"{path}:{number}" for path, (numbers, _, _) in FORMS.items() for number in numbers]
    told = named(printed)
    assert sorted(where for where in told if where.split(":")[0] in FORMS) == sorted(expected)
    assert {where.split(":")[0] for where in told} == {*FORMS, "my_worker/src/lib.rs", "my_worker/src/text.rs"}
    assert "mine" not in printed
    assert printed.endswith(f"\n\n  node {TWO_ROOMS} --write\n")

    # The command shows each change.
    printed = two_rooms(project, "--write")
    assert "\nmy_worker/src/lib.rs:4: - mod error;\n" in printed
    shown = re.findall(r"^(\S+:\d+): - ", printed, re.MULTILINE)
    assert sorted(shown) == sorted(told)
    after = files(project)
    assert {path: after[path].decode() for path in FORMS} == {path: text for path, (_, _, text) in FORMS.items()}
    assert {path: after[path].decode() for path in OTHERS} == OTHERS
    assert lib.read_text() == moved_lib(mine[lib])
    assert text.read_text() == re.sub("crate::(error|runtime)::", "platform::", mine[text])

    # Nothing else is changed, and both the command and its hook are gone.
    changed = {path for path in before if before[path] != after.get(path)}
    assert changed == {*FORMS, "my_worker/src/lib.rs", "my_worker/src/text.rs", TWO_ROOMS, HOOK}
    assert run("bash", HOOK, cwd=project) == ""


def moved_lib(text: str) -> str:
    """lib.rs, by hand."""
    modules = 'mod error;\nmod forms;\n#[cfg(feature = "faults")]\nmod faults;\nmod runtime;\n'
    imports = ("    use super::error::WasmError;\n", "    use super::*;\n")
    assert modules in text and BLOCKS in text and "".join(imports) in text
    text = text.replace(modules, "mod forms;\n").replace("".join(imports), "".join(reversed(imports)))
    text = text.replace("super::error::", "platform::")
    parts = [re.sub(r"(?<!\w)(self::)?(error|runtime)::", "platform::", part) for part in text.split(BLOCKS)]
    return BLOCKS.join(parts)


def test_the_image_example_is_rewritten(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0], {"example": "image"})
    update(project)
    two_rooms(project, "--write")
    old = re.compile(r"\bcrate::(error|runtime)\b|^mod (error|faults|runtime);", re.MULTILINE)
    assert [path for path in (project / "my_worker/src").rglob("*.rs") if old.search(path.read_text())] == []
    assert run("bash", HOOK, cwd=project) == ""


def test_a_crate_that_calls_nothing_of_the_platform_still_links_it(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    lib = project / "my_worker/src/lib.rs"
    # Neither a variable of this name nor a test links it.
    tests = "#[cfg(test)]\nmod tests {\n    use platform::WasmError;\n\n    fn platform(platform: u8) {}\n}\n"
    export = "#[wasm_bindgen]\npub fn twice(body: &[u8]) -> Vec<u8> {\n    body.repeat(2)\n}\n"
    kept = f"use wasm_bindgen::prelude::wasm_bindgen;\n\n{export}\n{tests}"
    lib.write_text(f"mod error;\n#[cfg(feature = \"faults\")]\nmod faults;\nmod runtime;\n\n{kept}")
    (project / "my_worker/src/text.rs").unlink()
    update(project)
    assert "\nmy_worker/src/lib.rs: + use platform as _;\n" in two_rooms(project, "--write")
    link = "// Rust links no crate that nobody names; this one brings the recovery.\nuse platform as _;\n"
    assert lib.read_text() == f"{kept}\n{link}"


def test_lines_keep_the_ends_that_git_gave_them(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    append(project, "my_worker/src/error.rs", "// mine\n")
    update(project)
    path = "my_worker/src/forms.rs"
    _, before, after = FORMS[path]
    write(project, {path: before})
    error = project / "my_worker/platform/src/error.rs"
    for file in (project / path, error):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    two_rooms(project, "--write")
    assert (project / path).read_bytes() == after.replace("\n", "\r\n").encode()
    assert error.read_bytes().endswith(b"}\r\n// mine\r\n")


def test_what_cannot_be_rewritten_is_left_to_the_owner(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    text = "use crate::{\n    error::Failure, // why\n    text,\n};\n"
    write(project, {"my_worker/src/forms.rs": text})
    update(project)
    assert "my_worker/src/forms.rs:2" in named(two_rooms(project, status=1))
    printed = two_rooms(project, "--write", status=1)
    assert "\nThis is left to you:\n\n  my_worker/src/forms.rs:1: use crate::{\n" in printed
    assert (project / "my_worker/src/forms.rs").read_text() == text


def test_it_says_nothing_where_there_is_nothing_to_say(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    update(project)
    assert two_rooms(project, status=1) != ""
    for path in ("lib.rs", "text.rs"):
        shutil.copyfile(ROOT / "template/{{ crate_name }}/platform/src/message.rs", project / "my_worker/src" / path)
    assert two_rooms(project) == ""
    assert (project / TWO_ROOMS).exists()


def test_without_node_it_is_for_build_sh_to_say_what_is_missing(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    update(project)
    run("shellcheck", HOOK, cwd=project)
    for tool in ("bash", "grep", "sed", "sort", "awk", "cat"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    assert run("bash", HOOK, cwd=project, env=os.environ | {"PATH": str(tmp_path)}) == ""


def test_the_lines_of_another_crate_of_the_owners_are_named_alone(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    path, text = "tools/cut/src/main.rs", "use my_worker::error::WasmError;\n"
    write(project, {path: text})
    update(project)
    assert f"{path}:1" in named(two_rooms(project, status=1))
    printed = two_rooms(project, "--write", status=1)
    assert printed.endswith(f"\nThis is left to you:\n\n  {path}:1: {text}")
    assert (project / path).read_text() == text


def test_a_file_that_is_no_text_or_very_long_stands_in_nobodys_way(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    latin, long = project / "my_worker/tests/latin.rs", project / "my_worker/src/long.rs"
    latin.parent.mkdir()
    latin.write_bytes(b"// caf\xe9\nuse my_worker::error::WasmError;\n")
    long.write_text(f'pub const TEXT: &str = "{"a" * 20_000_000}";\n')
    before = {path: path.read_bytes() for path in (latin, long)}
    update(project)
    two_rooms(project, "--write")
    assert {path: path.read_bytes() for path in before} == before


# --- Edits in files that moved ---


@pytest.mark.parametrize("committed", [False, True], ids=["before the commit", "after it"])
def test_edits_in_files_that_moved_are_carried_along(template: Path, tmp_path: Path, committed: bool) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    edited = {
        "src/error.rs": "// mine, in error.rs\n",
        "src/runtime.rs": "// mine, in runtime.rs\n",
        "src/runtime/chars/upper/groups.rs": "// mine, in groups.rs\n",
        "src/runtime/message.rs": "\nuse crate::runtime::chars;\n",
    }
    for path, line in edited.items():
        append(project, f"{CRATE}/{path}", line)
    update(project)
    if committed:
        commit(project, "Update")
    printed = two_rooms(project, status=1)
    told = re.findall(r"^  (\S+), now (\S+)$", printed, re.MULTILINE)
    assert told == [(f"{CRATE}/{path}", f"{CRATE}/{PLACES[path][0]}") for path in edited]
    before = files(project)

    printed = two_rooms(project, "--write")

    for path, line in edited.items():
        now = f"{CRATE}/{PLACES[path][0]}"
        assert f"\n{now}: has your edits of {CRATE}/{path}\n" in printed
        mine = line.replace("crate::runtime::", "crate::").encode()
        assert files(project)[now] == before[now] + mine


def test_an_edit_that_conflicts_is_named_until_it_is_settled(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    runtime = project / "my_worker/src/runtime.rs"
    assert "mod chars;\n" in runtime.read_text()
    runtime.write_text(runtime.read_text().replace("mod chars;\n", "mod chars; // mine\n"))
    append(project, "my_worker/src/error.rs", "// mine\n")
    update(project)
    printed = two_rooms(project, "--write", status=1)
    assert "  my_worker/platform/src/lib.rs: your edits of my_worker/src/runtime.rs and the template's" in printed
    assert (project / "my_worker/platform/src/error.rs").read_text().endswith("// mine\n")
    marker = r"^my_worker/platform/src/lib.rs:\d+: conflict marker <<<<<<< before updating$"
    assert re.search(marker, run("bash", HOOK, cwd=project, status=1), re.MULTILINE)
    assert "// mine" in (project / "my_worker/platform/src/lib.rs").read_text()


def test_an_edit_is_found_where_an_older_branch_was_merged_since(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    run("git", "branch", "older", cwd=project)
    append(project, "my_worker/src/error.rs", "// mine\n")
    update(project)
    commit(project, "Update")
    run("git", "checkout", "--quiet", "older", cwd=project)
    write(project, {"docs/notes.md": "Notes\n"})
    commit(project, "Notes")
    run("git", "checkout", "--quiet", "main", cwd=project)
    run("git", "merge", "--quiet", "--no-edit", "older", cwd=project)
    two_rooms(project, "--write")
    assert (project / "my_worker/platform/src/error.rs").read_text().endswith("// mine\n")


def test_nothing_is_written_where_git_does_not_answer(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    append(project, "my_worker/src/error.rs", "// mine\n")
    update(project)
    before = files(project)
    refusing = os.environ | {"GIT_DIR": str(tmp_path / "nowhere")}
    assert "git does not answer" in run("node", TWO_ROOMS, "--write", cwd=project, env=refusing, status=1)
    assert files(project) == before


def test_a_file_of_the_owners_below_a_module_that_moved_is_named(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    mine = "my_worker/src/runtime/mine.rs"
    write(project, {mine: "use crate::error::WasmError;\n"})
    append(project, "my_worker/src/runtime.rs", "mod mine;\n")
    update(project)
    assert f"\n  {mine}\n" in two_rooms(project, status=1)
    assert f"\n  {mine}: stand below a module that moved" in two_rooms(project, "--write", status=1)
    assert (project / mine).read_text() == "use crate::error::WasmError;\n"


def test_an_edit_without_a_known_base_is_named_with_what_has_it(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", RELEASES[0])
    append(project, "my_worker/src/error.rs", "// mine\n")
    # The history begins with the edit.
    shutil.rmtree(project / ".git")
    update(project)
    assert "\n  my_worker/src/error.rs, now my_worker/platform/src/error.rs\n" in two_rooms(project, status=1)
    printed = two_rooms(project, "--write", status=1)
    left = r"^  my_worker/src/error.rs, now .*: (git show \w+) has it with your edits$"
    (command,) = re.findall(left, printed, re.MULTILINE)
    assert run(*command.split(), cwd=project).endswith("// mine\n")


def test_edits_are_found_through_an_older_update_in_a_folder_of_a_repository(template: Path, tmp_path: Path) -> None:
    repository = tmp_path / "Bücher"
    project = start(template, repository / "project", RELEASES[2])
    shutil.rmtree(project / ".git")
    commit(repository, "Start")
    append(project, "my_worker/src/runtime/chars/upper/window.rs", "// mine\n")
    for version in (RELEASES[0], CANDIDATE):
        run("git", "add", "--all", cwd=repository)
        run("git", "commit", "--quiet", "--allow-empty", "--message=My own", cwd=repository)
        copier.run_update(project, vcs_ref=version, defaults=True, overwrite=True, quiet=True)
    assert re.findall(r"^  (\S+), now", two_rooms(project, status=1), re.MULTILINE) == [
        "my_worker/src/runtime/chars/upper/window.rs"
    ]
    two_rooms(project, "--write")
    assert (project / "my_worker/platform/src/chars/upper/window.rs").read_text().endswith("// mine\n")


# --- Who has it ---


def test_a_new_project_has_neither_the_script_nor_its_hook(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project")
    assert not (project / TWO_ROOMS).exists()
    assert "two-rooms" not in (project / HOOK).read_text()
    # Nor has one that is updated from this version on.
    update(project)
    assert not (project / TWO_ROOMS).exists()


@pytest.mark.parametrize("done", [True, False], ids=["done", "not yet"])
def test_the_next_update_leaves_what_is_done_and_what_is_not(template: Path, tmp_path: Path, done: bool) -> None:
    future = tmp_path / "future"
    run("git", "clone", "--quiet", template, future, cwd=tmp_path)
    append(future, "template/worker/tsconfig.json", "// new\n")
    commit(future, "A future version")
    run("git", "tag", "--annotate", "--message=Future", "v1000.0.0", cwd=future)
    project = start(future, tmp_path / "project", RELEASES[0])
    update(project)
    if done:
        two_rooms(project, "--write")
    before = run("bash", HOOK, cwd=project, status=0 if done else 1)
    update(project, "v1000.0.0")
    assert (project / "worker/tsconfig.json").read_text().endswith("// new\n")
    assert (project / TWO_ROOMS).exists() != done
    assert run("bash", HOOK, cwd=project, status=0 if done else 1) == before
