"""Generated requests, every answer held against the contract in contract.py: nothing wrong, and no 500."""

import asyncio
import json
import math
import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from . import contract
from .answers import Broken, check
from .client import Client
from .contract import Request, answer_to
from .progress import Progress
from .report import Figures
from .requests import requests
from .worker import running

SHORT, LONG = 5_000, 100_000
# Small, so that bodies about the limit cost little; limits.py has the one of wrangler.toml.
LIMIT = 16 * 1024
CONNECTIONS = 10
BATCH = 20


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Sends every assigned character once, then as many generated requests as the form has."""
    total = LONG if long else SHORT
    with running(project, "dist", MAX_BODY_BYTES=LIMIT) as worker, asyncio.Runner() as runner:
        client = runner.run(Client(worker.url, CONNECTIONS).__aenter__())
        try:
            characters = runner.run(_ask_for_all_characters(client))
            counts = _ask_generated(runner, client, total, random_seed)
        finally:
            runner.run(client.__aexit__())
        failures = worker.failures(at_least=0)
    if failures:
        raise Broken(f"a failure in the log that no answer told: {failures[0]}")
    return {
        "characters upper-cased": characters,
        "requests": sum(counts.values()),
        **counts,
        "wrong, or 500": 0,
        "sent again on another connection": client.reconnections,
    }


def _ask_generated(runner: asyncio.Runner, client: Client, total: int, random_seed: int) -> dict[str, int]:
    progress = Progress("requests", total)
    counts = {"answered 200": 0} | {f"refused, {code}": 0 for code in contract.STATUS if code != "internal"}

    async def ask_all(batch: list[Request]) -> None:
        asked = await asyncio.gather(*(_ask(client, request) for request in batch), return_exceptions=True)
        for failure in filter(None, asked):
            raise failure

    @seed(random_seed)
    # Failing batches shrink until one small request is left that is answered wrong.
    @settings(
        max_examples=math.ceil(total / BATCH),
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(st.lists(requests(LIMIT), min_size=BATCH, max_size=BATCH))
    def ask(batch: list[Request]) -> None:
        runner.run(ask_all(batch))
        progress.add(BATCH)
        for request in batch:
            code = answer_to(request, LIMIT).code
            counts[f"refused, {code}" if code else "answered 200"] += 1

    ask()
    return counts


async def _ask(client: Client, request: Request) -> None:
    check(request, answer_to(request, LIMIT), await client.ask(request))


async def _ask_for_all_characters(client: Client) -> int:
    """Upper-cases every character whose mapping does not depend on the version of Unicode; returns how many."""
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
    characters = [char for char in characters if contract.upper(char) is not None]
    step = LIMIT // 16
    for start in range(0, len(characters), step):
        body = {"text": "".join(characters[start : start + step]), "maxLength": step, "uppercase": True}
        await _ask(client, Request(json.dumps(body).encode()))
    return len(characters)
