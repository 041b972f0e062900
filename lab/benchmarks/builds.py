"""What a contestant's build leaves and takes: bytes, and seconds from nothing and after a change."""

import gzip
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from .contestants import FOLDER, Contestant, build_generated, build_script, modules_of
from .generated import rendered

MADE = shutil.ignore_patterns(
    "target", "pkg", "pkg-faults", "dist*", "build", "build.json", "node_modules", ".wrangler"
)


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of the WebAssembly module and of all modules together, raw and with gzip -9, each file by itself."""
    files = {name: (folder / name).read_bytes() for name in modules_of(folder)}
    wasm = [content for name, content in files.items() if name.endswith(".wasm")]
    return {
        "module": sum(map(len, wasm)),
        "module_gzip": _gzipped(wasm),
        "all": sum(map(len, files.values())),
        "all_gzip": _gzipped(list(files.values())),
    }


def build_seconds(contestant: Contestant, host: Path, work: Path) -> dict[str, float]:
    """Seconds of a build in a copy that has nothing built, and of one after a line was added to its source.

    What a build downloads is in the caches of Cargo and npm by then; a generated project is set up.
    """
    if contestant.profile is None:
        # All folders, for they share files.
        shutil.copytree(FOLDER, work, ignore=MADE)
        folder = work / contestant.name
        (work / "out").mkdir()

        def build() -> None:
            build_script(folder, host, work / "out")

    else:
        folder = work
        project = rendered(contestant.profile)
        shutil.copytree(project, folder, ignore=MADE)
        (folder / "worker/node_modules").symlink_to(project / "worker/node_modules")

        def build() -> None:
            build_generated(folder)

    cold = _seconds(build)
    with (folder / contestant.source).open("a") as source:
        source.write("// One more line.\n")
    return {"cold": cold, "warm": _seconds(build)}


def _seconds(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return round(time.perf_counter() - started, 2)


def _gzipped(contents: list[bytes]) -> int:
    return sum(len(gzip.compress(content, 9)) for content in contents)
