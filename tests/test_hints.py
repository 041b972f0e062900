"""The crates that need a line, by docs/crates.md, and the ten errors of which it tells what helps: each made to happen."""

import json
import re
import shutil
import urllib.error
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import Projects
from helpers import ROOT, build_sh, eventually, run, serve, with_tools
from macros import pins

from maintenance.owner import documented

pytestmark = pytest.mark.xdist_group("variants")
CRATES = ROOT / "tests/crates"
HINTS = dict(json.loads((ROOT / "template/scripts/hints.json").read_text()))
# Each line of the table, by the name under which it is used.
LINES = dict(re.findall(r"^\|.*?`(([\w-]+) = .*?)` \|", (ROOT / "docs/crates.md").read_text(), re.MULTILINE))
LINES = {name: line for line, name in LINES.items()}


def hint(words: str) -> str:
    """What helps against an error with these words."""
    (found,) = [hint for pattern, hint in HINTS.items() if re.search(pattern, words)]
    return f"hint: {found}"


@pytest.fixture
def project(projects: Projects) -> Path:
    """A project that is built and tested, to be changed; what crates it is given are those of a lock."""
    project = projects.quick_copy()
    shutil.copy2(CRATES / "Cargo.lock", project / "my_worker/Cargo.lock")
    return project


def depend(project: Path, *lines: str) -> None:
    manifest = project / "my_worker/Cargo.toml"
    text = manifest.read_text()
    manifest.write_text(text.replace("[dependencies]\n", "\n".join(["[dependencies]", *lines, ""])))


@pytest.fixture
def all_at_once(project: Path) -> Path:
    """A project with all crates of the table, the code of the pages, and every mistake that fails when it is called."""
    depend(project, *LINES.values())
    code = {path: text for page in ("crates", "memory") for path, text in documented(page)}
    code["my_worker/src/crates.rs"] = (CRATES / "crates.rs").read_text()
    for path, text in code.items():
        (project / path).write_text(text)
    library = project / "my_worker/src/lib.rs"
    library.write_text("".join([library.read_text(), *(f"mod {Path(path).stem};\n" for path in code)]))
    shutil.copy2(CRATES / "index.ts", project / "worker/src/index.ts")
    # Its crates take longer than `dev` is waited for.
    build_sh(project, "build", WRANGLER_COMMAND="dev")
    return project


MADE = {
    **dict.fromkeys(["getrandom", "getrandom_03", "getrandom_02", "rand", "log", "tracing"], "8 bytes"),
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    "ahash": r"\d+",
    **dict.fromkeys(["chrono", "time", "jiff", "web-time"], r"\d{10}"),
    "rayon": "499500",
    "tokio": "sent",
    **dict.fromkeys(["ruzstd", "bzip2", "flate2"], "packed"),
}
# What fails in a request, each by the words of its log or of the terminal.
FAILING = {
    "Module": "WebAssembly.Module(): Wasm code generation disallowed by embedder",
    "compile": "WebAssembly.compile(): Wasm code generation disallowed by embedder",
    "instantiate": "WebAssembly.instantiate(): Wasm code generation disallowed by embedder",
    "memory": "RuntimeError: unreachable",
    "time": "time not implemented on this platform",
    "object": "recursive use of an object detected",
    "pool": "ThreadPoolBuildError",
    "thread": "failed to spawn thread",
}


def test_each_crate_of_the_table_is_called_and_each_mistake_gets_its_hint(all_at_once: Path) -> None:
    log = all_at_once / "dev.log"

    def called(name: str) -> str:
        try:
            return urlopen(f"{url}called/{name}", timeout=60).read().decode()
        except urllib.error.HTTPError as error:
            return f"{error}: {log.read_text()[-2000:]}"

    def failed(name: str) -> str:
        with pytest.raises(urllib.error.HTTPError) as failure:
            urlopen(f"{url}mistake/{name}", timeout=60)
        request = json.load(failure.value)["error"].split()[-1]
        assert eventually(lambda: request in log.read_text())
        return next(line for line in log.read_text().splitlines() if request in line)

    with serve(all_at_once) as url:
        assert {name: called(name) for name in LINES if not re.fullmatch(MADE[name], called(name))} == {}
        assert [called("keys"), called("png"), called("console")] == ["2", "body: expected a PNG", "8 bytes"]
        before = []
        for name, words in FAILING.items():
            line = failed(name)
            assert eventually(lambda words=words: hint(words) in log.read_text()), name
            # Of a deployed Worker there is nothing but the line.
            assert words.removeprefix("RuntimeError: ") in line
            assert hint(words) in build_sh_names(all_at_once, line), name
            before.append((called("std"), called("ahash")))
        printed = log.read_text()
        index = all_at_once / "worker/src/index.ts"
        index.write_text(index.read_text() + '\nwasm.call(crate.called, "getrandom");\n')
        # Nothing is random while it starts.
        assert eventually(lambda: "Uncaught Error: Crash: the WebAssembly instance died" in log.read_text(), seconds=90)
    # Each mistake but those of JavaScript was the end of an instance: std's first hash in the next one is the same again.
    of_std, of_ahash = (set(hashes) for hashes in zip(*before[3:], strict=True))
    assert (len(of_std), len(of_ahash)) == (1, len(before) - 3)
    assert "from the console" in printed
    assert "my_worker::crates: from the crate log" in printed
    assert "my_worker::crates: from the crate tracing" in printed


def build_sh_names(project: Path, line: str) -> str:
    """What ./build.sh names says of a line without its stack, for which it would want the module of a release."""
    line = re.sub(r'"stack":".*?"|wasm-function|index\.js', "", line)
    return run("bash", "-c", "./build.sh names <<<\"$1\"", "bash", line, cwd=project)


OTHER = "failed to select a version for `wasm-bindgen`"


def test_where_a_crate_wants_another_wasm_bindgen_its_hint_stands_below(project: Path) -> None:
    minor = int(pins.COMMON["wasm_bindgen"].removeprefix("0.2."))
    # Of js-sys, the one that goes with it and the one before.
    fits, other = (f"0.3.{minor - 23 - back}" for back in (0, 1))
    assert f"js-sys@{fits}" in (ROOT / "docs/crates.md").read_text()
    depend(project, f'js-sys = "={other}"')
    printed = build_sh(project, "setup", status=1)
    assert "Cargo cannot tell what my_worker is made of" in printed
    assert OTHER in printed
    assert hint(OTHER) in printed


NOT_BUILT = {
    'enable the "js" feature': LINES["getrandom_02"].replace(', features = ["js"]', ""),
    'enable the "wasm_js" configuration flag': LINES["getrandom_03"].replace(', features = ["wasm_js"]', ""),
    'enable the "wasm_js" crate feature': LINES["getrandom"].replace(', features = ["wasm_js"]', ""),
    "to use `uuid` on `wasm32": LINES["uuid"].replace(', "js"', ""),
}


def test_below_what_cargo_says_of_a_crate_stands_its_line(project: Path) -> None:
    manifest = (project / "my_worker/Cargo.toml").read_text()
    for words, line in NOT_BUILT.items():
        (project / "my_worker/Cargo.toml").write_text(manifest)
        depend(project, line)
        printed = build_sh(project, "build", status=1)
        assert words in printed
        assert printed.index(words) < printed.index(hint(words)) < printed.index("build.sh: failed at: compiling")
        assert printed.count("error: could not compile") == 1
    # And wrangler dev, which builds by the same command, shows it too.
    assert hint(words) in build_sh(project, "build", WRANGLER_COMMAND="dev")
    # The lines of the hints are those of the table.
    helps = "".join(HINTS.values())
    assert [name for name in ("getrandom_02", "getrandom_03") if LINES[name] not in helps] == []


# As on a machine without clang.
WITHOUT_CLANG = 'cd ..; command() { [ "$2" != clang ] && builtin command "$@"; }; check_prerequisites'


def test_clang_is_asked_for_where_the_module_has_c_and_nowhere_else(project: Path) -> None:
    asked, c = "clang          is missing: zstd-sys has C", 'zstd = { version = "0.13", default-features = false }'
    manifest = project / "my_worker/Cargo.toml"
    before = manifest.read_text()
    manifest.write_text(f"{before}\n[dev-dependencies]\n{c}\n")
    build_sh(project, "setup")
    assert "zstd-sys" in (project / "my_worker/Cargo.lock").read_text()
    assert with_tools(project, WITHOUT_CLANG) == ""
    manifest.write_text(before)
    depend(project, c)
    assert asked in with_tools(project, WITHOUT_CLANG, status=1)
    # Another compiler is taken at its word; this one compiles nothing.
    printed = build_sh(project, "build", status=1, CC_wasm32_unknown_unknown="false")
    assert "failed to run custom build command for `zstd-sys" in printed
    assert hint('failed to find tool "clang') in printed


def test_a_function_that_nobody_has_stops_the_build_and_is_named(project: Path) -> None:
    library = project / "my_worker/src/lib.rs"
    before, module = library.read_text(), project / "my_worker/pkg/my_worker_bg.wasm"
    bytes_before = module.read_bytes()
    library.write_text(before + MISSING)
    printed = build_sh(project, "build", status=1)
    assert "undefined symbol: first_of_c" in printed and "undefined symbol: second_of_c" in printed
    assert hint("rust-lld: error: it.o: undefined symbol: x") in printed
    # Where the linker is told that its host has them, or is an older one, the module asks for them.
    library.write_text(before + MISSING.replace("unsafe", '#[link(wasm_import_module = "env")]\nunsafe', 1))
    printed = build_sh(project, "build", status=1)
    assert 'it imports from "env", which nothing has here: first_of_c, second_of_c.' in printed
    assert module.read_bytes() == bytes_before


MISSING = """
unsafe extern "C" {
    safe fn first_of_c() -> u32;
    safe fn second_of_c() -> u32;
}

/// Calls what is not there.
#[wasm_bindgen]
pub fn missing() -> u32 {
    first_of_c() + second_of_c()
}
"""

# What nothing on this machine says: the words of Cloudflare, and of wrangler, which has heard them.
TOLD = {
    "Error 1102: Worker exceeded resource limits": "or exceededMemory",
    '"outcome":"exceededCpu"': "cpu_ms",
    "✘ [ERROR] Worker exceeded memory limit.": "128 MB",
    '"outcome":"exceededMemory"': "128 MB",
    "Script startup exceeded CPU time limit. [code: 10021]": "check startup",
    "Your Worker failed validation because it exceeded startup limits.": "check startup",
    "RangeError: Invalid array buffer length": "--max-memory",
    r'{\"message\":\"unreachable\"}': "--max-memory",
}


def test_names_has_the_hints_of_what_only_cloudflare_says(project: Path) -> None:
    for words, helps in TOLD.items():
        printed = run("bash", "-c", "./build.sh names <<<\"$1\"", "bash", words, cwd=project)
        assert printed.startswith(words)
        assert helps in printed and hint(words) in printed
    printed = run("bash", "-c", "./build.sh names <<<'it failed'", cwd=project, status=1)
    assert "neither wasm-function" in printed and "hint:" not in printed


def test_the_start_of_a_worker_is_profiled_here(project: Path) -> None:
    run("git", "checkout", "--quiet", ".", cwd=project)
    assert "Startup phase analysed" in build_sh(project, "wrangler", "check", "startup")
    assert (project / "worker/worker-startup.cpuprofile").exists()


def test_every_hint_is_asked_for() -> None:
    words = [*FAILING.values(), *NOT_BUILT, *TOLD, OTHER, 'failed to find tool "clang', "rust-lld: error: undefined symbol"]
    assert {hint(each) for each in words} == {f"hint: {text}" for text in HINTS.values()}
