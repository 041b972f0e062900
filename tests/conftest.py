"""What every test stands on: a machine without anybody's settings, the working tree as a released template, and
projects generated from it.
"""

import contextlib
import functools
import hashlib
import itertools
import os
import shutil
import tempfile
from pathlib import Path

import plumbum
import pytest
from helpers import ALL, NAMED_PIN_SETS, ROOT, build_sh, commit, copy_built, render, share_builds

from maintenance.candidate import CANDIDATE, candidate, copy_working_tree
from maintenance.once import do_once


@pytest.fixture(scope="session", autouse=True)
def nobodys_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hides the settings of git and Copier of whoever runs the tests.

    Copier runs git through plumbum, which copied the environment when it was imported.
    """
    home = tmp_path_factory.mktemp("nobody")
    (home / "settings.yml").write_text("{}\n")
    (home / "gitconfig").write_text("[user]\nname = Nobody\nemail = nobody@example.com\n")
    settings = {
        "COPIER_SETTINGS_PATH": str(home / "settings.yml"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    os.environ.update(settings)
    plumbum.local.env.update(settings)


@pytest.fixture(scope="session", autouse=True)
def once() -> None:
    """A run renders the template a thousand times."""
    do_once()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, nobodys_machine: None) -> Path:
    """A repository with the releases and, as release 999.0.0, the working tree, uncommitted changes too."""
    return candidate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory, nobodys_machine: None) -> Path:
    """The files of this repository as they are now, uncommitted ones too, as the one commit of another."""
    folder = tmp_path_factory.mktemp("sources") / "wasm-worker-template"
    copy_working_tree(folder)
    commit(folder, "The working tree")
    return folder


class Projects:
    """Generated projects that are set up: what the first installs and compiles, the others link to."""

    LOCKS = CRATES, PACKAGES = ("my_worker/Cargo.lock", "worker/package-lock.json")
    # The answers of `quick`, and what its owner has made of the release profile.
    QUICK = {"serde_casing": "snake_case"}
    PROFILE = {"opt-level = 2": "opt-level = 1", "lto = true": 'lto = "off"', "codegen-units = 1": "codegen-units = 16"} | {
        '"-O2",': '"-O0",'
    }

    def __init__(self, template: Path, folder: Path) -> None:
        self.template = template
        self.folder = folder
        self.numbers = itertools.count(1)
        self.built: dict[tuple[str, ...], Path] = {}
        self.house = folder / "ein schönes Haus"
        self.house.mkdir()

    def start(self, pins: str = "current", example: str = "text", **answers: str) -> Path:
        """A new project, committed and set up."""
        project = self._new(pins, example, **answers)
        kept = self.kept(project)
        if kept.exists():
            share_builds(kept, project)
        else:
            build_sh(project, "setup")
        return project

    def _new(self, pins: str, example: str, **answers: str) -> Path:
        project = self.folder / f"ein schönes Projekt {next(self.numbers)}"
        render(self.template, project, answers | {"pins": pins, "example": example}, CANDIDATE)
        commit(project, "Start")
        return project

    def kept(self, project: Path) -> Path:
        """Where the packages of its lock file and what its compiler made of crates are kept, for the next run too."""
        fixed = b"".join((project / name).read_bytes() for name in (self.PACKAGES, "rust-toolchain.toml", ".cargo/config.toml"))
        return ROOT / ".cache/first" / hashlib.sha256(fixed).hexdigest()[:16]

    def _build(self, project: Path) -> None:
        """Builds and tests a project, with what is kept or to be kept."""
        kept = self.kept(project)
        if kept.exists():
            share_builds(kept, project)
        assert "my_worker is built and tested" in build_sh(project)
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            # Whoever keeps the same at the same time loses nothing. To wait for each other took longer: 316 s, not 155.
            with tempfile.TemporaryDirectory(dir=kept.parent) as folder, contextlib.suppress(OSError):
                share_builds(project, Path(folder) / "kept")
                (Path(folder) / "kept").rename(kept)

    def tested(
        self,
        pins: str,
        profile: str = "balanced",
        casing: str = "camelCase",
        example: str = "text",
        reporting: str = "logs",
    ) -> Path:
        """The one project with these answers, built and tested. Whoever changes it changes it back."""
        # functools.cache would take an answer that is given and the same one left out for two.
        answers = (pins, profile, casing, example, reporting)
        if answers not in self.built:
            project = self._new(pins, example, optimization_profile=profile, serde_casing=casing, error_reporting=reporting)
            self._build(project)
            self.built[answers] = project
        return self.built[answers]

    @functools.cached_property
    def quick(self) -> Path:
        """A project, built and tested, whose module compiles in half the time, for what asks whether and from what something
        is built, and not how fast it is. Nobody changes it.
        """
        shutil.rmtree(self.house)
        self.house.mkdir()
        project = self._new("current", "text", **self.QUICK).rename(self.house / "project")
        self.compile_quickly(project)
        commit(project, "Compile quickly")
        self._build(project)
        build_sh(project, "build", WRANGLER_COMMAND="dev")
        build_sh(project, "build")
        return project.rename(self.folder / "quick")

    def compile_quickly(self, project: Path) -> None:
        """Has a project of the profile `balanced` compile in half the time."""
        manifest = project / "my_worker/Cargo.toml"
        for line, mine in self.PROFILE.items():
            assert manifest.read_text().count(line) == 1
            manifest.write_text(manifest.read_text().replace(line, mine))

    def quick_copy(self) -> Path:
        """`quick` to be changed, in a folder of its own: each time in the place where it was built, so that Cargo compiles
        what is changed and nothing else.
        """
        quick = self.quick
        shutil.rmtree(self.house)
        self.house.mkdir()
        copy_built(quick, self.house / "project")
        return self.house / "project"


@pytest.fixture(scope="session")
def projects(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """The generated projects of this run."""
    return Projects(template, tmp_path_factory.mktemp("projects"))


SETS = [pytest.param(pins, marks=pytest.mark.xdist_group(pins)) for pins in NAMED_PIN_SETS]
# Of a test that asks on a change, too, what the tools of another pin set do.
EACH = pytest.mark.parametrize("tested", SETS, indirect=True)


@pytest.fixture(params=[one for one in SETS if ALL or one.values == ("current",)])
def tested(projects: Projects, request: pytest.FixtureRequest) -> Path:
    """A project of the pin set `current`, built and tested; and one of each other set, in a test that is marked EACH or
    where all are asked for.
    """
    return projects.tested(request.param)


@pytest.fixture(autouse=True)
def cargo(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each group of tests its target directory, for what they ask of Cargo themselves."""
    group = request.node.get_closest_marker("xdist_group")
    if group:
        assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith(f"@{group.args[0]}")
        monkeypatch.setenv("CARGO_TARGET_DIR", str(ROOT / ".cache/target" / group.args[0]))
    monkeypatch.setenv("CARGO_TERM_COLOR", "never")
