"""Who takes part, and how each is built into a folder that holds exactly what is served.

lab/benchmarks/contestants/README.md says what those are that this repository does not generate.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import Failed
from .commands import run, run_with_tools
from .generated import bundled, rendered

FOLDER = Path(__file__).parent / "contestants"
ENTRY = "index.js"


@dataclass(frozen=True)
class Contestant:
    """One Worker of the comparison."""

    name: str
    #: The file that gets one more line before the warm build, from the contestant's folder.
    source: str
    #: Of a generated project: its answer to optimization_profile.
    profile: str | None = None
    #: Whether it returns the body as it came, so that it shows a cost that no contestant can go below.
    floor: bool = False
    #: Commands and folders beyond those of a generated project, each with the command that installs it.
    needs: tuple[tuple[str, str], ...] = ()


def _generated(profile: str) -> Contestant:
    return Contestant(f"generated-{profile}", "my_worker/src/text.rs", profile=profile)


EMSCRIPTEN = ("em++", "apt install --no-install-recommends emscripten")
RAPIDJSON = (os.environ.get("RAPIDJSON", "/usr/include/rapidjson"), "apt install rapidjson-dev")

CONTESTANTS = {
    contestant.name: contestant
    for contestant in [
        Contestant("echo", "index.js", floor=True),
        Contestant("copy-through", "index.js", floor=True),
        Contestant("javascript-idiomatic", "index.js"),
        Contestant("javascript-tuned", "index.js"),
        _generated("size"),
        _generated("balanced"),
        _generated("speed"),
        Contestant("workers-rs", "src/lib.rs"),
        Contestant("cpp", "src/main.cpp", needs=(EMSCRIPTEN, RAPIDJSON)),
        Contestant("assemblyscript", "assembly/index.ts"),
    ]
}


def built(contestant: Contestant, host: Path, out: Path) -> Path:
    """Builds a contestant with the tools of the project `host`; returns `out`, with its modules and nothing else."""
    shutil.rmtree(out, ignore_errors=True)
    if contestant.profile is None:
        out.mkdir(parents=True)
        build_script(FOLDER / contestant.name, host, out)
    else:
        shutil.copytree(
            bundled(rendered(contestant.profile)), out, ignore=lambda _, names: [n for n in names if not is_module(n)]
        )
    modules_of(out)
    return out


def build_script(folder: Path, host: Path, out: Path) -> None:
    """Runs the build.sh of a contestant's folder."""
    run_with_tools(host, "bash", folder / "build.sh", out)


def build_generated(project: Path) -> None:
    """Builds the module of a generated project, if something that it is made of has changed."""
    run(project / "build.sh", "build")


def is_module(name: str) -> bool:
    """Whether a file is served: JavaScript or WebAssembly."""
    return name.endswith((".js", ".wasm"))


def modules_of(folder: Path) -> list[str]:
    """The modules in a folder by their paths there, the one that workerd starts with first."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if is_module(path.name))
    if ENTRY not in names:
        raise Failed(f"{folder.name}: its build must leave {ENTRY} and the modules that it imports, found {names}")
    return [ENTRY, *(name for name in names if name != ENTRY)]
