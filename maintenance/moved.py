"""Where the template's files went that stood among the owner's, for extensions/moved.json: a minute.

    python -m maintenance.moved

Each such file of a release has a row: its new path, or null where a project has it no more, and the first digits of the
ids that git gives to what the releases rendered there, in a crate that is called crate_. By them scripts/two-rooms.mjs of
a project knows an edited file from one that was not. tests/test_two_rooms.py looks at other answers.
"""

import hashlib
import itertools
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import copier

from . import ROOT
from .release import released_versions

MOVED = ROOT / "extensions/moved.json"
# Every mix of what worker/test/worker.ts depends on; each other file depends on one answer at most.
MIXES = itertools.product(("current", "article"), ("text", "image"), ("yes", "no"))
REPORTING = itertools.cycle(("logs", "sentry"))
PROFILES = itertools.cycle(("size", "balanced", "speed"))
QUESTIONS = ("pins", "example", "playground", "error_reporting", "optimization_profile")
ANSWERS = [
    dict(zip(QUESTIONS, (*mix, *others), strict=True)) for mix, *others in zip(MIXES, REPORTING, PROFILES, strict=False)
]
DIGITS = 8
CRATE = "crate_"
# From the first that matches on.
PLACES = {
    rf"{CRATE}/src/(error|faults)\.rs": rf"{CRATE}/platform/src/\1.rs",
    rf"{CRATE}/src/runtime\.rs": f"{CRATE}/platform/src/lib.rs",
    rf"{CRATE}/src/runtime/chars/upper/group\.rs": f"{CRATE}/platform/src/chars/upper/batch.rs",
    rf"{CRATE}/src/runtime/chars/upper/groups\.rs": f"{CRATE}/platform/src/chars/upper/classes.rs",
    rf"{CRATE}/src/runtime/(.+)": rf"{CRATE}/platform/src/\1",
    r"worker/src/(body|failures|health|http|modules\.d|routes|sentry|stack|wasm)\.ts": r"worker/platform/\1.ts",
    r"worker/test/(bundles|recovery\.test|simd\.test|worker)\.ts": r"worker/platform/test/\1.ts",
    r"worker/bench/(figures|index|load|plot|report|run|verdict)\.ts": r"worker/platform/bench/\1.ts",
    r"worker/public/playground\.(css|js)": r"worker/public/platform/playground.\1",
    # The template's repository alone has these.
    r"worker/test/(failures|health|limits|names|routes|sentry|telling|wasm)\.test\.ts": None,
    r"worker/test/faults/(bodies|quoting)\.ts": None,
}


def place(path: str) -> tuple[str | None] | None:
    """Where a file is now, None for nowhere, in a tuple; None where it did not move."""
    found = ((old, new) for old, new in PLACES.items() if re.fullmatch(old, path))
    return next(((new and re.sub(old, new, path),) for old, new in found), None)


def blob_id(content: bytes) -> str:
    """The first digits of what git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()[:DIGITS]


def rendered(sha: str, answers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The moved files of a version, each with its id."""
    with tempfile.TemporaryDirectory() as folder:
        copier.run_copy(
            str(ROOT), folder, data={"crate_name": CRATE, **answers}, vcs_ref=sha, defaults=True, quiet=True
        )
        for path in sorted(Path(folder).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and place(name):
                yield name, blob_id(path.read_bytes())


def table() -> dict[str, list[str | None]]:
    """Each old path, with the new one and the ids."""
    ids: dict[str, set[str]] = {}
    for sha in released_versions().values():
        for answers in ANSWERS:
            for path, known in rendered(sha, answers):
                ids.setdefault(path, set()).add(known)
    return {path: [*(place(path) or ()), " ".join(sorted(known))] for path, known in sorted(ids.items())}


def text() -> str:
    """The file: a line for each path."""
    rows = (f"  {json.dumps(path)}: {json.dumps(row)}" for path, row in table().items())
    return ("{\n" + ",\n".join(rows) + "\n}\n").replace(f"{CRATE}/", "{{ crate_name }}/")


if __name__ == "__main__":
    MOVED.write_text(text())
