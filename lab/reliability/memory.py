"""Watches what a workerd takes while it is asked, and whether that levels off."""

import asyncio
from dataclasses import dataclass

from .answers import Broken, check
from .client import Client
from .contract import Request, answer_to
from .progress import Progress
from .report import Figures
from .worker import Worker

EVERY = 50
# A workerd without a limit lets its own heap grow for some ten thousand requests of any kind, before it collects.
WARM_UP = 60_000
CONNECTIONS = 10
MOST_MEGABYTES = 1_000
# An instance has some four; those that died wait for the next collection.
MOST_GIGABYTES_RESERVED = 500


@dataclass(frozen=True)
class Sample:
    """What workerd has: resident megabytes, address space, open files."""

    megabytes: float
    reserved_gigabytes: float
    descriptors: int


async def warm_up(worker: Worker) -> None:
    """Asks for a path without a route, which reaches no WebAssembly, until workerd's own heap has its size."""
    request = Request(method="GET", path="/warm-up")
    progress = Progress("requests to warm up", WARM_UP)

    async def keep_asking(client: Client) -> None:
        for _ in range(WARM_UP // CONNECTIONS):
            check(request, answer_to(request), await client.ask(request))
            progress.add()

    async with Client(worker.url, CONNECTIONS) as client, asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(keep_asking(client))


class Memory:
    """Samples of one Worker, in the order of its requests."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._asked = 0
        self._samples: list[Sample] = []

    def count(self) -> None:
        """Counts a request; takes a sample now and then."""
        self._asked += 1
        if self._asked % EVERY == 0:
            worker = self._worker
            self._samples.append(Sample(worker.megabytes(), worker.reserved_gigabytes(), worker.descriptors()))

    def levelled(self, of: str, warm: bool) -> Figures:
        """The most in the second tenth of the requests and in the last; of a warm one, a tenth more is broken."""
        tenth = len(self._samples) // 10
        early, late = _most(self._samples[tenth : 2 * tenth]), _most(self._samples[-tenth:])
        peak = _most(self._samples)
        if peak.megabytes > MOST_MEGABYTES or peak.reserved_gigabytes > MOST_GIGABYTES_RESERVED:
            raise Broken(f"{of} takes too much: {peak}")
        if late.descriptors > early.descriptors * 1.1 or (warm and late.megabytes > early.megabytes * 1.1):
            raise Broken(f"{of} does not level off: {early}, and at the end {late}")
        return {
            f"{of}: most MB of memory, second tenth": round(early.megabytes),
            f"{of}: most MB of memory, last tenth": round(late.megabytes),
            f"{of}: most GB of address space": round(peak.reserved_gigabytes),
            f"{of}: open files, second and last tenth": f"{early.descriptors}, {late.descriptors}",
        }


def _most(samples: list[Sample]) -> Sample:
    return Sample(
        max(sample.megabytes for sample in samples),
        max(sample.reserved_gigabytes for sample in samples),
        max(sample.descriptors for sample in samples),
    )
