"""Many mixed requests in a row, to the Worker that is deployed and to the one that fails: nothing may pile up."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Iterable
from pathlib import Path

from .answers import Broken, check
from .client import Client
from .contract import Request, answer_to
from .faults import CAUSES, Faults
from .memory import Memory, warm_up
from .progress import Progress
from .report import Figures
from .requests import pool
from .worker import Worker, running

SHORT, LONG = 10_000, 200_000
CONNECTIONS = 10
LIMIT = 64 * 1024
# Of ten requests this many go to the Worker that fails, and of those one in ten does.
FAULTY_TENTHS = 2
PATHS = list(CAUSES)


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Asks both Workers at the same time."""
    requests = pool(LIMIT, 3_000 if long else 300, random_seed)
    with running(project, "dist", MAX_BODY_BYTES=LIMIT) as deployed, running(project, "dist-faults") as faulty:
        return asyncio.run(_run(deployed, faulty, long, requests, random.Random(random_seed)))


async def _run(deployed: Worker, faulty: Worker, long: bool, requests: list[Request], chance: random.Random) -> Figures:
    total = LONG if long else SHORT
    if long:
        await asyncio.gather(warm_up(deployed), warm_up(faulty))
    to_fail = total * FAULTY_TENTHS // 10
    progress = Progress("requests", total)
    memory, memory_of_faulty = Memory(deployed), Memory(faulty)
    async with (
        Client(deployed.url, CONNECTIONS) as client,
        Client(faulty.url, CONNECTIONS) as failing_client,
        asyncio.TaskGroup() as group,
    ):
        faults = Faults(failing_client)
        mixed = (_ask(client, request) for request in itertools.islice(itertools.cycle(requests), total - to_fail))
        failing = (
            faults.fail(chance.choice(PATHS)) if chance.random() < 0.1 else faults.ask(number)
            for number in range(to_fail)
        )
        for _ in range(CONNECTIONS):
            group.create_task(_all(mixed, memory, progress))
            group.create_task(_all(failing, memory_of_faulty, progress))
    faults.check_calls()
    faults.check_log(faulty.failures(at_least=len(faults.failed)))
    if deployed.failures(at_least=0):
        raise Broken(f"a failure in the log that no answer told: {deployed.failures(0)[0]}")
    return (
        {"requests": total, "different ones": len(requests), "instances replaced": len(faults.failed)}
        | memory.levelled("deployed Worker", warm=long)
        | memory_of_faulty.levelled("failing Worker", warm=long)
    )


async def _ask(client: Client, request: Request) -> None:
    check(request, answer_to(request, LIMIT), await client.ask(request))


async def _all(asked: Iterable[Awaitable[None]], memory: Memory, progress: Progress) -> None:
    for one in asked:
        await one
        memory.count()
        progress.add()
