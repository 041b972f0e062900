"""The loads: rounds that visit all contestants, one load at a time."""

from dataclasses import asdict
from pathlib import Path

from .load import amount, load
from .progress import Progress
from .workerd import Server

Samples = dict[str, dict[str, list[dict[str, float]]]]


def loads(generator: Path, servers: dict[str, Server], bodies: dict[str, Path], rounds: int, seconds: int) -> Samples:
    """The samples of each contestant and input, one a round; a load is so many seconds long.

    Within a round, loads of one input follow each other, so that their ratios are of one moment. The first contestant
    is another one each round: who always came after the same one would inherit its heat, or its rest.
    """
    found: Samples = {name: {one: [] for one in bodies} for name in servers}
    names = list(servers)
    progress = Progress((1 + rounds) * len(bodies) * len(names))
    for number in range(1 + rounds):
        first = number % len(names)
        for one, body in bodies.items():
            for name in names[first:] + names[:first]:
                sample = load(generator, servers[name], body, amount(seconds))
                # Round 0 warms up: V8 compiles what is hot, and heaps grow to their size.
                if number > 0:
                    found[name][one].append(asdict(sample))
                progress.add(f"round {number} of {rounds}, {one}, {name}")
    return found
