"""Each setting of a generated project, with what would be lost without it; and what one file says of another.

The files are rendered and read, nothing is built. A line of the template that no row here misses is a needless one:
`./scripts/run.sh mutate` looks for such lines.
"""

import glob
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli
import yaml
from helpers import NAMED_PIN_SETS, QUESTIONS, ROOT, choices, pairwise, recorded, render
from macros import JINJA, pins
from test_render import matched, users_files

from maintenance.candidate import copy_working_tree
from maintenance.mutate import configuration

ANSWERS = list(
    pairwise(
        {
            "pins": NAMED_PIN_SETS,
            "example": choices("example"),
            "error_reporting": choices("error_reporting"),
            "playground": [True, False],
            "optimization_profile": choices("optimization_profile"),
            "license": choices("license"),
        }
    )
)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree without git, so that Copier takes the files as they are."""
    folder = tmp_path_factory.mktemp("source")
    copy_working_tree(folder)
    return folder


@pytest.fixture(scope="session", params=ANSWERS, ids=lambda answers: "-".join(map(str, answers.values())))
def project(request: pytest.FixtureRequest, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of each set of answers."""
    return render(source, tmp_path_factory.mktemp("settings") / "project", request.param)


# --- What Copier says ---

START = ['git commit --message "Start from wasm-worker-template"', "./build.sh", "./build.sh dev"]
UPDATED = ["git status", "./build.sh", 'git add . && git commit --message "Update from wasm-worker-template"']


@pytest.mark.parametrize(
    ("message", "folder", "commands"),
    [
        ("copy", "house/new", ["cd house/new", "git add .", *START]),
        ("copy", "elsewhere", ["cd elsewhere", "git init && git add --all", *START]),
        ("update", "house/new", ["cd house/new", *UPDATED]),
        ("update", ".", UPDATED),
    ],
)
def test_copier_says_each_step_that_comes_next(
    message: str, folder: str, commands: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "house/new").mkdir(parents=True)
    (tmp_path / "house/.git").mkdir()
    (tmp_path / "house/.git/HEAD").touch()
    monkeypatch.chdir(tmp_path)
    text = JINJA.from_string(yaml.safe_load((ROOT / "copier.yml").read_text())[f"_message_after_{message}"])
    conf = {"src_path": ROOT, "dst_path": Path(folder)}
    said = text.render(project_name="my-worker", playground=True, _copier_conf=conf)
    told, steps = said.split(" Next:\n\n")
    assert told.strip() == {"copy": "my-worker is ready.", "update": "my-worker is updated."}[message]
    assert [re.split(" +#", line)[0] for line in steps.splitlines() if line] == [f"  {command}" for command in commands]


# --- Each setting ---

# What a setting is: a value, a pattern that it matches, or what tells it of the answers and their versions.
Wanted = object | re.Pattern | Callable[[dict], object]
IS_THERE = True  # Of a file that is read by the line.
LOG_OF_A_FAILURE = "a failure in production would name no file and no line"


def version(name: str, form: str = "{}") -> Callable[[dict], object]:
    """What the pins say of a tool."""
    return lambda answers: form.format(answers["versions"][name])


def by(question: str, **values: object) -> Callable[[dict], object]:
    """What depends on one answer."""

    def value(answers: dict) -> object:
        assert answers[question] in values, f"a row has no value for {question}={answers[question]}, but for {[*values]}"
        return values[answers[question]]

    return value


def answered(question: str) -> Callable[[dict], object]:
    """An answer as it was given."""
    return lambda answers: answers[question]


WASM_OPT = {
    "size": ["--flatten", "--rereloop", "-Oz", "-Oz"],
    "balanced": ["-O2"],
    "speed": ["-O3"],
}
WASM_FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types"]
WASM_FEATURES += ["sign-ext", "simd"]
WASM_OPT_ALWAYS = ["-g", *(f"--enable-{feature}" for feature in WASM_FEATURES)]
WASM_OPT_ALWAYS += ["--strip-producers", "--strip-target-features"]
PLATFORM = {"package": "wasm-worker-platform", "path": "platform"}
STEPS_OF_BOTH_JOBS = [
    ("runs-on", "ubuntu-24.04", "another image would come by itself, with other tools"),
    ("timeout-minutes", "30", "a build that hangs would cost six hours"),
    ("steps.0.uses", re.compile("actions/checkout@[0-9a-f]{40}"), "there would be nothing to build"),
    ("steps.0.with.persist-credentials", "false", "what a build runs could push with the token"),
    ("steps.1.uses", re.compile("actions/cache@[0-9a-f]{40}"), "each run would compile all tools"),
    (
        "steps.1.with.path",
        "~/.cache/wasm-worker\n~/.cargo/registry\n~/.npm\n*/target\n",
        "each run would make these anew",
    ),
    (
        "steps.1.with.key",
        "${{ runner.os }}-${{ hashFiles('scripts/tools.sh', 'rust-toolchain.toml', '*/Cargo.lock',"
        " 'worker/package-lock.json') }}",
        "what other pins make would not be saved",
    ),
    ("steps.1.with.restore-keys", "${{ runner.os }}-", "one pin more would make all anew"),
    ("steps.2.name", "Set up", "the log would say a command in its place"),
    ("steps.2.run", "./build.sh setup", "the runner has none of the tools"),
]

SETTINGS: dict[str, list[tuple[str, Wanted, str]]] = {
    ".cargo/config.toml": [
        (
            "target.wasm32-unknown-unknown.rustflags",
            ["-Ctarget-feature=+simd128", "-Clink-arg=--build-id", "-Clink-arg=--max-memory=100663296"],
            "no SIMD, no id in the log of a failure, or an isolate that is killed where a request could fail",
        ),
    ],
    ".editorconfig": [
        ("root = true", IS_THERE, "a folder above would say how a file is written"),
        ("[*]", IS_THERE, "no file would be meant"),
        ("charset = utf-8", IS_THERE, "an editor could write what Rust refuses"),
        ("end_of_line = lf", IS_THERE, "an editor could write what bash refuses"),
        ("indent_style = space", IS_THERE, "an editor could mix tabs into the files"),
        ("indent_size = 2", IS_THERE, "an editor could indent TypeScript in another way than the files there"),
        ("insert_final_newline = true", IS_THERE, "each editor's first save could change the last line"),
        ("[*.rs]", IS_THERE, "no Rust would be meant"),
        ("indent_size = 4", IS_THERE, "an editor would indent Rust in another way than rustfmt"),
    ],
    ".gitattributes": [
        ("* text=auto eol=lf", IS_THERE, "a checkout on Windows would have files that the tools take for others"),
        ("*.sh text eol=lf", IS_THERE, "bash stops at a carriage return, which git keeps in what it takes for binary"),
    ],
    ".gitignore": [
        (".build.lock", IS_THERE, "git would take in the lock of a build that runs"),
        (".types/", IS_THERE, "git would take in what an interrupted ./build.sh types leaves"),
        (".wrangler/", IS_THERE, "git would take in the state of wrangler"),
        (".dev.vars*", IS_THERE, "git would take in secrets"),
        ("!.dev.vars.example", IS_THERE, "an example of the secrets could not be shared"),
        (".env*", IS_THERE, "git would take in secrets"),
        ("!.env.example", IS_THERE, "an example of the variables could not be shared"),
        ("dist/", IS_THERE, "git would take in the bundle"),
        ("dist-bench/", IS_THERE, "git would take in the bundle of ./build.sh bench"),
        ("dist-faults/", IS_THERE, "git would take in the bundle with faults"),
        ("node_modules/", IS_THERE, "git would take in the packages"),
        ("pkg/", IS_THERE, "git would take in the module"),
        ("pkg-faults/", IS_THERE, "git would take in the module with faults"),
        ("target/", IS_THERE, "git would take in what Cargo makes"),
        ("worker/platform/build.json", IS_THERE, "git would take in the versions of a build, which change each time"),
        ("worker/worker-configuration.d.ts", IS_THERE, "git would take in a type that follows from wrangler.toml"),
        ("worker/bench/results/", IS_THERE, "git would take in measurements"),
    ],
    ".github/workflows/ci.yml": [
        ("name", "CI", "badges and rules name it"),
        ("on.push.branches", ["main"], "nothing would be tested and deployed by a push"),
        ("on.pull_request", "", "a pull request would not be tested"),
        ("permissions.contents", "read", "the token could write"),
        ("concurrency.group", "${{ github.workflow }}-${{ github.ref }}", "two pushes would deploy at once"),
        (
            "concurrency.cancel-in-progress",
            "${{ github.event_name == 'pull_request' }}",
            "old runs would go on, or a deployment would be cut off",
        ),
        *((f"jobs.{job}.{key}", wanted, why) for job in ("test", "deploy") for key, wanted, why in STEPS_OF_BOTH_JOBS),
        ("jobs.test.name", "Test", "a rule that protects main names it"),
        ("jobs.test.steps.3.name", "Check the tools", "the log would say a command in its place"),
        ("jobs.test.steps.3.run", "./build.sh check", "what check tells would be told to nobody"),
        ("jobs.test.steps.4.name", "Build, lint, test, hold the size budget", "the log would say a command instead"),
        ("jobs.test.steps.4.run", "./build.sh test", "nothing would be tested"),
        ("jobs.deploy.name", "Deploy", "the list of runs would say deploy"),
        ("jobs.deploy.needs", "test", "what fails its tests would be deployed"),
        (
            "jobs.deploy.if",
            "github.event_name == 'push' && github.ref == 'refs/heads/main'",
            "a branch would be deployed",
        ),
        ("jobs.deploy.environment", "production", "any branch could read the secrets"),
        ("jobs.deploy.steps.3.name", "Deploy", "the log would say a command in its place"),
        (
            "jobs.deploy.steps.3.env.CLOUDFLARE_API_TOKEN",
            "${{ secrets.CLOUDFLARE_API_TOKEN }}",
            "Cloudflare would refuse it",
        ),
        (
            "jobs.deploy.steps.3.env.CLOUDFLARE_ACCOUNT_ID",
            "${{ secrets.CLOUDFLARE_ACCOUNT_ID }}",
            "a token of two accounts would not do",
        ),
        (
            "jobs.deploy.steps.3.run",
            'if [ -n "$CLOUDFLARE_API_TOKEN" ]; then\n  ./build.sh deploy\nelse\n'
            '  echo "Not deployed: the repository has no secret CLOUDFLARE_API_TOKEN."\nfi\n',
            "nothing would be deployed, or each push would fail before there is a secret",
        ),
        ("jobs.deploy.steps.4.uses", re.compile("actions/upload-artifact@[0-9a-f]{40}"), LOG_OF_A_FAILURE),
        ("jobs.deploy.steps.4.with.name", "names", "nobody would find it"),
        ("jobs.deploy.steps.4.with.path", "*/pkg/*-*.wasm\nworker/dist/index.js.map\n", LOG_OF_A_FAILURE),
        ("jobs.deploy.steps.4.with.if-no-files-found", "ignore", "without a secret there are none, and it would warn"),
    ],
    "renovate.json": [
        ("$schema", "https://docs.renovatebot.com/renovate-schema.json", "an editor would know no setting"),
        ("extends", ["config:recommended"], "what its owner added would not be grouped as others do"),
        ("lockFileMaintenance.enabled", True, "what the locks float over would stay as it is"),
        *(
            (f"packageRules.0.{key}", wanted, why)
            for key, wanted, why in (
                ("description", re.compile("An update of the template .*"), "the rule would not say why"),
                ("matchManagers", ["copier"], "the rule would hold for all"),
                ("groupName", "the template", "its branch would have the name of a path"),
                ("separateMajorMinor", False, "there would be two pull requests for one update"),
                ("prBodyNotes", [re.compile(r"Run `\./build\.sh` .* the lock files .*")], "CI would fail on the locks"),
            )
        ),
        ("packageRules.1.description", re.compile("So these .*"), "the rule would not say why"),
        ("packageRules.1.matchManagers", ["npm"], "crates of these names would stay as they are"),
        ("packageRules.1.matchFileNames", ["worker/package.json"], "the owner's other packages would stay as they are"),
        (
            "packageRules.1.matchPackageNames",
            ["@cloudflare/workers-types", "@types/node", "binaryen", "miniflare", "node", "oxlint"]
            + ["typescript", "vite", "vitest", "wrangler"],
            "a pin would be moved that was tested with others",
        ),
        ("packageRules.1.enabled", False, "pins would be moved one by one"),
        ("packageRules.2.matchManagers", ["cargo"], "packages of these names would stay as they are"),
        (
            "packageRules.2.matchPackageNames",
            by(
                "example",
                text=["serde", "talc", "wasm-bindgen"],
                image=["imagesize", "serde", "talc", "wasm-bindgen"],
            ),
            "a pin would be moved that was tested with others",
        ),
        ("packageRules.2.enabled", False, "pins would be moved one by one"),
        (
            "packageRules.3.matchFileNames",
            ["rust-toolchain.toml", ".github/workflows/ci.yml"],
            "Rust and the actions, which the template moves, would be moved here",
        ),
        ("packageRules.3.enabled", False, "Rust and the actions, which the template moves, would be moved here"),
    ],
    "rust-toolchain.toml": [
        ("toolchain.channel", version("rust"), "machines would build unlike modules of one commit"),
        ("toolchain.profile", "minimal", "setup would install Rust's manual as well"),
        ("toolchain.components", ["rustfmt", "clippy"], "./build.sh test could not judge the crate"),
        ("toolchain.targets", ["wasm32-unknown-unknown"], "there would be no module"),
    ],
    ".vscode/extensions.json": [
        (
            "recommendations",
            ["rust-lang.rust-analyzer", "oxc.oxc-vscode", "tamasfe.even-better-toml"],
            "an editor would judge neither the crate nor the TypeScript, nor wrangler.toml",
        ),
    ],
    ".vscode/settings.json": [
        ("rust-analyzer.linkedProjects", ["my_worker/Cargo.toml"], "rust-analyzer would find no crate at the root"),
        ("rust-analyzer.cargo.features", "all", "an editor would not know the module `faults` of the platform"),
        ("rust-analyzer.cargo.targetDir", True, "an editor and build.sh would wait for each other, and compile anew"),
        ("rust-analyzer.check.command", "clippy", "an editor would pass what ./build.sh test refuses"),
        ("oxc.path.oxlint", "worker/node_modules/.bin/oxlint", "an editor would look for the linter at the root"),
    ],
    "worker/.oxlintrc.json": [
        ("$schema", "./node_modules/oxlint/configuration_schema.json", "an editor would know no setting"),
        ("categories.correctness", "error", "a mistake would be a warning, which stops nothing"),
        (
            "rules.unicorn/no-invalid-fetch-options",
            "off",
            "a body in new Request(request, { body }) would be refused, for it takes each such request for a GET",
        ),
    ],
    "worker/.npmrc": [
        ("ignore-scripts=true", IS_THERE, "a package could run what it likes when it is installed"),
        ("save-exact=true", IS_THERE, "npm install NAME would write a range"),
        ("omit-lockfile-registry-resolved=true", IS_THERE, "the lock would ask the registry of whoever made it"),
    ],
    "worker/package.json": [
        ("name", answered("project_name"), "npm would say no name"),
        ("version", re.compile(r"\d+\.\d+\.\d+"), "npm would say no version"),
        ("description", answered("description"), "what was answered would be lost"),
        ("author", answered("user_name"), "what was answered would be lost"),
        ("license", answered("license"), "what was answered would be lost"),
        ("private", True, "npm publish would publish it"),
        ("type", "module", "Node.js would take its files for CommonJS"),
        *(
            (f"scripts.{name}", f"bash ../build.sh {name}", f"npm run {name} would say that there is no such script")
            for name in ("dev", "build", "test", "check", "types", "deploy")
        ),
        ("engines.node", version("node_floor", ">={}"), "check would not know the oldest Node.js"),
        ("devDependencies.@cloudflare/workers-types", version("workers_types"), "the runtime would have no types"),
        ("devDependencies.@types/node", version("node_types"), "the tests would have no types"),
        ("devDependencies.binaryen", version("binaryen"), "there would be no wasm-opt"),
        ("devDependencies.miniflare", version("miniflare"), "the tests would start no Worker"),
        ("devDependencies.oxlint", version("oxlint"), "nothing would judge the TypeScript"),
        ("devDependencies.typescript", version("typescript"), "no type would be checked"),
        ("devDependencies.vite", version("vite"), "Vitest would take another one each time"),
        ("devDependencies.vitest", version("vitest"), "nothing would run the tests"),
        ("devDependencies.wrangler", version("wrangler"), "nothing would bundle, serve and deploy"),
        ("//", re.compile(".* npm install NAME puts yours below this line.*"), "a package of one's own would conflict"),
    ],
    "worker/tsconfig.json": [
        ("compilerOptions.target", "es2022", "tsc would take the Worker for a program of another year"),
        ("compilerOptions.lib", ["es2022"], "a name of a browser would pass, which the runtime has not"),
        ("compilerOptions.module", "esnext", "an import could become something else"),
        ("compilerOptions.moduleResolution", "bundler", "tsc would find other files than wrangler"),
        ("compilerOptions.types", ["@cloudflare/workers-types"], "the runtime would have no types"),
        ("compilerOptions.noEmit", True, "tsc would write .js beside each .ts"),
        ("compilerOptions.strict", True, "null and any would pass"),
        ("compilerOptions.exactOptionalPropertyTypes", True, "undefined would pass for what is absent"),
        ("compilerOptions.noImplicitReturns", True, "a handler could forget its answer"),
        ("compilerOptions.noUncheckedIndexedAccess", True, "what an index finds would never be undefined"),
        ("compilerOptions.noUnusedLocals", True, "what nobody uses would stay"),
        ("compilerOptions.noUnusedParameters", True, "what nobody uses would stay"),
        ("compilerOptions.noUncheckedSideEffectImports", True, "an import of a file that is not there would pass"),
        ("compilerOptions.isolatedModules", True, "what esbuild cannot compile by the file would pass"),
        ("compilerOptions.skipLibCheck", True, "a fault in the types of a package would fail a project"),
        ("include", ["*.d.ts", "src", "platform/*"], "tsc would read the tests, with types that the Worker has not"),
    ],
    "worker/bench/tsconfig.json": [
        ("extends", "../tsconfig.json", "it would be as strict as somebody else says"),
        ("compilerOptions.lib", ["es2024"], "what Node.js has would have no types"),
        ("compilerOptions.types", ["@cloudflare/workers-types", "node"], "Node.js would have no types"),
        ("include", [".", "../*.d.ts", "../platform/*", "../platform/bench"], "what it runs would not be checked"),
    ],
    "worker/test/tsconfig.json": [
        ("extends", "../tsconfig.json", "it would be as strict as somebody else says"),
        ("compilerOptions.types", ["@cloudflare/workers-types", "node"], "Node.js would have no types"),
        ("include", [".", "../*.d.ts", "../src", "../platform/*", "../platform/test"], "what it tests would not be checked"),
    ],
    "worker/platform/bench/tsconfig.json": [
        ("extends", "../../bench/tsconfig.json", "an editor would judge it by other settings"),
        ("include", [".", "../*"], "an editor would judge it by other settings"),
    ],
    "worker/platform/test/tsconfig.json": [
        ("extends", "../../test/tsconfig.json", "an editor would judge it by other settings"),
        ("include", [".", "../*"], "an editor would judge it by other settings"),
    ],
    # The template's own: no project has it.
    "platform/unit/tsconfig.json": [
        ("extends", "../../test/tsconfig.json", "an editor would judge it by other settings"),
        ("include", [".", "../*", "../test"], "an editor would judge it by other settings"),
    ],
    "worker/vitest.config.ts": [
        ('import { defineConfig } from "vitest/config";', IS_THERE, "Vitest could not read it"),
        (
            'const cache = { fsModuleCachePath: "node_modules/.vitest-cache" };',
            IS_THERE,
            "Vitest would write into a workspace above",
        ),
        ("export default defineConfig({", IS_THERE, "Vitest could not read it"),
        ("css: { postcss: {} },", IS_THERE, "vite would read PostCSS's settings in the folders above"),
        ("test: {", IS_THERE, "Vitest could not read it"),
        ("testTimeout: 60_000,", IS_THERE, "a busy machine would fail the tests"),
        ("hookTimeout: 60_000,", IS_THERE, "a Worker that starts slowly would fail them"),
        ('globalSetup: "platform/test/bundles.ts",', IS_THERE, "the tests would run an old bundle, or none"),
        ("isolate: false,", IS_THERE, "each file would load wrangler again"),
        ("fileParallelism: false,", IS_THERE, "the files would share no process, and run side by side"),
        ("...cache,", IS_THERE, "Vitest would write into a workspace above"),
    ],
    "worker/wrangler.toml": [
        ("name", answered("project_name"), "it would be deployed over nothing, or another one"),
        ("main", "src/index.ts", "there would be no Worker"),
        ("tsconfig", "tsconfig.json", "the bundler would read those of the folders above"),
        ("compatibility_date", version("compatibility_date"), "the runtime would behave as on the day it is deployed"),
        ("upload_source_maps", True, "an exception that leaves the Worker would name no file and no line"),
        ("build.command", "bash ../build.sh build", "wrangler would bundle an old module"),
        ("build.cwd", ".", "wrangler would look for build.sh from where it was started"),
        ("build.watch_dir", ["src", "../my_worker/src", "../my_worker/pkg/changed"], "dev would serve an old module"),
        (
            "vars.MAX_BODY_BYTES",
            by("example", text=4 * 1024 * 1024, image=8 * 1024 * 1024),
            "the Worker would refuse each body, or run out of memory over one",
        ),
        (
            "r2_buckets",
            by("example", text=None, image=[{"binding": "IMAGES", "bucket_name": "my-worker-images"}]),
            "src/images.ts would have no bucket",
        ),
        ("observability.enabled", True, "failures would be logged nowhere"),
    ],
    "my_worker/Cargo.toml": [
        ("package.name", "my_worker", "the module would have another name"),
        ("package.version", re.compile(r"\d+\.\d+\.\d+"), "Cargo.lock names it, and --locked would fail"),
        ("package.description", answered("description"), "what was answered would be lost"),
        ("package.authors", lambda answers: [answers["user_name"]], "what was answered would be lost"),
        (
            "package.license",
            lambda answers: answers["license"] if answers["license"] != "UNLICENSED" else None,
            "what was answered would be lost, or Cargo would refuse a licence that is none",
        ),
        ("package.edition", "2024", "it would be Rust of 2015"),
        ("package.rust-version", version("rust"), "an older Rust would fail in words that name no version"),
        ("package.publish", False, "cargo publish would publish it"),
        ("workspace", {}, "a Cargo.toml in a folder above would say what is built, and how"),
        ("lib.crate-type", ["cdylib", "rlib"], "there would be no module, or no tests of it in tests/"),
        ("features.faults", ["platform/faults"], "the tests of recovery would have nothing that fails"),
        (
            "dependencies.imagesize",
            lambda answers: {
                "version": answers["versions"]["imagesize"],
                "default-features": False,
                "features": ["heif", "jpeg", "png", "tiff", "webp"],
            }
            if answers["example"] == "image"
            else None,
            "the example image would read no image, or the module be larger by formats that it refuses",
        ),
        (
            "dependencies.serde",
            lambda answers: {"version": answers["versions"]["serde"], "features": ["derive"]},
            "nothing would be JSON",
        ),
        (
            "dependencies.platform",
            by(
                "optimization_profile",
                size=PLATFORM,
                **dict.fromkeys(("balanced", "speed"), {**PLATFORM, "features": ["fast-text"]}),
            ),
            "there would be no boundary, or one that is slow where it should be fast, large where it should be small",
        ),
        ("dependencies.wasm-bindgen", version("wasm_bindgen", "={}"), "wasm-bindgen would refuse the module"),
        ("lints.clippy.undocumented_unsafe_blocks", "deny", "an unsafe block would need no reason"),
        ("profile.dev.opt-level", 1, "./build.sh dev would serve a module that is very slow, or compile long"),
        ("profile.dev.debug", False, "./build.sh dev would write debug information that nobody reads"),
        ("profile.release.opt-level", by("optimization_profile", size="z", balanced=2, speed=3), "another profile"),
        ("profile.release.lto", True, "the module would be larger and slower"),
        ("profile.release.codegen-units", 1, "the module would be larger and slower"),
        ("profile.release.panic", "abort", "a panic would unwind, which the recovery does not expect"),
        ("profile.release.strip", "debuginfo", "debug information would be deployed, or wasm-bindgen know no feature"),
        (
            "package.metadata.wasm-pack.profile.release.wasm-opt",
            lambda answers: WASM_OPT[answers["optimization_profile"]] + WASM_OPT_ALWAYS,
            "wasm-opt would refuse the module, or make it larger, slower or nameless",
        ),
    ],
    "my_worker/clippy.toml": [("", {}, "a folder above would say what is a mistake")],
    "my_worker/rustfmt.toml": [("", {}, "a folder above would say how the crate is written")],
    "my_worker/platform/clippy.toml": [("", {}, "the owner's lints would judge the platform")],
    "my_worker/platform/rustfmt.toml": [("", {}, "the owner's style would rewrite the platform")],
    "my_worker/size-budget.txt": [("2000000", IS_THERE, "a module could grow unseen")],
    "my_worker/platform/Cargo.toml": [
        ("package.name", PLATFORM["package"], "the crate's Cargo.toml would not find it"),
        ("package.description", re.compile("The boundary .*"), "Cargo would say nothing of it"),
        ("package.edition", "2024", "it would be Rust of 2015"),
        ("package.publish", False, "cargo publish would publish it"),
        ("features.fast-text", [], "the profiles balanced and speed would not build"),
        ("features.faults", [], "the tests of recovery would have nothing that fails"),
        ("dependencies.serde", {"version": "1", "features": ["derive"]}, "nothing would be JSON"),
        ("dependencies.wasm-bindgen", "0.2", "nothing would be exported"),
        ('target.cfg(target_arch = "wasm32").dependencies.talc', "5.1", "the module would have no allocator"),
        ("lints.rust.missing_docs", "warn", "an item could be public without a word"),
        ("lints.clippy.undocumented_unsafe_blocks", "deny", "an unsafe block would need no reason"),
    ],
    "copier.yml": [
        ("_min_copier_version", re.compile(r"\d+\.\d+\.\d+"), "an older Copier would go wrong without a word"),
        ("_subdirectory", "template", "a project would get this repository's files"),
        ("_templates_suffix", ".jinja", "files that end in .jinja would be copied as they are"),
        ("_envops.undefined", "jinja2.StrictUndefined", "a misspelt name would be written as nothing"),
        ("_envops.keep_trailing_newline", True, "no file would end in a line break"),
        ("_envops.trim_blocks", True, "each {% if %} would leave a line"),
        ("_envops.lstrip_blocks", True, "each {% if %} would leave its indentation"),
        ("_external_data.stored", "{{ _copier_conf.answers_file }}", "an update would not know the old answers"),
    ],
}
# Lists and messages, which have tests of their own, below.
LISTS_AND_MESSAGES = ("_exclude", "_skip_if_exists", "_message_after_copy", "_message_after_update")


def lines(text: str) -> dict[str, bool]:
    """What a file says that is read by the line: all but comments and what only closes something."""
    found = (line.strip() for line in text.splitlines())
    return {line: IS_THERE for line in found if not re.fullmatch(r"(#|//).*|[\])},;]*", line)}


def read(project: Path, name: str) -> dict:
    """What stands in a file: of a project, or else of the template."""
    if name == "copier.yml":
        settings = yaml.safe_load((ROOT / name).read_text())
        return {key: value for key, value in settings.items() if key.startswith("_") and key not in LISTS_AND_MESSAGES}
    path = project / name if not name.startswith("platform/unit/") else ROOT / "template/worker" / name
    parsers = {".toml": tomli.loads, ".json": json.loads, ".yml": lambda text: yaml.load(text, yaml.BaseLoader)}
    return parsers.get(path.suffix, lines)(path.read_text())


def leaves(value: object, key: str = "", within: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """Each setting in what was read, by its path; what a row holds as a whole is one."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = dict(enumerate(value)) if key not in within else value
    if isinstance(value, dict) and value and key not in within:
        for name, inner in value.items():
            yield from leaves(inner, f"{key}.{name}" if key else str(name), within)
    else:
        yield key, value


def fits(found: object, wanted: Wanted) -> bool:
    """Whether a setting is what its row says."""
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(fits, found, wanted))
    if isinstance(wanted, re.Pattern):
        return isinstance(found, str) and bool(wanted.fullmatch(found))
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_is_there_for_its_reason(name: str, project: Path) -> None:
    """And there is none without a reason: a new one wants a row."""
    answers = recorded(project)
    answers["versions"] = json.loads(pins.versions(**pins.SETS[answers["pins"]]))
    found = dict(leaves(read(project, name), within=tuple(key for key, _, _ in SETTINGS[name])))
    wrong = [
        f"{name}: {key} is {found.get(key)!r}, not {wanted!r}. Else {why}"
        for key, row, why in SETTINGS[name]
        if not fits(found.get(key), wanted := row(answers) if callable(row) else row)
    ]
    assert wrong == []
    assert found.keys() - {key for key, _, _ in SETTINGS[name]} == set()


def test_the_files_with_rows_are_those_whose_lines_are_deleted() -> None:
    names = {file.removeprefix("template/").removesuffix(".jinja") for file in configuration()}
    there = {re.sub("^platform/", "worker/platform/", name) for name in SETTINGS}
    there = {name.replace("my_worker", "{{ crate_name }}") for name in there}
    assert names == {*there, "{{ _copier_conf.answers_file }}"}


# --- What stands there for some answers alone, and who owns it ---


def test_a_file_is_there_for_the_answers_that_want_it(project: Path) -> None:
    answers = recorded(project)
    wanted = {
        "my_worker/src/metadata": answers["example"] == "image",
        "worker/platform/sentry.ts": answers["error_reporting"] == "sentry",
        "worker/platform/unit": False,
        "worker/public": answers["playground"],
        # As each project starts with that takes a named set of pins.
        "my_worker/Cargo.lock": True,
        "worker/package-lock.json": True,
    }
    assert {path: (project / path).exists() for path in wanted} == wanted


def test_each_answer_is_recorded(project: Path) -> None:
    """Else an update would take the defaults."""
    asked = {question for question, settings in QUESTIONS.items() if "when" not in settings}
    assert asked <= recorded(project).keys()


def test_the_files_that_an_update_never_touches_are_listed_in_the_manual(project: Path) -> None:
    manual = (project / "docs/platform.md").read_text()
    (section,) = re.findall(r"^Yours, .*?(?=^The template's, )", manual, re.M | re.S)
    assert matched(project, re.findall("`(.*?)`", section)) == users_files(project)


# --- What one file says of another ---


def test_the_paths_of_wrangler_lead_somewhere(project: Path) -> None:
    settings = read(project, "worker/wrangler.toml")
    build = settings["build"]
    made = [path for path in build["watch_dir"] if "/pkg/" in path]
    script = (project / "build.sh").read_text()
    assert [path for path in made if f'"$CRATE/{path.removeprefix("../my_worker/")}"' not in script] == []
    paths = [settings["main"], settings["tsconfig"], build["command"].split()[1], *(set(build["watch_dir"]) - {*made})]
    assert [path for path in paths if not (project / "worker" / build["cwd"] / path).exists()] == []


def test_an_editor_finds_what_wrangler_toml_may_say(project: Path) -> None:
    """The schema that wrangler brings; `tested` of test_toolchain.py has it."""
    first, _ = (project / "worker/wrangler.toml").read_text().split("\n", 1)
    assert first == "#:schema node_modules/wrangler/config-schema.json"


@pytest.mark.parametrize("name", [name for name in SETTINGS if name.endswith("tsconfig.json") and "unit" not in name])
def test_the_paths_and_packages_of_a_tsconfig_lead_somewhere(name: str, project: Path) -> None:
    settings, folder = read(project, name), (project / name).parent
    # But what is made by setup.
    paths = [*{*settings["include"]} - {"*.d.ts", "../*.d.ts"}, settings.get("extends", ".")]
    assert [path for path in paths if not glob.glob(path, root_dir=folder)] == []
    types = settings.get("compilerOptions", {}).get("types", [])
    packages = read(project, "worker/package.json")["devDependencies"]
    assert {name if "/" in name else f"@types/{name}" for name in types} <= packages.keys()


def test_the_tests_start_with_a_file_that_is_there(project: Path) -> None:
    (path,) = re.findall(r'globalSetup: "(.*?)"', (project / "worker/vitest.config.ts").read_text())
    assert (project / "worker" / path).exists()


def test_the_workflow_names_commands_and_files_that_are_there(project: Path) -> None:
    workflow, script = ((project / name).read_text() for name in (".github/workflows/ci.yml", "build.sh"))
    commands = re.findall(r"\./build\.sh (\w+)", workflow)
    assert {*commands} <= {*re.findall(r"^## (\w+) ", script, re.M)}
    keys = [pattern for key in re.findall(r"hashFiles\((.*)\)", workflow) for pattern in re.findall("'(.*?)'", key)]
    assert [pattern for pattern in keys if not list(project.glob(pattern))] == []
    assert "$HOME/.cache/wasm-worker" in re.sub(r"\$\{HOME:.*?\}", "$HOME", (project / "scripts/tools.sh").read_text())


def test_git_ignores_each_folder_that_a_build_makes(project: Path) -> None:
    ignored = read(project, ".gitignore").keys()
    script = (project / "build.sh").read_text()
    made = re.findall(r"^ *(?:build_module|bundle) ([\w-]+)", script, re.M)
    made += re.findall(r'="\$\(pwd -P\)/\$CRATE/(\w+)"', script)
    assert {"pkg", "pkg-faults", "dist", "dist-bench", "dist-faults", "target"} == {*made}
    assert {f"{name}/" for name in made} <= ignored
    written = re.findall(r"local file=(worker/\S+\.json)", script) + re.findall(r"^ +lock \./(\S+)", script, re.M)
    written += re.findall(r"^readonly ENV_TYPES=(\S+)", script, re.M) + [f"{re.findall(r'mkdir (.types)', script)[0]}/"]
    assert {"worker/platform/build.json", "worker/worker-configuration.d.ts", ".types/", ".build.lock"} == {*written} <= ignored


def test_what_renovate_leaves_alone_is_what_the_template_pins(project: Path) -> None:
    _, npm, cargo, files = (rule for rule in read(project, "renovate.json")["packageRules"])
    manifest = read(project, "worker/package.json")
    assert npm["matchPackageNames"] == sorted(manifest["devDependencies"].keys() | manifest["engines"].keys())
    crate, platform = (read(project, f"my_worker/{name}Cargo.toml") for name in ("", "platform/"))
    of_wasm = [target["dependencies"] for target in platform["target"].values()]
    crates = {name for table in (crate["dependencies"], platform["dependencies"], *of_wasm) for name in table}
    assert cargo["matchPackageNames"] == sorted(crates - {"platform"})
    assert [path for path in npm["matchFileNames"] + files["matchFileNames"] if not (project / path).exists()] == []


def test_the_crates_agree_on_what_they_name(project: Path) -> None:
    crate, platform = (read(project, f"my_worker/{name}Cargo.toml") for name in ("", "platform/"))
    asked = [feature.removeprefix("platform/") for feature in crate["features"]["faults"]]
    asked += crate["dependencies"]["platform"].get("features", [])
    assert {*asked} <= platform["features"].keys()
    assert crate["dependencies"]["platform"]["package"] == platform["package"]["name"]
    targets = read(project, "rust-toolchain.toml")["toolchain"]["targets"]
    assert [*read(project, ".cargo/config.toml")["target"]] == targets
