"""One request in ten kills the instance, under load: every other one is answered right, and the log tells why."""

import asyncio
import random
from pathlib import Path

from .client import Client
from .faults import CAUSES, Faults
from .memory import Memory, warm_up
from .progress import Progress
from .report import Figures
from .worker import Worker, running

SHORT, LONG = 1_000, 20_000
CONNECTIONS = 50


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Asks the Worker that fails on demand, then reads its log."""
    with running(project, "dist-faults") as worker:
        return asyncio.run(_run(worker, long, random.Random(random_seed)))


async def _run(worker: Worker, long: bool, chance: random.Random) -> Figures:
    total = LONG if long else SHORT
    if long:
        await warm_up(worker)
    memory = Memory(worker)
    progress = Progress("requests", total)
    plan = iter(enumerate(_plan(total, chance)))

    async def keep_asking(faults: Faults) -> None:
        for number, path in plan:
            await (faults.fail(path) if path else faults.ask(number))
            progress.add()
            memory.count()

    async with Client(worker.url, CONNECTIONS) as client, asyncio.TaskGroup() as group:
        faults = Faults(client)
        for _ in range(CONNECTIONS):
            group.create_task(keep_asking(faults))
    faults.check_calls()
    faults.check_log(worker.failures(at_least=len(faults.failed)))
    kinds = {f"answered 500: {path}": list(faults.failed.values()).count(path) for path in CAUSES}
    return {
        "requests": total,
        "connections": CONNECTIONS,
        **kinds,
        "answered right": sum(faults.calls.values()),
        "log lines with id, message and place": len(faults.failed),
    } | memory.levelled("workerd", warm=long)


def _plan(total: int, chance: random.Random) -> list[str | None]:
    """For each request the route that fails, or None for a good one: one in each ten in a row fails."""
    plan: list[str | None] = []
    for _ in range(total // 10):
        ten: list[str | None] = [None] * 10
        ten[chance.randrange(10)] = chance.choice(list(CAUSES))
        plan += ten
    return plan
