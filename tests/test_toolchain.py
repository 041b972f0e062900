"""Generated projects, built with the real tools and run in the real workerd, as their owner would.

They run in three groups side by side, each with its own target directory of Cargo's: the article's pin set, the
current one, and the variants of the current one.
"""

import functools
import itertools
import json
import re
import shlex
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import CANDIDATE, EACH, Projects
from edits import add_endpoint
from helpers import ALL, NAMED_PIN_SETS, build_sh, choices, eventually, files, render, run, serve, share_crates, with_tools
from hostile import NASTIEST

VARIANTS = pytest.mark.xdist_group("variants")
CURRENT = pytest.mark.xdist_group("current")
# Every value of every question, and each profile with each pin set. A build takes long, and a casing changes nothing
# but names (tests/test_casing.py): so each stands beside answers that are built anyway, two in NASTIEST and `quick`.
COMBINATIONS = [
    *(
        pytest.param(pins, profile, casing, "text", reporting, marks=pytest.mark.xdist_group(pins))
        for pins, profile, casing, reporting in [
            ("article", "size", "kebab-case", "logs"),
            ("article", "balanced", "camelCase", "logs"),
            ("article", "speed", "SCREAMING_SNAKE_CASE", "sentry"),
            ("current", "size", "lowercase", "logs"),
            ("current", "balanced", "camelCase", "logs"),
            ("current", "speed", "SCREAMING-KEBAB-CASE", "sentry"),
        ]
    ),
    *(
        pytest.param(pins, profile, casing, "image", "logs", marks=pytest.mark.xdist_group(pins))
        for pins, profile, casing in [("article", "size", "PascalCase"), ("current", "balanced", "camelCase")]
    ),
]


# The most bytes of a fresh module: a project has room to grow, the template has not.
BYTES = {
    "text": {"size": 42_000, "balanced": 54_000, "speed": 55_000},
    "image": {"size": 66_000, "balanced": 78_000, "speed": 80_000},
}


# On a change: each profile, and of the other pin set each example, one of them without the crates that make text fast.
BUILT = [one for one in COMBINATIONS if ALL or one.values[0] == "current" or "text" not in one.values or "balanced" in one.values]


@pytest.mark.parametrize(("pins", "profile", "casing", "example", "reporting"), BUILT)
def test_a_project_builds_and_passes_its_own_tests(
    projects: Projects, pins: str, profile: str, casing: str, example: str, reporting: str
) -> None:
    project = projects.tested(pins, profile, casing, example, reporting)
    assert run("git", "status", "--porcelain", cwd=project) == ""
    build_sh(project, "build")  # Where it was served, there is the module of `dev`.
    assert (project / "my_worker/pkg/my_worker_bg.wasm").stat().st_size <= BYTES[example][profile]


@pytest.mark.parametrize("question", ["optimization_profile", "serde_casing", "example", "error_reporting"])
def test_each_choice_is_built(question: str) -> None:
    built = {value for combination in COMBINATIONS for value in combination.values}
    built |= {*NASTIEST.values(), *Projects.QUICK.values()}
    assert {*choices(question)} <= built


def test_each_profile_is_built_with_each_pin_set() -> None:
    assert {*itertools.product(NAMED_PIN_SETS, choices("optimization_profile"))} <= {
        combination.values[:2] for combination in COMBINATIONS
    }


def sections(module: bytes) -> list[tuple[str, bytes]]:
    """The sections of a WebAssembly module, in their order: the number of each, or a custom one's name, and its bytes."""
    found, at = [], 8

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = module[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    while at < len(module):
        kind, at = module[at], at + 1
        end = number() + at
        name = str(kind)
        if kind == 0:
            length = number()
            name, at = module[at : at + length].decode(), at + length
        found.append((name, module[at:end]))
        at = end
    return found


SECRET = "Zx81kQ0a9sPq3mVn7Yb2" + "Lr5Tc8Wd4Ef6Gh1JkMnP"


@functools.cache
def tried_hard(project: Path) -> tuple[str, list[Path]]:
    """Its tests with a thousand panics instead of a hundred, and a secret wherever a project has some: what they print,
    and the files that have the secret afterwards.
    """
    recovery, variables = project / "worker/platform/test/recovery.test.ts", project / "worker/.dev.vars"
    once = recovery.read_text()
    recovery.write_text(once.replace("ROUNDS = 100;", "ROUNDS = 1_000;"))
    variables.write_text(f"API_KEY={SECRET}\n")
    try:
        printed = build_sh(project, "test", CLOUDFLARE_API_TOKEN=SECRET, CLOUDFLARE_ACCOUNT_ID=SECRET)
    finally:
        recovery.write_text(once)
        variables.unlink()
    left = [path for path in project.rglob("*") if path.is_file() and not {".git", "node_modules"} & set(path.parts)]
    return printed, [path for path in left if SECRET.encode() in path.read_bytes()]


@EACH
def test_the_twin_of_the_module_differs_in_its_names_only(tested: Path) -> None:
    build_sh(tested, "test")  # Where it was served, there is the module of `dev`.
    for package in ["pkg", "pkg-faults"]:
        module = tested / "my_worker" / package / "my_worker_bg.wasm"
        (twin,) = module.parent.glob("my_worker-*.wasm")
        deployed, named = sections(module.read_bytes()), sections(twin.read_bytes())
        assert [section for section in named if section[0] not in ("name", "producers")] == deployed
        assert {"name", "build_id"} <= dict(named).keys()
        assert twin.stem == f"my_worker-{dict(named)['build_id'][1:].hex()}"
        assert b"my_worker" in dict(named)["name"]


@EACH
def test_the_health_of_a_worker_tells_its_versions_and_follows_them(tested: Path) -> None:
    settings = tested / "worker/wrangler.toml"
    old = settings.read_text()
    date = re.search(r'^compatibility_date = "(.*)"$', old, re.MULTILINE)[1]
    with serve(tested) as url:

        def health() -> dict:
            return json.load(urllib.request.urlopen(f"{url}healthz", timeout=10))

        versions = {"name": "my_worker", "crate": "0.1.0", "template": CANDIDATE}
        versions |= {"compatibilityDate": date, "bundle": "development"}
        assert health() == versions
        settings.write_text(old.replace(date, "2024-09-23"))
        try:
            assert eventually(lambda: health() == versions | {"compatibilityDate": "2024-09-23"})
        finally:
            settings.write_text(old)
    build_sh(tested, "build")


@EACH
def test_a_second_run_builds_nothing(tested: Path) -> None:
    build_sh(tested, "build")
    before = files(tested / "my_worker/pkg")
    printed = build_sh(tested, "build")
    assert "Building" not in printed
    assert "Compiling" not in printed
    assert files(tested / "my_worker/pkg") == before


def test_every_request_between_a_thousand_panics_is_answered(tested: Path) -> None:
    printed, _ = tried_hard(tested)
    assert "answers every good request between 1000 panics" in printed


@EACH
def test_dev_answers_over_http(tested: Path) -> None:
    with serve(tested) as url:
        body = json.dumps({"text": "hello", "maxLength": 3, "uppercase": True}).encode()
        request = urllib.request.Request(url, body, {"content-type": "application/json"})
        answer = json.load(urllib.request.urlopen(request, timeout=10))
    assert (answer["processedText"], answer["characterCount"]) == ("HEL", 3)


# A JPEG image that ends after its size, 2 x 1 pixels.
JPEG = bytes.fromhex("ffd8 ffc0 000b 08 0001 0002 01 011100")


@CURRENT
def test_the_commands_in_the_manual_of_the_image_example_work(projects: Projects, tmp_path: Path) -> None:
    project = projects.tested("current", example="image")
    (tmp_path / "photo.jpg").write_bytes(JPEG)
    commands = re.findall(r"^curl (.*)$", (project / "docs/platform.md").read_text(), re.M)
    with serve(project) as url:
        lines = [line.replace("http://localhost:8787/", url) for line in commands]
        answers = [json.loads(run("curl", "-sS", *shlex.split(line), cwd=tmp_path)) for line in lines]
    assert [(answer["format"], answer["width"], answer["height"]) for answer in answers] == [("jpeg", 2, 1)] * 3


@VARIANTS
def test_a_project_of_the_nastiest_answers_builds_and_passes(
    projects: Projects, template: Path, tmp_path: Path
) -> None:
    project = render(template, tmp_path / "project", NASTIEST, CANDIDATE)
    share_crates(projects.quick, project, NASTIEST["crate_name"])
    assert f"{NASTIEST['crate_name']} is built and tested" in build_sh(project)
    assert not list(tmp_path.rglob("pwned"))


def test_no_secret_reaches_a_bundle_or_a_log(tested: Path) -> None:
    printed, files = tried_hard(tested)
    assert SECRET not in printed
    assert files == []


def test_check_names_every_missing_tool_and_changes_nothing(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    before = files(project)
    home = tmp_path / "home"
    home.mkdir()

    empty = {"HOME": str(home), "XDG_CACHE_HOME": "", "RUSTUP_HOME": "", "CARGO_HOME": ""}
    printed = build_sh(project, "check", status=1, **empty)

    table = {line[2:16].strip(): line[17:].split() for line in printed.splitlines() if line.startswith("  ")}
    mend = ["./build.sh", "setup"]
    assert table["wasm32 target"] == ["missing", "installed", *mend]
    assert table["wasm-bindgen"][0] == "none"
    assert table["wasm-opt"] == ["none", table["wasm-opt"][1], *mend]
    assert table["wrangler"] == ["none", table["wrangler"][1], *mend]
    assert table["Rust"][0] == "none"
    assert files(project) == before
    assert not [path for path in home.rglob("*") if path.is_file() and ".rustup" not in path.parts]


def test_check_names_the_missing_prerequisites_all_at_once(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ["bash", "dirname", "sed", "cut", "tr", "sort", "head", "cat", "cksum", "grep", "env", "mkdir", "rm"]:
        (tools / tool).symlink_to(shutil.which(tool))
    printed = build_sh(project, "setup", status=1, PATH=str(tools), XDG_CACHE_HOME=str(tmp_path))
    missing = [line.split()[0] for line in printed.splitlines() if " is missing: " in line]
    assert missing == ["rustup", "cc", "node", "npm", "awk", "find", "gzip", "xargs"]


# How the Worker as it is deployed fails without a mistake in it: by a setting.
FAILS = """import { afterAll, expect, it } from "vitest";
import { startWorker } from "../platform/test/worker";

const posted: string[] = [];
const vars = { SENTRY_DSN: "https://0123abcd@o1.ingest.sentry.example/42", MAX_BODY_BYTES: "none" };
const worker = await startWorker("dist", vars, async (request) => {
  posted.push(`${request.method} ${request.url}`);
  return new Response();
});
afterAll(() => worker.stop());

it("tells Sentry", async () => {
  expect((await fetch(new URL("/healthz", worker.url))).status).toBe(500);
  await worker.logLine('"code":"internal"');
  await expect.poll(() => posted).toEqual(["POST https://o1.ingest.sentry.example/api/42/envelope/"]);
});
"""


@CURRENT
def test_a_failure_is_sent_to_sentry_where_that_is_the_answer_and_nowhere_else(projects: Projects) -> None:
    asked = projects.tested("current", "speed", "SCREAMING-KEBAB-CASE", reporting="sentry")
    test = asked / "worker/test/fails.test.ts"
    test.write_text(FAILS)
    try:
        assert "1 passed" in with_tools(asked, "vitest run fails")
    finally:
        test.unlink()
    assert "sentry" not in (projects.tested("current") / "worker/dist/index.js").read_text()


MISTAKES = {
    "a module over its budget": ("my_worker/size-budget.txt", "\\d+", "9", "over its budget"),
    "badly formatted Rust": ("my_worker/src/lib.rs", "\\Z", "fn  f() {}\n", "cargo fmt would change"),
    "a lint": ("my_worker/src/text.rs", "text.is_empty\\(\\)", "text.len() == 0", "clippy::len-zero"),
    "a failing Rust test": ("my_worker/src/text.rs", '"HEL"', '"HEX"', "keeps_the_first_characters"),
    "a wrong type": ("worker/src/index.ts", "crate.process_text", "7", "TS2322"),
    "a failing Worker test": ("worker/test/contract.test.ts", '"HEL"', '"HEX"', "1 failed"),
    # Edits of the template's files, whose own tests a project does not have.
    "a wrong type of the platform's": ("worker/platform/body.ts", "BODY_BYTES = 4", 'BODY_BYTES = "4"', "TS2362"),
    "no recovery": ("worker/platform/wasm.ts", "this.crate.schedule_recovery\\(\\);", "", "7 failed"),
}


@VARIANTS
@pytest.mark.parametrize("mistake", MISTAKES)
def test_deploy_refuses(projects: Projects, mistake: str) -> None:
    path, pattern, replacement, message = MISTAKES[mistake]
    project = projects.quick_copy()
    file = project / path
    file.write_text(re.sub(pattern, replacement, file.read_text(), count=1))
    printed = subprocess.run(
        ["./build.sh", "deploy"], cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert printed.returncode != 0
    assert message in printed.stdout + printed.stderr
    assert "CLOUDFLARE_API_TOKEN" not in printed.stdout + printed.stderr


# What may stand beside a module: files of the kinds that wrangler knows, of one that the project names, and static files.
BESIDE = {
    "worker/src/data/table.bin": "four",
    "worker/src/data/words.txt": "two words",
    "worker/src/data/page.html": "<!doctype html>",
    "worker/src/data/own.ttf": "letters",
    "worker/src/own.d.ts": 'declare module "*.ttf" {\n  const bytes: ArrayBuffer;\n  export default bytes;\n}\n',
    "worker/files/static.txt": "static",
    "worker/.dev.vars": "OF_THIS_MACHINE=secret\n",
    "worker/src/index.ts": """import * as crate from "../../my_worker/pkg/my_worker.js";
import module from "../../my_worker/pkg/my_worker_bg.wasm";
import { type Env, type Routes, instantiate, serve } from "../platform";
import font from "./data/own.ttf";
import page from "./data/page.html";
import table from "./data/table.bin";
import words from "./data/words.txt";

const wasm = instantiate(crate, module);

const routes: Routes<Env & { ASSETS: Fetcher }> = {
  "/": crate.process_text,
  "/beside": {
    async GET(request, { env }) {
      const file = await env.ASSETS.fetch(new URL("/static.txt", request.url));
      return Response.json([table.byteLength, words, page, font.byteLength, await file.text()]);
    },
  },
};

export default {
  fetch: (request, env, context) => serve(request, env, wasm, routes, context),
} satisfies ExportedHandler<Env & { ASSETS: Fetcher }>;
""",
    "worker/test/beside.test.ts": """import { expect, it } from "vitest";
import { startWorker } from "../platform/test/worker";

it("has all of it", async () => {
  const worker = await startWorker("dist");
  const answer = await fetch(new URL("/beside", worker.url));
  expect(await answer.json()).toEqual([4, "two words", "<!doctype html>", 7, "static"]);
  expect(Object.keys(worker.env)).not.toContain("OF_THIS_MACHINE");
  await worker.stop();
});
""",
}
BESIDE_SETTINGS = """
[assets]
directory = "./files"
binding = "ASSETS"

[[rules]]
type = "Data"
globs = ["**/*.ttf"]
fallthrough = true
"""


@EACH
def test_the_tests_of_a_project_have_what_stands_beside_its_module_and_no_secret_of_this_machine(tested: Path) -> None:
    settings = tested / "worker/wrangler.toml"
    settings.write_text(settings.read_text() + BESIDE_SETTINGS)
    for path, text in BESIDE.items():
        (tested / path).parent.mkdir(exist_ok=True)
        (tested / path).write_text(text)
    try:
        with_tools(tested, "tsc", "tsc --project test")
        assert "26 passed" in build_sh(tested, "test", "beside", "contract")
    finally:
        (tested / "worker/.dev.vars").unlink()
        run("git", "checkout", "--quiet", "worker", cwd=tested)
        run("git", "clean", "--quiet", "--force", "-d", "worker/src", "worker/test", "worker/files", cwd=tested)
        build_sh(tested, "bundles")


@CURRENT
def test_the_documented_second_endpoint_touches_only_the_users_files(projects: Projects) -> None:
    project = projects.start()
    add_endpoint(project)

    assert "34 passed" in build_sh(project, "test")

    changed = run("git", "status", "--porcelain", cwd=project).split()[1::2]
    assert changed == [
        "my_worker/src/lib.rs",
        "worker/src/contract.ts",
        "worker/src/index.ts",
        "worker/test/contract.test.ts",
        "my_worker/src/count.rs",
    ]
