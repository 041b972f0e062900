"""The metadata of images in R2, that of Miniflare: how much of them is read, and how fast the answers are under load.

In Cloudflare's R2 a read takes longer and the module no longer than here, so there the number of ranges decides.
"""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...reliability.project import command
from .. import Failed
from ..commands import ENVIRONMENT
from ..load import amount, asked
from ..prerequisites import load_generator
from ..progress import Progress
from . import EXAMPLE, OTHER, PLAIN
from .programs import FOLDER

#: Of each contestant the lengths of the ranges that it read, in bytes, and how many fields it answered.
Reads = dict[str, dict[str, Any]]
Loads = dict[str, list[dict[str, float]]]


def reads(project: Path, files: list[Path]) -> list[Reads]:
    """What is read of each image."""
    with _serving(project, ["generated-counting", "exifr-counting"], files) as urls:
        counters = dict(zip((EXAMPLE, OTHER), urls, strict=True))
        return [
            {who: _read(f"{url}images/{number}/metadata") for who, url in counters.items()}
            for number in range(len(files))
        ]


def _read(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url) as answer:
        return dict(json.load(answer))


def loads(project: Path, read: dict[str, Reads], files: list[Path], rounds: int, seconds: int) -> list[Loads]:
    """Of each image, by its name in `read`, the samples of each contestant and of a plain read of as many bytes as the
    example's, one a round.
    """
    generator = load_generator()
    progress = Progress((1 + rounds) * len(read) * 3)
    samples = []
    with _serving(project, ["generated", "exifr", "plain"], files) as (example, other, plain):
        for number, (name, by) in enumerate(read.items()):
            urls = {
                EXAMPLE: f"{example}images/{number}/metadata",
                OTHER: f"{other}images/{number}/metadata",
                PLAIN: f"{plain}{number}?length={sum(by[EXAMPLE]['ranges'])}",
            }
            found: Loads = {who: [] for who in urls}
            for turn in range(1 + rounds):
                # Each time another one is the first.
                for who in [*urls][turn % 3 :] + [*urls][: turn % 3]:
                    answers = asked(generator, f"{name}, {who}", amount(seconds), urls[who])
                    # Round 0 warms up.
                    if turn > 0:
                        found[who].append(asdict(answers))
                    progress.add(f"{name}, round {turn} of {rounds}, {who}")
            samples.append(found)
    return samples


@contextmanager
def _serving(project: Path, bundles: list[str], files: list[Path]) -> Iterator[list[str]]:
    """Where the Workers of some bundles listen, each with the images in its bucket."""
    folders = [f"{FOLDER}/{bundle}" for bundle in bundles]
    words = command(project, "node", f"worker/{FOLDER}/serve/index.js", *folders, "--", *map(str, files))
    with subprocess.Popen(words, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            if not line:
                raise Failed("the Workers did not start; what stands above says why")
            yield json.loads(line)
        finally:
            process.stdin.close()
