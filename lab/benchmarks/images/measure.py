"""One run: the time of an image, what is read from R2, the metadata under load, and what becomes of broken images."""

import datetime
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...reliability import project as projects
from ..builds import sizes
from ..commands import run_with_tools
from ..machine import machine
from . import EXAMPLE, OTHER
from .broken import cases, mutants
from .photos import photos
from .programs import bundle_all, exifr_version
from .stored import loads, reads


@dataclass(frozen=True)
class Plan:
    """How long a run is."""

    #: Of the times of an image in memory, and the calls that are timed as one.
    timings: int
    calls: int
    #: Of the loads, and how many seconds one is.
    rounds: int
    seconds: int
    mutants: int
    #: Seconds after which who does not come back from a broken image is taken for one that never does.
    patience: int


WHOLE = Plan(timings=21, calls=200, rounds=7, seconds=2, mutants=3000, patience=5)


def measure(project: Path, work: Path, plan: Plan) -> dict[str, Any]:
    """Measures with a project of the image example that is set up; the results, as they stand in images.json.

    `work` is emptied first. Raises Failed when a part cannot be built or does not answer.
    """
    facts = machine()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    print(">>> Building the Workers", flush=True)
    programs = bundle_all(project)
    images = photos()
    files = _written(work / "photos", images.values())
    print(">>> Timing an image in memory, half a minute", flush=True)
    times = _json(project, programs / "time.js", plan.timings, plan.calls, *files)
    print(">>> Asking about broken images", flush=True)
    broken = cases()
    damaged = _written(work / "broken", [*broken.values(), *mutants(plan.mutants, seed=1)])
    outcomes = _json(project, programs / "broken.js", plan.patience, *damaged)
    named, random = outcomes[: len(broken)], outcomes[len(broken) :]
    read = reads(project, files)
    loaded = loads(project, dict(zip(images, read, strict=True)), files, plan.rounds, plan.seconds)
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "plan": asdict(plan),
        "machine": facts,
        "versions": projects.versions(project) | {"exifr": exifr_version()},
        "bytes": {who: sizes(programs / who) for who in (EXAMPLE, OTHER)},
        "photos": {
            name: {"bytes": len(images[name]), "microseconds": time, "reads": lengths, "loads": load}
            for name, time, lengths, load in zip(images, times, read, loaded, strict=True)
        },
        "broken": dict(zip(broken, named, strict=True)),
        "mutants": {who: dict(sorted(Counter(_kind(row[who]) for row in random).items())) for who in (EXAMPLE, OTHER)},
    }


def _kind(outcome: str) -> str:
    """What was said of an image, without the details."""
    if outcome.startswith("answers ") and "; " in outcome:
        return "answers with warnings"
    return outcome if outcome in ("never returns", "answers nothing") else outcome.split()[0].rstrip(":")


def _written(folder: Path, images: Iterable[bytes]) -> list[Path]:
    folder.mkdir()
    files = []
    for number, image in enumerate(images):
        files.append(folder / str(number))
        files[-1].write_bytes(image)
    return files


def _json(project: Path, program: Path, *words: object) -> Any:
    return json.loads(run_with_tools(project, "node", program, *map(str, words)).splitlines()[-1])
