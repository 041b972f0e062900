"""A project in a strange house: what stands in the folders above it, in a home or in the environment changes nothing."""

import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import copier
import pytest
from conftest import CANDIDATE, Projects
from helpers import COPIER, build_sh, commit, eventually, files, kept_folders, render, run, serve, share_builds
from test_update import move_in

from maintenance.release import released_versions

VARIANTS = pytest.mark.xdist_group("variants")
MODULE = "my_worker/pkg/my_worker_bg.wasm"


@pytest.fixture
def house(projects: Projects) -> Path:
    """A folder in which a project stands as `project`, built and tested."""
    return projects.quick_copy().parent


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def module(project: Path) -> bytes:
    return (project / MODULE).read_bytes()


# --- Another program's code ---

OTHER = "export default { fetch: () => new Response('of another program') };\n"
OTHERS = {
    "wrangler.json": '{ "name": "other", "main": "other.js", "compatibility_date": "2025-01-01" }',
    "wrangler.jsonc": '{ "name": "other", /* */ "main": "other.js", "compatibility_date": "2025-01-01" }',
    "wrangler.toml": 'name = "other"\nmain = "other.js"\ncompatibility_date = "2025-01-01"\n',
}


@VARIANTS
@pytest.mark.parametrize("name", OTHERS)
def test_the_configuration_of_another_worker_above_is_not_read(house: Path, name: str) -> None:
    project = house / "project"
    for folder in (house, project):
        write(folder, **{name: OTHERS[name], "other.js": OTHER})
    # Where a plugin of vite leaves one.
    write(project, **{"worker/.wrangler/deploy/config.json": f'{{ "configPath": "../../../{name}" }}'})
    (project / "worker/dist").mkdir(exist_ok=True)
    (project / "worker/dist/old.js").write_text("")
    build_sh(project, "bundles")
    build_sh(project, "wrangler", "deploy", "--dry-run", "--outdir=uploaded", "--message=like bash -c")
    assert not (project / "worker/dist/old.js").exists()
    for bundle in ("worker/dist", "worker/uploaded"):
        assert "of another program" not in (project / bundle / "index.js").read_text()
        assert [path.suffix for path in (project / bundle).glob("*.wasm")] == [".wasm"]
    # Whoever names another one means it.
    build_sh(project, "wrangler", "deploy", "--dry-run", "--config", f"../{name}", f"--outdir={house}/own")
    assert "of another program" in (house / "own/other.js").read_text()
    with serve(project) as url:
        assert '"crate":"' in run("curl", "--silent", f"{url}healthz", cwd=house)


@VARIANTS
def test_a_configuration_that_its_owner_put_in_the_place_of_the_templates_is_read(house: Path) -> None:
    project = house / "project"
    write(house, **{"wrangler.jsonc": OTHERS["wrangler.jsonc"], "other.js": OTHER})
    own: dict = {"name": "own", "main": "src/index.ts", "compatibility_date": "2026-01-01", "vars": {"OWN": "of its owner"}}
    own |= {"build": {"command": "bash ../build.sh build"}}
    own |= {"assets": {"directory": "./public"}}
    (project / "worker/wrangler.toml").rename(project / "worker/before.toml")
    for indent in (None, 2):
        write(project, **{"worker/wrangler.jsonc": json.dumps(own, indent=indent)})
        assert "of its owner" in build_sh(project, "wrangler", "deploy", "--dry-run")
        assert json.loads((project / "worker/platform/build.json").read_text())["compatibilityDate"] == "2026-01-01"
    assert "TypeScript: types, lints, the bundles, tests in workerd" in build_sh(project, "test")
    with serve(project) as url:
        assert "<title>" in run("curl", "--silent", f"{url}playground", cwd=house)
        assert "No such file" not in (project / "dev.log").read_text()


@VARIANTS
def test_a_package_of_a_folder_above_is_in_no_bundle(house: Path) -> None:
    project = house / "project"
    write(house, **{"node_modules/above/index.js": "console.log('above');\n", "node_modules/above/package.json": "{}"})
    index = project / "worker/src/index.ts"
    index.write_text(f'{index.read_text()}// @ts-ignore\nimport "above";\n')
    message = "the bundle has ../node_modules/above/index.js in it, of a folder above this project: npm install"
    assert message in build_sh(project, "bundles", status=1)
    # What it says itself that it is made of is no file.
    mapped = {"version": 3, "sources": ["webpack://above/./src/i.ts"], "names": [], "mappings": "AAAA"}
    above = house / "node_modules/above"
    write(above, **{"index.js": "console.log('above');\n//# sourceMappingURL=i.map\n", "i.map": json.dumps(mapped)})
    # Where a package would have others of its name.
    write(house, **{"node_modules/@file": ""})
    assert message in build_sh(project, "bundles", status=1)
    # One that is installed may say that it is made of what is far above.
    mapped["sources"] = ["../" * 9 + "node_modules/strange/i.js"]
    shutil.move(above, project / "worker/node_modules/above")
    write(project / "worker/node_modules/above", **{"i.map": json.dumps(mapped)})
    build_sh(project, "bundles")


@VARIANTS
def test_a_package_of_a_workspace_above_is_in_a_bundle_only_where_it_is_asked_for(house: Path) -> None:
    project = house / "project"
    write(house, **{"packages/linked/index.js": "console.log('of the workspace');\n", "packages/linked/package.json": "{}"})
    (house / "node_modules/@scope").mkdir(parents=True)
    (house / "node_modules/@scope/linked").symlink_to("../../packages/linked")
    index = project / "worker/src/index.ts"
    first = index.read_text()
    index.write_text(f'{first}// @ts-ignore\nimport "@scope/linked";\n')
    message = "the bundle has ../packages/linked/index.js in it, of a folder above this project: npm install"
    assert message in build_sh(project, "bundles", status=1)
    # As npm lays what package.json names by its path. It has a package of its own, too.
    write(house / "packages/linked/node_modules/deep", **{"index.js": "console.log('deep');\n", "package.json": "{}"})
    write(house, **{"packages/linked/index.js": "import 'deep';\nconsole.log('of the workspace');\n"})
    (project / "worker/node_modules/own").symlink_to(house / "packages/linked")
    index.write_text(f'{first}// @ts-ignore\nimport "own";\n')
    build_sh(project, "bundles")
    assert "of the workspace" in (project / "worker/dist/index.js").read_text()


@VARIANTS
def test_the_name_of_a_bundle_is_that_of_all_that_its_owner_may_put_into_it(house: Path) -> None:
    project = house / "project"
    write(house, **{"linked.ts": "export const one = 1;\n"})
    write(project, **{"worker/lib/deep/own.ts": "export const one = 1;\n"})
    (project / "worker/src/linked.ts").symlink_to(house / "linked.ts")

    def name() -> str:
        build_sh(project, "build")
        return json.loads((project / "worker/platform/build.json").read_text())["bundle"]

    names = [name(), name()]
    bundled = [project / "worker" / path for path in ("lib/deep/own.ts", "platform/http.ts", "wrangler.toml")]
    for changed in (house / "linked.ts", *bundled):
        changed.write_text(changed.read_text() + "\n")
        names.append(name())
    assert len(set(names)) == len(names) - 1
    for path in ("test/contract.test.ts", "bench/job.ts", "platform/test/worker.ts", "platform/bench/run.ts"):
        write(project, **{f"worker/{path}": (project / "worker" / path).read_text() + "\n"})
    assert name() == names[-1]


SHARED = {
    "a variable": {"CARGO_TARGET_DIR": "{house}/shared"},
    "a relative one": {"CARGO_TARGET_DIR": "../shared"},
    "that of a setting": {"CARGO_BUILD_TARGET_DIR": "{house}/shared"},
    "that of what is not final": {"CARGO_BUILD_BUILD_DIR": "{house}/shared"},
    "a configuration": {},
}


@VARIANTS
def test_two_projects_that_share_a_target_folder_have_each_its_own_module(house: Path) -> None:
    one, other = house / "project", house / "other"
    run("git", "clone", "--quiet", one, other, cwd=house)
    share_builds(one, other)
    text = other / "my_worker/src/text.rs"
    text.write_text(count_more(text.read_text()))
    for project in (one, other):
        build_sh(project, "build")
    modules = [module(one), module(other)]
    assert modules[0] != modules[1]
    for way, variables in SHARED.items():
        if not variables:
            write(house, **{".cargo/config.toml": 'build.target-dir = "../shared"\n'})
        for project in (one, other):
            shutil.rmtree(project / "my_worker/pkg")
            build_sh(project, "build", **{name: value.format(house=house) for name, value in variables.items()})
        assert modules == [module(one), module(other)], way
        assert not (house / "shared").exists(), way


@VARIANTS
def test_the_module_with_faults_is_never_taken_for_that_without(house: Path) -> None:
    project = house / "project"
    for command in ("build", "bundles"):
        build_sh(project, command)
    before = module(project)
    budget = project / "my_worker/size-budget.txt"
    budget.write_text(f"# As it was.\n{budget.read_text()}")
    assert "Building my_worker/pkg" in build_sh(project, "build")
    assert module(project) == before
    assert b"fault_panic" not in before
    assert b"fault_panic" in (project / "my_worker/pkg-faults/my_worker_bg.wasm").read_bytes()


# --- What Cargo knows of ---

BUILD_RS = """fn main() {
    println!("cargo::rerun-if-changed=../data");
    println!("cargo::rerun-if-env-changed=WATCHED");
    let said = std::env::var("WATCHED").unwrap_or_default() + &std::fs::read_to_string("../data/watched").unwrap();
    let said = said + if std::path::Path::new("../data/more").exists() { " and more" } else { "" };
    println!("cargo::rustc-env=SAID={}", said.trim());
}
"""
ASKING = """
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn asked() -> String {
    [env!("SAID"), option_env!("ASKED").unwrap_or(""), include_str!("it's \\"here\\" é.txt")].concat()
}
"""


@VARIANTS
def test_what_cargo_builds_anew_is_built_anew(house: Path) -> None:
    project = house / "project"
    included = project / "my_worker/src/it's \"here\" é.txt"
    write(project, **{"data/watched": "watched 1", "data/more": "", "my_worker/build.rs": BUILD_RS})
    included.write_text("included 1")
    lib = project / "my_worker/src/lib.rs"
    lib.write_text(lib.read_text() + ASKING)
    environment: dict[str, str] = {}

    def built() -> bytes:
        build_sh(project, "build", **environment)
        assert "Building my_worker/pkg" not in build_sh(project, "build", **environment)
        return module(project)

    def replace_within_a_folder() -> None:
        (project / "data/watched").write_text("watched 3")
        for path in (project / "data/watched", project / "data"):
            os.utime(path, (1_000_000_000, 1_000_000_000))

    def take_from_a_folder() -> None:
        (project / "data/more").unlink()
        os.utime(project / "data", (1_000_000_000, 1_000_000_000))

    changes: dict[str, Callable[[], object]] = {
        "a file with quotes in its name": lambda: included.write_text("included 2"),
        "a variable of option_env": lambda: environment.update(ASKED="asked 2"),
        "a variable that a build script reads": lambda: environment.update(WATCHED="variable 2"),
        "a file that a build script reads": lambda: (project / "data/watched").write_text("watched 2"),
        "an older one in its place": replace_within_a_folder,
        "one that is gone": take_from_a_folder,
    }
    for text in (b"included 1", b"watched 1"):
        assert text in built()
    for name, change in changes.items():
        before = built()
        change()
        assert built() != before, name
    for text in (b"included 2", b"asked 2", b"variable 2", b"watched 3"):
        assert text in module(project)


@VARIANTS
def test_a_file_in_the_place_of_a_newer_one_is_built(house: Path) -> None:
    project = house / "project"
    text = project / "my_worker/src/text.rs"
    build_sh(project, "test")
    before, old = module(project), text.stat().st_mtime - 1000
    first = text.read_text()
    other = count_more(first)
    for content in (other, first, other):
        text.write_text(content)
        os.utime(text, (old, old))
        build_sh(project, "build")
        assert (module(project) == before) == (content == first)
        assert text.stat().st_mtime > old
    # Else clippy and the tests would still know the first one only.
    assert "test result: FAILED" in build_sh(project, "test", status=101)


def count_more(rust: str) -> str:
    """The source of another module."""
    return rust.replace("chars::count(&processed_text)", "7 + chars::count(&processed_text)")


@VARIANTS
def test_a_file_of_the_tests_in_the_place_of_a_newer_one_is_tested(house: Path) -> None:
    project = house / "project"
    mine = project / "my_worker/tests/mine.rs"
    write(project, **{"my_worker/tests/mine.rs": "#[test]\nfn mine() {}\n"})
    assert "is built and tested" in build_sh(project)
    mine.write_text("#[test]\nfn mine() {\n    panic!();\n}\n")
    os.utime(mine, (1_000_000_000, 1_000_000_000))
    assert "test result: FAILED" in build_sh(project, "test", status=101)


# After the compiler has read what is included, it changes, and looks old.
MEANWHILE = """#!/usr/bin/env bash
"$@" || exit
case "$*" in *"--crate-name my_worker"*) ;; *) exit ;; esac
if grep -q first included.txt; then echo second >included.txt && touch -d 2001-01-01 included.txt; fi
"""


@VARIANTS
def test_what_changes_while_it_is_compiled_is_built_next_time(house: Path) -> None:
    project = house / "project"
    write(house, meanwhile=MEANWHILE)
    (house / "meanwhile").chmod(0o755)
    text = project / "my_worker/src/text.rs"
    text.write_text(text.read_text() + '\n#[wasm_bindgen::prelude::wasm_bindgen]\npub fn said() -> String {\n    ')
    with text.open("a") as more:
        more.write('include_str!("../included.txt").to_owned()\n}\n')
    included = project / "my_worker/included.txt"
    included.write_text("first")
    for said in (b"first", b"second"):
        build_sh(project, "build", RUSTC_WRAPPER=str(house / "meanwhile"))
        assert said in module(project)
    assert included.read_text() == "second\n"


# So does wasm-pack what it is asked for.
PACKING = """#!/usr/bin/env bash
"{real}" "$@" || exit
[ "$1" != --version ] || exit 0
sed -i.before 's/"-O0",/"-O4",/' Cargo.toml
"""


@VARIANTS
def test_what_changes_while_it_is_optimised_is_built_next_time(house: Path) -> None:
    project = house / "project"
    # Another folder of tools, with the same ones.
    tools = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "wasm-worker"
    mine = house / "cache/wasm-worker"
    mine.mkdir(parents=True)
    for tool in tools.iterdir():
        (mine / tool.name).symlink_to(tool)
    version = re.search(r"WASM_PACK=(.*)", (project / "scripts/tools.sh").read_text())[1]
    (mine / f"wasm-pack-{version}").unlink()
    write(mine / f"wasm-pack-{version}/bin", **{"wasm-pack": PACKING.format(real=tools / f"wasm-pack-{version}/bin/wasm-pack")})
    (mine / f"wasm-pack-{version}/bin/wasm-pack").chmod(0o755)
    text = project / "my_worker/src/text.rs"
    text.write_text(count_more(text.read_text()))
    for _ in range(2):
        assert "Building my_worker/pkg" in build_sh(project, "build", XDG_CACHE_HOME=str(house / "cache"))
        assert '"-O4",' in (project / "my_worker/Cargo.toml").read_text()
    assert "Building my_worker/pkg" not in build_sh(project, "build", XDG_CACHE_HOME=str(house / "cache"))


@VARIANTS
def test_what_a_link_leads_to_is_built(house: Path) -> None:
    project = house / "project"
    text = project / "my_worker/src/text.rs"
    write(house, **{"one.rs": text.read_text(), "other.rs": count_more(text.read_text())})
    build_sh(project, "build")
    modules = {}
    for name in ("one.rs", "other.rs"):
        os.utime(house / name, (1_000_000_000, 1_000_000_000))
        text.unlink()
        text.symlink_to(house / name)
        build_sh(project, "build")
        modules[name] = module(project)
    assert modules["one.rs"] != modules["other.rs"]
    (house / "other.rs").write_text((house / "one.rs").read_text())
    assert "Compiling serde" not in build_sh(project, "build")
    assert module(project) == modules["one.rs"]


# What it writes is never the same.
WRITING = """fn main() {
    println!("cargo::rerun-if-changed=nowhere");
    let now = format!("{:?}", std::time::SystemTime::now());
    std::fs::write(std::env::var("OUT_DIR").unwrap() + "/now.txt", now).unwrap();
}
"""


@VARIANTS
def test_what_a_build_makes_and_what_goes_with_its_folder_is_no_reason_to_build_all_anew(house: Path) -> None:
    project = house / "project"
    write(project, **{"my_worker/build.rs": WRITING, "my_worker/tests/a/b/c.txt": "", "my_worker/tests/a/b/d.txt": ""})
    lib = project / "my_worker/src/lib.rs"
    lib.write_text(lib.read_text() + '\npub const NOW: &str = include_str!(concat!(env!("OUT_DIR"), "/now.txt"));\n')
    build_sh(project, "build")
    (sums,) = (project / "my_worker/target/pkg").rglob("release/my_worker.sums")
    assert "my_worker/tests/a/b/c.txt" in sums.read_text() and "/now.txt" not in sums.read_text()
    shutil.rmtree(project / "my_worker/tests")
    assert "Compiling serde" not in build_sh(project, "build")


@VARIANTS
@pytest.mark.parametrize("builds", [0, 1])
def test_what_was_built_by_a_clock_that_was_ahead_is_built_anew(house: Path, builds: int) -> None:
    project = house / "project"
    # As somebody has it whose disk is too small.
    # Copied, for the dates of a file are those of each link to it: other projects would be built by that clock, too.
    shutil.copytree(project / "my_worker/target", house / "target", symlinks=True)
    shutil.rmtree(project / "my_worker/target")
    (project / "my_worker/target").symlink_to(house / "target")
    build_sh(project, "build")
    before = module(project)
    for path in (house / "target").rglob("*"):
        os.utime(path, (path.lstat().st_atime, path.lstat().st_mtime + 10_000), follow_symlinks=False)
    for _ in range(builds):
        build_sh(project, "build")
    text = project / "my_worker/src/text.rs"
    text.write_text(count_more(text.read_text()))
    build_sh(project, "build")
    assert module(project) != before


@VARIANTS
def test_a_build_that_another_project_began_waits_for_nobody(house: Path) -> None:
    build_sh(house / "project", "bundles", LOCKED_BY="999999")


@VARIANTS
def test_dev_follows_what_the_crate_includes_and_a_build_in_another_terminal(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = house / "project"
    monkeypatch.setenv("CARGO_TERM_VERBOSE", "true")
    monkeypatch.setenv("CARGO_BUILD_DEP_INFO_BASEDIR", str(house))
    included = project / "data/it is here.txt"
    write(project, **{"data/it is here.txt": "1"})
    text = project / "my_worker/src/text.rs"
    more = 'include_str!("../../data/it is here.txt").len()'
    text.write_text(text.read_text().replace("chars::count(&processed_text)", f"{more} + chars::count(&processed_text)"))

    def count(url: str) -> int:
        request = Request(url, b'{"text":"hello","max_length":3}', {"content-type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)["character_count"]

    with serve(project) as url:
        assert count(url) == 4
        included.write_text("12")
        # From tomorrow, as a file of another machine may be: it is no reason to build each second.
        os.utime(included, (time.time() + 86400, time.time() + 86400))
        assert eventually(lambda: count(url) == 5, seconds=120)
        time.sleep(3)
        log = project / "dev.log"
        changed = "my_worker/pkg/changed changed, restarting build"
        assert log.read_text().count(changed) == 1
        build_sh(project, "build")
        assert eventually(lambda: log.read_text().count(changed) == 2 and log.read_text().endswith("and ready\n"), 120)
        assert count(url) == 5


# --- Folders above ---


MEMBERS = "[workspace]\nmembers = ['*/my_worker']\nresolver = '2'\n[profile.release]\nopt-level = 0\n"
MANIFEST = '{ "name": "above", "private": true, "workspaces": ["*/worker"], "type": "commonjs", "sideEffects": false }'
# In the folder above: each would have its say in what a project is, if it were asked.
ABOVE = {
    ".cargo/config.toml": "[env]\nSTRANGE = 'yes'\n[build]\ntarget-dir = 'shared'\njobs = 1\n",
    ".clippy.toml": "disallowed-types = ['std::string::String', 'std::vec::Vec']\n",
    ".editorconfig": "root = true\n[*]\nend_of_line = crlf\nindent_style = tab\n",
    ".env": "VITE_STRANGE=yes\nMAX_BODY_BYTES=1\n",
    ".dev.vars": "MAX_BODY_BYTES=1\n",
    ".npmrc": "package-lock=false\nomit[]=dev\nomit[]=optional\nignore-scripts=false\nlegacy-peer-deps=true\n",
    ".nvmrc": "0.10\n",
    ".postcssrc.json": '{ "plugins": { "nobody-has-it": {} } }',
    ".rustfmt.toml": "hard_tabs = true\nmax_width = 40\n",
    "babel.config.json": '{ "presets": ["nobody-has-it"] }',
    "Cargo.toml": MEMBERS,
    "clippy.toml": "too-many-arguments-threshold = 0\n",
    "node_modules/@types/strange/index.d.ts": "declare const crate: 7;\n",
    "node_modules/vitest/package.json": '{ "name": "vitest", "version": "0.0.1" }',
    "package.json": MANIFEST,
    "package-lock.json": '{ "lockfileVersion": 3, "packages": {} }',
    "pnpm-workspace.yaml": "packages: ['*/worker']\n",
    "postcss.config.js": "throw new Error('of the folder above');\n",
    "rust-toolchain.toml": "[toolchain]\nchannel = '1.56.0'\n",
    "rust-toolchain": "1.56.0\n",
    "rustfmt.toml": "max_width = 40\n",
    "tsconfig.json": "{ of the folder above",
    "vite.config.ts": "throw new Error('of the folder above');\n",
    "vitest.config.ts": "throw new Error('of the folder above');\n",
    "vitest.workspace.ts": "throw new Error('of the folder above');\n",
    "wrangler.json": OTHERS["wrangler.json"],
    "wrangler.jsonc": OTHERS["wrangler.jsonc"],
    "other.js": OTHER,
    "yarn.lock": "",
    ".yarnrc.yml": "nodeLinker: pnp\n",
}
# What build.sh puts aside, and says so where somebody may have meant it.
NAMED = {
    "CARGO_ALIAS_CLIPPY": "--version",
    "CARGO_BUILD_RUSTFLAGS": "-Copt-level=0",
    "CARGO_BUILD_TARGET": "wasm32-wasip1",
    "CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS": "true",
    "CARGO_RESOLVER_LOCKFILE_PATH": "/nowhere/Cargo.lock",
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER": "true",
    "CARGO_UNSTABLE_BUILD_STD": "std",
    "CLIPPY_CONF_DIR": "{house}",
    "ESBUILD_BINARY_PATH": "/nowhere/esbuild",
    "MINIFLARE_WORKERD_PATH": "/nowhere/workerd",
    "NODE_PATH": "/nowhere",
    "RUSTC_BOOTSTRAP": "1",
    "RUSTDOC": "/nowhere/rustdoc",
    "RUSTDOCFLAGS": "--strange",
    "RUSTFLAGS": "-Copt-level=0",
    "RUSTFMT": "/nowhere/rustfmt",
    "WRANGLER_BUILD_CONDITIONS": "strange",
    "WRANGLER_BUILD_PLATFORM": "node",
    "NPM_CONFIG_DRY_RUN": "true",
    "NPM_CONFIG_OS": "win32",
    "npm_config_ignore_scripts": "false",
    "npm_config_location": "global",
    "npm_config_package_lock_only": "true",
    "npm_config_workspace": "strange",
}
# What it overrides, or what has no say.
OVERRIDDEN = {
    "BASH_ENV": "/nowhere",
    "CARGO_BUILD_BUILD_DIR": "shared",
    "CARGO_TARGET_DIR": "shared",
    "CDPATH": "/:..",
    "CLOUDFLARE_ENV": "strange",
    "GREP_OPTIONS": "--invert-match",
    "LANG": "xx_XX.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "NODE_ENV": "production",
    "NODE_OPTIONS": "--conditions=strange --max-old-space-size=3000",
    "POSIXLY_CORRECT": "1",
    "RUSTUP_TOOLCHAIN": "1.56.0",
    "RUST_BACKTRACE": "full",
    "npm_config_global": "true",
    "npm_config_legacy_peer_deps": "true",
    "npm_config_lockfile_version": "1",
    "npm_config_omit": "dev optional peer",
    "npm_config_package_lock": "false",
    "npm_config_production": "true",
    "npm_config_workspaces": "true",
    "TZ": "Pacific/Apia",
}


def strange(house: Path) -> dict[str, str]:
    """Makes a house as strange as it can be, and returns the environment in it."""
    write(house, **ABOVE)
    home = house / "home"
    write(home, **{".rustfmt.toml": "hard_tabs = true\n", ".config/rustfmt/rustfmt.toml": "hard_tabs = true\n"})
    write(home, **{".npmrc": ABOVE[".npmrc"], ".bashrc": "exit 9\n"})
    # What its owner has installed is where it was.
    named = {name: value.format(house=house) for name, value in NAMED.items()}
    return named | OVERRIDDEN | kept_folders() | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}


def made(project: Path) -> dict[str, bytes]:
    """The module and the bundle; README.md, of wrangler, has the time."""
    bundle = files(project / "worker/dist")
    return {name: content for name, content in bundle.items() if name != "README.md"} | {MODULE: module(project)}


@VARIANTS
def test_no_surroundings_change_a_byte_of_the_module_or_of_the_bundle(projects: Projects, tmp_path: Path) -> None:
    # In another place, where nothing is built yet.
    house = tmp_path / "house"
    project = house / "project"
    run("git", "clone", "--quiet", projects.quick, project, cwd=tmp_path)
    share_builds(projects.quick, project)
    environment = strange(house)
    before = {path: path.read_bytes() for path in sorted(house.glob("*")) if path.is_file()}
    printed = build_sh(project, **environment)
    assert "my_worker is built and tested" in printed
    assert [name for name in NAMED if f"{name} is set, but not used" not in printed] == []
    assert "the crate is compiled with a variable of yours: env.STRANGE" in printed
    assert made(project) == made(projects.quick)
    assert {path: path.read_bytes() for path in sorted(house.glob("*")) if path.is_file()} == before
    assert not (house / "shared").exists()
    assert not (house / "node_modules/.vitest-cache").exists()
    assert run("git", "status", "--porcelain", cwd=project) == ""


PANICKING = """
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn inserted(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut kept = smallvec::SmallVec::<[u8; 8]>::from_slice(bytes);
    kept.insert_from_slice(at, bytes);
    kept.push(near::made(bytes, at));
    far::within(near::within(kept.to_vec(), at), at)
}
"""
MAKING = r"""
fn main() {
    let code = "pub fn made(bytes: &[u8], at: usize) -> u8 {\n    bytes[at]\n}\n";
    std::fs::write(std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap()).join("made.rs"), code).unwrap();
}
"""
NEAR = "pub fn within(bytes: Vec<u8>, at: usize) -> Vec<u8> {\n    assert!(at < 1000, \"{at}\");\n    bytes\n}\n"


@VARIANTS
def test_no_folder_of_the_machine_stands_in_a_module(house: Path) -> None:
    project, link = house / "project", house / "link"
    link.symlink_to(project)
    write(project, **{"near/src/lib.rs": f"{NEAR}include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n", "near/build.rs": MAKING})
    write(house, **{"far/src/lib.rs": NEAR})
    write(house, **{"far/Cargo.toml": '[package]\nname = "far"\nversion = "1.0.0"\nedition = "2021"\n[workspace]\n'})
    write(project, **{"near/Cargo.toml": '[package]\nname = "near"\nversion = "1.0.0"\nedition = "2021"\n[workspace]\n'})
    manifest, lib = project / "my_worker/Cargo.toml", project / "my_worker/src/lib.rs"
    added = '[dependencies]\nsmallvec = "=1.13.2"\nnear = { path = "../near" }\nfar = { path = "../../far" }'
    manifest.write_text(manifest.read_text().replace("[dependencies]", added))
    lib.write_text(lib.read_text() + PANICKING)
    # As of a shell that went there by the link.
    build_sh(link, "build", PWD=str(link))
    here = module(project)
    for place in (b"crates/smallvec-1.13.2/src/lib.rs", b"./near/src/lib.rs", b"crates/far-1.0.0/src/lib.rs", b"/out/made.rs"):
        assert place in here
    assert [path for path in (Path.home(), house) if str(path).encode() in here] == []
    # The same in a Cargo home elsewhere.
    given = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    shutil.copytree(given / "registry", house / "cargo/registry", symlinks=True, copy_function=os.link)
    for settings in given.glob("config.toml"):
        shutil.copy2(settings, house / "cargo")
    (project / "my_worker/pkg/stamp").unlink()
    environment = {"RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))}
    assert "Compiling smallvec" in build_sh(project, "build", CARGO_HOME=str(house / "cargo"), **environment)
    assert module(project) == here


@VARIANTS
def test_packages_and_their_lock_stay_in_the_project(house: Path) -> None:
    project = house / "project"
    environment = strange(house)
    shutil.rmtree(house / "node_modules")
    shutil.rmtree(project / "worker/node_modules")
    locked = (project / "worker/package-lock.json").read_text()
    build_sh(project, "setup", **environment)
    assert "npm packages   locked         locked         ok" in build_sh(project, "check", **environment)
    manifest = project / "worker/package.json"
    manifest.write_text(manifest.read_text().replace('"devDependencies": {', '"devDependencies": {"ms": "2.1.3",'))
    build_sh(project, "setup", **environment)
    assert '"node_modules/ms"' in (project / "worker/package-lock.json").read_text() != locked
    (project / "worker/package-lock.json").unlink()
    build_sh(project, "setup", **environment)
    assert '"node_modules/ms"' in (project / "worker/package-lock.json").read_text()
    manifest.write_text(manifest.read_text().replace('"devDependencies"', '"overrides": { "ws": "8.18.0" },\n  "devDependencies"'))
    assert "npm packages   outdated       locked         ./build.sh setup" in build_sh(project, "check", status=1)
    build_sh(project, "setup", **environment)
    assert '"version": "8.18.0"' in (project / "worker/package-lock.json").read_text()
    with_overrides = manifest.read_text()
    manifest.write_text(with_overrides.replace('"overrides": { "ws": "8.18.0" },', ""))
    assert "npm packages   outdated       locked         ./build.sh setup" in build_sh(project, "check", status=1)
    shutil.rmtree(project / "worker/node_modules")
    build_sh(project, "setup", **environment)
    assert '"version": "8.18.0"' not in (project / "worker/package-lock.json").read_text()
    manifest.write_text(with_overrides)
    build_sh(project, "setup", **environment)
    manifest.write_text(f"\ufeff{with_overrides}")
    assert "npm packages   locked         locked         ok" in build_sh(project, "check")
    (project / "worker/node_modules/.bin/wasm-opt").unlink()
    assert "npm packages   stale          locked         ./build.sh setup" in build_sh(project, "build", status=1)
    assert not (house / "node_modules").exists()
    assert (house / "package-lock.json").read_text() == ABOVE["package-lock.json"]


# --- Pins, however they are spelled ---


@pytest.fixture(scope="module")
def rendered(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is not set up."""
    return render(template, tmp_path_factory.mktemp("pins") / "project", {"pins": "current"}, CANDIDATE)


@pytest.fixture
def pinned(rendered: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(rendered, tmp_path / "project")


READ = 'CRATE=my_worker; source scripts/tools.sh; stop() { echo "$2"; exit "$1"; }; read_pins; '


def respell(file: Path, expression: str, spelling: str) -> str:
    """Writes a pin in another way, which has its version as {}; returns the version."""
    text = file.read_text()
    found = re.search(expression, text, flags=re.MULTILINE)
    file.write_text(text[: found.start()] + spelling.replace("{}", found[1]) + text[found.end() :])
    return found[1]


SPELLINGS = {
    "RUST": (
        "rust-toolchain.toml",
        r'^channel = "(.*)"$',
        ["channel='{}'", 'channel = "{}" # not "1.0.0"', '\t"channel"   =   "{}"', "# channel = '1'\nchannel = \"{}\"\r"],
    ),
    "WASM_BINDGEN": (
        "my_worker/Cargo.toml",
        r'^wasm-bindgen = "=(.*)"$',
        [
            'wasm-bindgen = { version = "={}", features = ["std"] }',
            "wasm-bindgen={features=['std'],version='={}'}",
            'wasm-bindgen = "= {}" # was "=0.2.1"',
            'wasm-bindgen = { version = "={}" } # not "0.2.1"',
            '"wasm-bindgen"="={}"',
            'wasm-bindgen.version = "={}"',
            '[dependencies.wasm-bindgen]\nversion = "={}"\n[dependencies]',
            '[dependencies."wasm-bindgen"]\nfeatures = ["std"]\nversion="={}"\n[dependencies]',
            '# wasm-bindgen = "=0.1.0"\n  wasm-bindgen   =  "={}"   ',
            'wasm-bindgen = "{}"',
            'wasm-bindgen = "0.2"',
        ],
    ),
    "NODE_FLOOR": (
        "worker/package.json",
        r'^  "engines": {\n    "node": ">=(.*)"\n  },$',
        [
            '  "engines": { "node": ">={}" },',
            '"engines":{"node":">= {}","npm":">=10"},',
            '\t"engines": {\n\t\t"node": ">={}"\n\t},\r',
        ],
    ),
}


@pytest.mark.parametrize(
    ("pin", "spelling"), [(pin, spelling) for pin, (_, _, spellings) in SPELLINGS.items() for spelling in spellings]
)
def test_a_pin_is_read_however_it_is_spelled(pinned: Path, pin: str, spelling: str) -> None:
    name, expression, _ = SPELLINGS[pin]
    version = respell(pinned / name, expression, spelling)
    assert run("bash", "-euc", f'{READ} echo "${pin}"', cwd=pinned) == f"{version}\n"


@pytest.mark.parametrize("pin", ["{minor}", "stable", "{version}"])
def test_a_toolchain_is_the_one_that_is_wanted_by_whatever_name(pinned: Path, tmp_path: Path, pin: str) -> None:
    file = pinned / "rust-toolchain.toml"
    version = re.search(r'^channel = "(.*)"$', file.read_text(), re.MULTILINE)[1]
    pin = pin.format(version=version, minor=version.rpartition(".")[0])
    file.write_text(file.read_text().replace(version, pin))
    # A rustup and a rustc as they stand in a home of somebody who has the toolchain by that name.
    for name, said in {"rustup": f"{tmp_path}/bin/rustc", "rustc": f"rustc {version} (abc 2026-01-01)"}.items():
        write(tmp_path, **{f"bin/{name}": f"#!/bin/sh\necho '{said}'\n"})
        (tmp_path / "bin" / name).chmod(0o755)
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    printed = build_sh(pinned, "check", status=1, PATH=path, HOME=str(tmp_path), XDG_CACHE_HOME="relative")
    assert f"  Rust           {pin:<14} {pin:<14} ok\n" in printed
    assert not (pinned / "relative").exists()


UNREADABLE = {
    "rust-toolchain.toml": ("channel = ", 'channel = "X.Y.Z"', "channel = 7"),
    "worker/package.json": ('"node": ', '"node": ">=X.Y.Z"', '"node": "^22"'),
    "my_worker/Cargo.toml": ("wasm-bindgen = ", 'wasm-bindgen = "=X.Y.Z"', "wasm-bindgen = 7"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("gone", [False, True])
def test_a_pin_that_cannot_be_read_is_named_with_its_line(pinned: Path, name: str, gone: bool) -> None:
    begins, expected, written = UNREADABLE[name]
    file = pinned / name
    lines = [line for line in file.read_text().splitlines() if not (gone and begins in line)]
    found = "none" if gone else f"in line {[begins in line for line in lines].index(True) + 1}: {written}"
    file.write_text("\n".join(written if begins in line else line for line in lines) + "\n")
    (pinned / "my_worker/Cargo.lock").unlink()
    for command in ("check", "setup", "build"):
        printed = build_sh(pinned, command, status=1)
        assert f"cannot read in {name} which version of " in printed
        assert f"Expected a line such as {expected}, found " in printed
        assert printed.rstrip().endswith(f"found {found}")


@pytest.mark.parametrize("name", ["wrangler", "binaryen"])
def test_what_npm_locks_is_what_check_wants(pinned: Path, name: str) -> None:
    packages = json.loads((pinned / "worker/package-lock.json").read_text())["packages"]
    version = packages[f"node_modules/{name}"]["version"]
    for manifest in ['{ "devDependencies": { "%s": "^%s" } }', '{\r\n\t"devDependencies":{"%s":"~%s"}\r\n}']:
        (pinned / "worker/package.json").write_text(manifest % (name, version))
        asked = run("bash", "-euc", f"CRATE=my_worker; source scripts/tools.sh; pinned {name}", cwd=pinned)
        assert asked == f"{version}\n"


# --- git ---


def test_line_endings_are_the_projects_own(pinned: Path, tmp_path: Path) -> None:
    commit(pinned, "Start")
    settings = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    run("git", *settings, "clone", "--quiet", pinned, tmp_path / "clone", cwd=tmp_path)
    assert [name for name, content in files(tmp_path / "clone").items() if b"\r\n" in content] == []


@pytest.mark.parametrize("release", [max, min])
def test_an_update_where_git_writes_other_line_endings_has_no_conflict(
    template: Path, tmp_path: Path, release: Callable
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = N\nemail = n@example.com\n[core]\nautocrlf = true\n")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": str(settings)}
    first = release(released_versions(), key=lambda version: tuple(map(int, version.split("."))))
    origin, project = tmp_path / "origin", tmp_path / "project"
    run(COPIER, "copy", "--quiet", "--defaults", f"--vcs-ref=v{first}", template, origin, cwd=tmp_path, env=environment)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=Start"]):
        run("git", *command, cwd=origin, env=environment)
    run("git", "clone", "--quiet", origin, project, cwd=tmp_path, env=environment)
    text = project / "build.sh"
    text.write_bytes(text.read_bytes() + b"# Mine.\n")
    run("git", "commit", "--quiet", "--all", "--message=Mine", cwd=project, env=environment)
    run(COPIER, "update", "--quiet", "--defaults", f"--vcs-ref={CANDIDATE}", cwd=project, env=environment)
    move_in(project)
    assert text.read_bytes().endswith(b"# Mine.\n")
    run("git", "add", "--all", cwd=project, env=environment)
    run("git", "commit", "--quiet", "--message=Update", cwd=project, env=environment)
    run("git", "clone", "--quiet", project, tmp_path / "after", cwd=tmp_path, env=environment)
    assert [name for name, content in files(tmp_path / "after").items() if b"\r\n" in content] == []


# What no update brings or takes, though git ignores it where the template has files.
OWN = [
    *("scripts/deploy.pem", "my_worker/src/own.rs", "worker/.DS_Store", "worker/.dev.vars", "worker/bench/results/results.md"),
    *("worker/origin.pem", "worker/src/notes.md", "worker/src/own.local.ts", "worker/worker-configuration.d.ts"),
    *("worker/platform/build.json", "worker/platform/own.local.ts"),
]
# What an update needs, and leaves alone; and what .gitignore itself keeps.
KEPT = {
    "worker/.dev.vars.example",
    *(".copier-answers.yml", ".gitignore", "LICENSE", "README.md"),
    *("my_worker/Cargo.lock", "worker/package-lock.json"),
    *(".editorconfig", ".vscode/extensions.json", ".vscode/settings.json", "AGENTS.md"),
}


@pytest.mark.parametrize(
    "answers", [{}, {"example": "image", "error_reporting": "sentry"}, {"playground": False}], ids=["text", "image", "no page"]
)
def test_check_names_what_git_ignores_of_the_template(template: Path, tmp_path: Path, answers: dict) -> None:
    project = render(template, tmp_path / "project", answers, CANDIDATE)
    brought = set(files(project)) - KEPT
    commit(project, "Start")
    nothing = {"HOME": str(tmp_path), "XDG_CACHE_HOME": ""}
    assert "git ignores" not in build_sh(project, "check", status=1, **nothing)
    write(project, **dict.fromkeys(OWN, ""), **{".git/info/exclude": "*\n"})
    run("git", "rm", "--quiet", "-r", "--cached", ".", cwd=project)
    # Where all of it is ignored, nobody keeps it in git.
    assert "git ignores" not in build_sh(project, "check", status=1, **nothing)
    write(project, **{".git/info/exclude": "*.*\nLICENSE\n"})
    (named,) = re.findall(r"with git add --force: (.*)", build_sh(project, "check", status=1, **nothing))
    assert set(named.split()) == brought
    run("git", "add", "--force", *brought, cwd=project)
    assert "git ignores" not in build_sh(project, "check", status=1, **nothing)


def test_check_names_pages_that_are_not_deployed(pinned: Path) -> None:
    told = "no [assets] in the configuration of wrangler, so that these are not deployed: worker/public/about.html\n"
    assert "not deployed" not in build_sh(pinned, "check", status=1)
    write(pinned, **{"worker/public/about.html": "About"})
    assert told in build_sh(pinned, "check", status=1)
    settings = pinned / "worker/wrangler.toml"
    settings.write_text(f'{settings.read_text()}\n[assets]\ndirectory = "./public"\n')
    assert "not deployed" not in build_sh(pinned, "check", status=1)


IGNORED = "wrangler.toml\nvitest.*\n"


@pytest.mark.parametrize("forced", [False, True])
def test_an_update_keeps_of_what_git_ignores_only_what_it_has(template: Path, tmp_path: Path, forced: bool) -> None:
    project = render(template, tmp_path / "project", version=f"v{next(iter(released_versions()))}")
    settings, unchanged = project / "worker/wrangler.toml", project / "worker/.npmrc"
    write(project, **{"worker/.gitignore": f"{IGNORED}.npmrc"})
    settings.write_text(f"{settings.read_text()}# Mine.\n")
    commit(project, "Start")
    if forced:
        run("git", "add", "--force", "worker", cwd=project)
        commit(project, "Keep")
    copier.run_update(str(project), defaults=True, overwrite=True, quiet=True)
    assert unchanged.exists() == forced
    assert ("# Mine." in settings.read_text() if settings.exists() else False) == forced


# --- Where it stands ---


@pytest.mark.parametrize("character", ["%", "#", "?", ":", "*", '"', "\\", "{", "}", "\n"])
@pytest.mark.parametrize("linked", [False, True])
def test_a_path_that_the_tools_cannot_take_is_refused(rendered: Path, tmp_path: Path, character: str, linked: bool) -> None:
    project = real = tmp_path / f"a{character}b" / "project"
    shutil.copytree(rendered, project)
    if linked:
        project = tmp_path / "link"
        project.symlink_to(real)
    for command in ("check", "setup", "build", "test", "dev"):
        printed = build_sh(project, command, status=1)
        assert f'{real} has one of the characters % # ? : * " \\ {{ }} or a new line in it' in printed
    assert "Usage" in build_sh(project, "--help")


@VARIANTS
def test_without_its_locks_a_build_server_is_told_to_commit_them(projects: Projects, tmp_path: Path) -> None:
    missing = {
        "my_worker/Cargo.lock": ("build", "run ./build.sh setup, commit my_worker/Cargo.lock"),
        "worker/package-lock.json": ("setup", "there is no worker/package-lock.json: run ./build.sh setup, commit it"),
    }
    for lock, (command, message) in missing.items():
        project = tmp_path / command
        run("git", "clone", "--quiet", projects.quick, project, cwd=tmp_path)
        share_builds(projects.quick, project)
        (project / lock).unlink()
        assert message in build_sh(project, command, status=1, CI="true")
        assert not (project / lock).exists()
