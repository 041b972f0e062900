"""Where the template's Rust went when it became a crate of its own, for extensions/moved.json: seconds.

    python -m maintenance.moved

Each file that a release has in the owner's src/ has a row: its new path, and the first digits of the ids that git gives
to what the releases rendered there. By them scripts/two-rooms.mjs of a project knows an edited file from one that was
not. Of the answers only the profile changes these files; tests/test_two_rooms.py looks at the others.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import copier

from . import ROOT
from .release import released_versions

MOVED = ROOT / "extensions/moved.json"
PROFILES = ("size", "balanced", "speed")
DIGITS = 8
# From the first that matches on; both paths are seen from the crate's folder.
PLACES = {
    r"src/(error|faults)\.rs": r"platform/src/\1.rs",
    r"src/runtime\.rs": "platform/src/lib.rs",
    r"src/runtime/chars/upper/group\.rs": "platform/src/chars/upper/batch.rs",
    r"src/runtime/chars/upper/groups\.rs": "platform/src/chars/upper/classes.rs",
    r"src/runtime/(.+)": r"platform/src/\1",
}


def new_place(path: str) -> str | None:
    """Where a file is now; None where it did not move."""
    places = (re.sub(old, new, path) for old, new in PLACES.items() if re.fullmatch(old, path))
    return next(places, None)


def blob_id(content: bytes) -> str:
    """The first digits of what git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()[:DIGITS]


def rendered(sha: str, answers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The moved files of a version, each with its id."""
    with tempfile.TemporaryDirectory() as folder:
        copier.run_copy(
            str(ROOT), folder, data={"crate_name": "crate_", **answers}, vcs_ref=sha, defaults=True, quiet=True
        )
        crate = Path(folder) / "crate_"
        for path in sorted(crate.rglob("*.rs")):
            name = path.relative_to(crate).as_posix()
            if new_place(name):
                yield name, blob_id(path.read_bytes())


def table() -> dict[str, list[str]]:
    """Each old path, with the new one and the ids."""
    ids: dict[str, set[str]] = {}
    for sha in released_versions().values():
        for profile in PROFILES:
            for path, known in rendered(sha, {"optimization_profile": profile}):
                ids.setdefault(path, set()).add(known)
    return {path: [str(new_place(path)), " ".join(sorted(known))] for path, known in sorted(ids.items())}


def text() -> str:
    """The file: a line for each path."""
    rows = (f"  {json.dumps(path)}: {json.dumps(row)}" for path, row in table().items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    MOVED.write_text(text())
