"""The one update after which the template's Rust and TypeScript stand in folders of their own.

What names the old place is named, and rewritten by one command; edits in files that moved are carried along.
"""

import itertools
import os
import re
import shutil
from pathlib import Path

import copier
import pytest
from conftest import CANDIDATE, Projects
from helpers import ROOT, commit, files, render, run
from test_update import ONE_ROOM, PLACES, TRIED, TWO_ROOMS, start

from maintenance import moved
from maintenance.release import released_versions

HOOK = "scripts/conflicts.sh"
ONE_ROOM_TRIED = [release for release in ONE_ROOM if release in TRIED]
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
    "worker/src/forms.ts": (
        [2, 3, 5, 6, 8, 9, 11, 12, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 31],
        """\
import { z } from "zod";
import { build } from "./health";
import { type Env, HttpRefusal, answer as said } from "./http";
import { own } from "./own";
import type { Handler } from "./routes";
import { type Instance, Refusal } from "./wasm";

import type { Failure } from './failures'
import type { Routes } from './routes'

import * as http from "./http.ts";
import fallback, { type Call } from "./routes.js";
import {
  // Why this one.
  Told,
} from "./failures";
import "./stack"; // first
export type { ErrorAnswer, ErrorCode } from "./http";
export { frames } from "./stack";
export * from "./wasm";
export * as routes from "./routes";

type Later = import("./http").Env;
const old = require("./wasm"), later = await import(`./http`);
const text = `${await import("./wasm")} import("./http") ${`${'`'} from "./http"`}`;
declare module "./http" {
  interface Env {
    CACHE: KVNamespace;
  }
}
export const all = { ...require("./wasm") };
""",
        """\
import { z } from "zod";
import { type Env, type Handler, HttpRefusal, type Instance, Refusal, answer as said } from "../platform";
import { build } from "../platform/health";
import { own } from "./own";

import type { Failure, Routes } from '../platform'

import * as http from "../platform/http.ts";
import fallback, { type Call } from "../platform/routes.js";
import {
  // Why this one.
  Told,
} from "../platform";
import "../platform/stack"; // first
export type { ErrorAnswer, ErrorCode } from "../platform";
export { frames } from "../platform/stack";
export * from "../platform/wasm";
export * as routes from "../platform/routes";

type Later = import("../platform/http").Env;
const old = require("../platform/wasm"), later = await import(`../platform/http`);
const text = `${await import("../platform/wasm")} import("./http") ${`${'`'} from "./http"`}`;
declare module "../platform/http" {
  interface Env {
    CACHE: KVNamespace;
  }
}
export const all = { ...require("../platform/wasm") };
""",
    ),
    # Their order is nobody's: what changes stays where it is.
    "worker/src/lib/unsorted.mts": (
        [2, 3],
        """\
import { own } from "./own";
import { serve } from "../http";
import { Told } from "../failures.js";
import { z } from "zod";
""",
        """\
import { own } from "./own";
import { serve } from "../../platform";
import { Told } from "../../platform/index.js";
import { z } from "zod";
""",
    ),
    "worker/test/forms.test.ts": (
        [2, 4, 6, 7, 8, 12],
        """\
import { expect, vi } from "vitest";
import { serve } from "../src/http";
import { own } from "../src/own";
import { startWorker } from "./worker";

vi.mock("../src/wasm", async (original) => ({ ...(await original<typeof import("../src/wasm")>()) }));
vi.doMock(import("../src/stack"));
const { answer } = await vi.importActual<typeof import("../src/http")>("../src/http");

const worker = await startWorker("dist");
const other = { worker, images: 1 };
expect([worker.images, other.images, other.worker.images, worker.log().images]).toBe(own);
""",
        """\
import { expect, vi } from "vitest";
import { serve } from "../platform";
import { startWorker } from "../platform/test/worker";
import { own } from "../src/own";

vi.mock("../platform/wasm", async (original) => ({ ...(await original<typeof import("../platform/wasm")>()) }));
vi.doMock(import("../platform/stack"));
const { answer } = await vi.importActual<typeof import("../platform/http")>("../platform/http");

const worker = await startWorker("dist");
const other = { worker, images: 1 };
expect([worker.env.IMAGES, other.images, other.worker.images, worker.log().images]).toBe(own);
""",
    ),
    # What holds for the next line.
    "worker/src/held.ts": (
        [2, 3],
        """\
// @ts-expect-error: why
import { build } from "./body";
import { serve } from "./http";
import { own } from "./own";
""",
        """\
// @ts-expect-error: why
import { build } from "../platform/body";
import { serve } from "../platform";
import { own } from "./own";
""",
    ),
    # Beside the Worker, what names a file of it.
    "tools/ask.mjs": (
        [1],
        'import { startWorker } from "../worker/test/worker.ts";\n',
        'import { startWorker } from "../worker/platform/test/worker.ts";\n',
    ),
    "worker/bench/own.ts": (
        [1, 2],
        'import { median } from "./figures";\nimport { load } from "./load";\n',
        'import { median } from "../platform/bench/figures";\nimport { load } from "../platform/bench/load";\n',
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
    "worker/src/others.ts": """\
// import { serve } from "./http";
/* export * from "./wasm"; */
import { http } from "./https";
import wasm from "http";
import own from "./own/http";
import { type } from "./from";
import from from "./type";
import { QUOTING } from "../own";

export { wasm };
const from = "./http";
const texts = ['import "./http";', "import('./http')", `import("./http")`];
const marks = [/import ["'`]/, 1 / 2, "\\" import './http'"];
const half = (texts.length / 2 + 1) / 2, quoted = /[/"]/.test("import './http';"), other = half++ / 2 + "/";
const called = { import: (path: string) => path, mock: (path: string) => path, require };
called.import("./http"), called.mock("./http"), called.require("./http");
if (half) /"/.test("'"); // import "./http";
export default { import: "./http", from, text: from + "./wasm" };
""",
    "worker/src/others.tsx": """\
export const page = <p title={`it's ${1}`}>It's 1/2 of "all" :) <a href="./http">http</a></p>;
""",
    # Packages, what is built, and another program's own modules.
    "worker/node_modules/own/src/index.ts": 'export * from "./http";\n',
    "worker/dist-own/index.js": 'import "../src/http";\n',
    "tools/src/index.ts": 'import { serve } from "./http";\n',
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


def of_owner(project: Path) -> set[str]:
    """The files of an untouched project that name the old place."""
    named = {f"{CRATE}/src/lib.rs", f"{CRATE}/src/text.rs", "worker/src/contract.ts", "worker/src/index.ts"}
    named |= {"worker/bench/job.ts", "worker/public/playground.html", "worker/test/contract.test.ts"}
    return named & files(project).keys()


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
    answers = {"serde_casing": "kebab-case", "license": "UNLICENSED", "user_name": "Ada", "project_name": "a"}
    answers |= {"example": "image", "bucket_name": "own", "error_reporting": "sentry", "pins": "article"}
    for path, known in moved.rendered(released_versions()[version], answers):
        assert known in PLACES[path.replace(f"{moved.CRATE}/", f"{CRATE}/")][1].split(), path


def test_each_new_place_is_in_the_template(template: Path, tmp_path: Path) -> None:
    fresh = files(render(template, tmp_path / "fresh", {"error_reporting": "sentry"}, CANDIDATE)).keys()
    assert [now for now, _ in PLACES.values() if now and now not in fresh] == []
    assert PLACES.keys() & fresh == set()


# --- Lines of the owner's ---


@pytest.mark.parametrize("version", ONE_ROOM_TRIED)
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
    assert {where.split(":")[0] for where in told} == {*FORMS} | of_owner(project)
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
    assert changed == {*FORMS, TWO_ROOMS, HOOK} | of_owner(project)
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


def test_a_crate_that_calls_nothing_of_the_platform_still_links_it(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
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
    project = start(template, tmp_path / "project", ONE_ROOM[0])
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
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    text = "use crate::{\n    error::Failure, // why\n    text,\n};\n"
    write(project, {"my_worker/src/forms.rs": text})
    update(project)
    assert "my_worker/src/forms.rs:2" in named(two_rooms(project, status=1))
    printed = two_rooms(project, "--write", status=1)
    assert "\nThis is left to you:\n\n  my_worker/src/forms.rs:1: use crate::{\n" in printed
    assert (project / "my_worker/src/forms.rs").read_text() == text


def test_it_says_nothing_where_there_is_nothing_to_say(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    update(project)
    assert two_rooms(project, status=1) != ""
    fresh = render(template, tmp_path / "fresh", version=CANDIDATE)
    for path in of_owner(project):
        shutil.copyfile(fresh / path, project / path)
    assert two_rooms(project) == ""
    assert (project / TWO_ROOMS).exists()


def test_without_node_it_is_for_build_sh_to_say_what_is_missing(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    update(project)
    run("shellcheck", HOOK, cwd=project)
    for tool in ("bash", "grep", "sed", "sort", "awk", "cat"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    assert run("bash", HOOK, cwd=project, env=os.environ | {"PATH": str(tmp_path)}) == ""


def test_the_lines_of_another_crate_of_the_owners_are_named_alone(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    path, text = "tools/cut/src/main.rs", "use my_worker::error::WasmError;\n"
    write(project, {path: text})
    update(project)
    assert f"{path}:1" in named(two_rooms(project, status=1))
    printed = two_rooms(project, "--write", status=1)
    assert printed.endswith(f"\nThis is left to you:\n\n  {path}:1: {text}")
    assert (project / path).read_text() == text


def test_a_file_that_is_no_text_or_very_long_stands_in_nobodys_way(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    latin, long = project / "my_worker/tests/latin.rs", project / "my_worker/src/long.rs"
    latin.parent.mkdir()
    latin.write_bytes(b"// caf\xe9\nuse my_worker::error::WasmError;\n")
    long.write_text(f'pub const TEXT: &str = "{"a" * 20_000_000}";\n')
    text, script = "a" * 10_000_000, project / "worker/src/long.ts"
    script.write_text(f"/* {text} */\nexport const texts = ['{text}', `{text}`, /{text}/];\n")
    before = {path: path.read_bytes() for path in (latin, long, script)}
    update(project)
    two_rooms(project, "--write")
    assert {path: path.read_bytes() for path in before} == before


# --- Edits in files that moved ---


@pytest.mark.parametrize("committed", [False, True], ids=["before the commit", "after it"])
def test_edits_in_files_that_moved_are_carried_along(template: Path, tmp_path: Path, committed: bool) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    edited = {
        "my_worker/src/error.rs": "// mine, in error.rs\n",
        "my_worker/src/runtime.rs": "// mine, in runtime.rs\n",
        "my_worker/src/runtime/chars/upper/groups.rs": "// mine, in groups.rs\n",
        "my_worker/src/runtime/message.rs": "\nuse crate::runtime::chars;\n",
        "worker/bench/verdict.ts": '\nexport { serve } from "../src/http";\n',
        "worker/public/playground.css": "/* mine */\n",
        "worker/src/wasm.ts": "// mine, in wasm.ts\n",
    }
    for path, line in edited.items():
        append(project, path, line)
    update(project)
    if committed:
        commit(project, "Update")
    printed = two_rooms(project, status=1)
    told = re.findall(r"^  (\S+), now (\S+)$", printed, re.MULTILINE)
    assert told == [(path, PLACES[path][0]) for path in edited]
    before = files(project)

    printed = two_rooms(project, "--write")

    for path, line in edited.items():
        now = PLACES[path][0]
        assert f"\n{now}: has your edits of {path}\n" in printed
        mine = line.replace("crate::runtime::", "crate::").replace("../src/http", "../http").encode()
        assert files(project)[now] == before[now] + mine


def test_an_edit_that_conflicts_is_named_until_it_is_settled(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
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
    project = start(template, tmp_path / "project", ONE_ROOM[0])
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
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    append(project, "my_worker/src/error.rs", "// mine\n")
    update(project)
    before = files(project)
    refusing = os.environ | {"GIT_DIR": str(tmp_path / "nowhere")}
    assert "git does not answer" in run("node", TWO_ROOMS, "--write", cwd=project, env=refusing, status=1)
    assert files(project) == before


def test_a_file_of_the_owners_below_a_module_that_moved_is_named(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    mine = "my_worker/src/runtime/mine.rs"
    write(project, {mine: "use crate::error::WasmError;\n"})
    append(project, "my_worker/src/runtime.rs", "mod mine;\n")
    update(project)
    assert f"\n  {mine}\n" in two_rooms(project, status=1)
    assert f"\n  {mine}: stand below a module that moved" in two_rooms(project, "--write", status=1)
    assert (project / mine).read_text() == "use crate::error::WasmError;\n"


def test_an_edit_without_a_known_base_is_named_with_what_has_it(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
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
    project = start(template, repository / "project", ONE_ROOM[2])
    shutil.rmtree(project / ".git")
    commit(repository, "Start")
    append(project, "my_worker/src/runtime/chars/upper/window.rs", "// mine\n")
    for version in (ONE_ROOM[0], CANDIDATE):
        run("git", "add", "--all", cwd=repository)
        run("git", "commit", "--quiet", "--allow-empty", "--message=My own", cwd=repository)
        copier.run_update(project, vcs_ref=version, defaults=True, overwrite=True, quiet=True)
    assert re.findall(r"^  (\S+), now", two_rooms(project, status=1), re.MULTILINE) == [
        "my_worker/src/runtime/chars/upper/window.rs"
    ]
    two_rooms(project, "--write")
    assert (project / "my_worker/platform/src/chars/upper/window.rs").read_text().endswith("// mine\n")


def test_edits_of_tests_that_a_project_has_no_more_are_named_with_what_has_them(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    own = "worker/test/own.test.ts"
    line = 'import { QUOTING } from "./faults/quoting";'
    write(project, {own: f"{line}\n", "worker/test/faults/own.ts": 'export { serve } from "../../src/http";\n'})
    append(project, "worker/test/limits.test.ts", "// mine\n")
    update(project)
    printed = two_rooms(project, status=1)
    assert "\n  worker/test/limits.test.ts: git show " in printed
    assert f"{own}:1" in named(printed)
    printed = two_rooms(project, "--write", status=1)
    left = f"\n  {own}:1: {line} (the project does not have this module any more)\n"
    assert left in printed
    (command,) = re.findall(r"^  worker/test/limits.test.ts, .*: (git show \w+) has it", printed, re.MULTILINE)
    assert run(*command.split(), cwd=project).endswith("// mine\n")
    assert (project / own).read_text() == f"{line}\n"
    assert (project / "worker/test/faults/own.ts").read_text() == 'export { serve } from "../../platform";\n'


def test_a_file_of_the_owners_may_have_a_name_of_the_templates(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    mine = {
        "worker/src/own.ts": 'import { mine } from "./sentry";\n',
        "worker/src/sentry.ts": "export const mine = 1;\n",
    }
    write(project, mine)
    update(project)
    assert not [path for path in mine if path in two_rooms(project, status=1)]
    two_rooms(project, "--write")
    assert {path: (project / path).read_text() for path in mine} == mine


def test_a_module_of_the_owners_may_have_a_name_that_came_later(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", "v0.5.0")
    mine = {
        "worker/src/body/index.ts": "export const body = 1;\n",
        "worker/src/own.ts": 'import { body } from "./body";\nimport { stack } from "./stack";\n',
        "worker/src/stack.tsx": "export const stack = <p />;\n",
    }
    write(project, mine)
    update(project)
    assert not [path for path in mine if path in two_rooms(project, status=1)]
    two_rooms(project, "--write")
    assert {path: (project / path).read_text() for path in mine} == mine


def test_a_style_sheet_finds_what_stands_beside_it(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"playground": "yes"})
    rules = """\
a { background: url(logo.svg), url( "{}logo.svg#a" ), url('https://example.com/a.svg'), url(data:image/gif;base64,R0) }
b { background: url("/logo.svg") }
c { mask: url(#a) }
"""
    append(project, "worker/public/playground.css", rules.replace("{}", ""))
    update(project)
    two_rooms(project, "--write")
    ended = (project / "worker/public/platform/playground.css").read_text()
    assert ended.endswith(rules.replace("(logo", "(../logo").replace("{}", "../"))


@pytest.mark.parametrize("edit", ["", "// mine\n"], ids=["as it was", "edited"])
def test_a_file_that_an_older_branch_brought_back_is_named(template: Path, tmp_path: Path, edit: str) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    update(project)
    commit(project, "Update")
    run("git", "checkout", "--quiet", "HEAD~1", "--", "worker/src/http.ts", cwd=project)
    append(project, "worker/src/http.ts", edit)
    assert "older branch:\n\n  worker/src/http.ts\n" in two_rooms(project, status=1)
    assert "\n  worker/src/http.ts: it stands where " in two_rooms(project, "--write", status=1)
    assert (project / "worker/platform/http.ts").read_text().endswith(edit or "}\n")


# --- Pages, and Sentry ---


def test_a_page_of_the_owners_finds_what_moved(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0])
    page = """\
<!-- <script src="playground.js"></script> -->
<link rel="stylesheet" href="{}playground.css"> <script src='/{}playground.js?v=1'></script>
<script src="./{}playground.js"></script> <a href="own/playground.js">playground.css</a>
<script src="https://example.com/playground.js"></script>
<script type="module">import "./{}playground.js";</script>
"""
    below = '<script src="../{}playground.js"></script> <script src="playground.js"></script>\n'
    update(project)
    sheet = '@import "{}playground.css";\n@import url(./{}playground.css) print;\n@import "own/playground.css";\n'
    pages = {"worker/public/own.html": page, "worker/public/a/b.html": below, "worker/public/own.css": sheet}
    write(project, {path: text.replace("{}", "") for path, text in pages.items()})
    two_rooms(project, "--write")
    for path, text in pages.items():
        assert (project / path).read_text() == text.replace("{}", "platform/")


def test_a_type_of_sentrys_file_or_a_test_tells_nobody(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"error_reporting": "sentry"})
    own, tested = 'import type { send } from "./sentry";\n', 'import { send } from "./sentry";\n'
    write(project, {"worker/src/own.ts": own, "worker/src/own.test.ts": tested})
    update(project)
    two_rooms(project, "--write")
    assert 'import "../platform/sentry";\n' in (project / "worker/src/index.ts").read_text()


@pytest.mark.parametrize("imported", [False, True], ids=["not imported", "imported"])
def test_failures_still_go_to_sentry(template: Path, tmp_path: Path, imported: bool) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"error_reporting": "sentry"})
    own, line = project / "worker/src/own.ts", 'import "../platform/sentry";\n'
    own.write_text('import { send } from "./sentry";\n' if imported else "// import \"../platform/sentry\";\n")
    update(project)
    told = "worker/src/index.ts does not import \"../platform/sentry\": without it no failure goes to Sentry."
    assert (told in two_rooms(project, status=1)) != imported
    two_rooms(project, "--write")
    assert (f'from "../platform";\n{line}\n' in (project / "worker/src/index.ts").read_text()) != imported
    assert own.read_text() == ('import { send } from "../platform/sentry";\n' if imported else f"// {line}")


def test_an_index_that_is_elsewhere_is_told_of_sentry(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"error_reporting": "sentry"})
    (project / "worker/src/index.ts").rename(project / "worker/src/main.ts")
    update(project)
    assert "\nNo file of yours imports platform/sentry: " in two_rooms(project, status=1)
    left = "\n  import platform/sentry where requests are answered: without it no failure goes to Sentry\n"
    assert left in two_rooms(project, "--write", status=1)


def test_an_index_that_is_elsewhere_may_import_sentry_itself(template: Path, tmp_path: Path) -> None:
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"error_reporting": "sentry"})
    index = project / "worker/app/main.ts"
    index.parent.mkdir()
    (project / "worker/src/index.ts").rename(index)
    index.write_text('import "../src/sentry";\n')
    update(project)
    assert "no failure goes to Sentry" not in two_rooms(project, status=1)
    two_rooms(project, "--write")
    assert index.read_text() == 'import "../platform/sentry";\n'


# --- What comes of it ---

def imports(content: bytes) -> list[bytes]:
    return re.findall(rb"^(?:import|export type) [^;]*;\n", content, re.MULTILINE)


# Those in which the template takes other names since then.
ANEW = {
    "text": {"worker/src/index.ts"},
    "image": {"worker/src/images.ts", "worker/src/index.ts", "worker/test/mutations.test.ts"},
}


# What a crate may be called, and these files have for other things, too.
CALLED = itertools.cycle(("src", "a", "text", "index", "build", "platform", "my_worker"))


def old_places(project: Path, crate: str) -> list[str]:
    """The lines of an owner's files that name the old place."""
    named = r"\bcrate::(error|runtime)\b|^mod (error|faults|runtime);|\bworker\.images\b"
    named += r"|\"(playground\.(css|js)|\./worker|(\.|\.\./src)/(body|failures|health|http|routes|sentry|stack|wasm))\""
    texts = {path: content.decode() for path, content in files(project).items() if "/platform/" not in path}
    owners = [path for path in texts if re.search(rf"^{crate}/src/|^worker/.*/.*\.(ts|html)$", path)]
    return [f"{path}: {line}" for path in owners for line in texts[path].splitlines() if re.search(named, line)]


@pytest.mark.parametrize(
    ("version", "example", "crate"),
    [(*case, crate) for case, crate in zip(itertools.product(ONE_ROOM_TRIED, ["text", "image"]), CALLED, strict=False)],
)
def test_an_untouched_project_names_no_old_place(
    template: Path, tmp_path: Path, version: str, example: str, crate: str
) -> None:
    answers = {"crate_name": crate, "example": example, "error_reporting": "sentry", "pins": "article"}
    project = start(template, tmp_path / "project", version, answers)
    update(project)
    assert "had edits of yours" not in two_rooms(project, status=1)

    two_rooms(project, "--write")

    assert old_places(project, crate) == []
    assert run("bash", HOOK, cwd=project) == ""
    if version == ONE_ROOM[0]:
        fresh = files(render(template, tmp_path / "fresh", answers, CANDIDATE))
        ended = {path: content for path, content in files(project).items() if re.search(r"^worker/\w+/\w.*\.ts$", path)}
        assert len(ended) > 5
        other = {path for path in ended if imports(ended[path]) != imports(fresh[path])}
        assert other == ANEW[example]


@pytest.mark.xdist_group("current")
@pytest.mark.parametrize("example", ["text", "image"])
def test_types_are_right_where_nothing_was_edited(
    projects: Projects, template: Path, tmp_path: Path, example: str
) -> None:
    built = projects.tested("current", example=example)
    project = start(template, tmp_path / "project", ONE_ROOM[0], {"example": example, "error_reporting": "sentry"})
    update(project)
    two_rooms(project, "--write")
    for path in ("my_worker/pkg", "my_worker/pkg-faults", "worker/node_modules", "worker/platform/build.json"):
        (project / path).symlink_to(built / path)
    for options in ([], ["--project", "test"], ["--project", "bench"]):
        run("node", "node_modules/typescript/bin/tsc", *options, cwd=project / "worker")


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
    project = start(future, tmp_path / "project", ONE_ROOM[0])
    update(project)
    if done:
        two_rooms(project, "--write")
    before = run("bash", HOOK, cwd=project, status=0 if done else 1)
    update(project, "v1000.0.0")
    assert (project / "worker/tsconfig.json").read_text().endswith("// new\n")
    assert (project / TWO_ROOMS).exists() != done
    assert run("bash", HOOK, cwd=project, status=0 if done else 1) == before
