"""One load: bombardier over ten connections, and what workerd spent on it."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import Failed
from .commands import run
from .workerd import Server

CONNECTIONS = 10


@dataclass(frozen=True)
class Sample:
    """What one load found: requests a second, latencies in milliseconds, CPU milliseconds a request."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


def load(generator: Path, server: Server, body: Path, *amount: str) -> Sample:
    """Posts a file as JSON, `amount` long: bombardier's words for a duration or a number of requests.

    Raises Failed when an answer is not 2xx.
    """
    cpu = server.cpu_seconds()
    printed = run(
        generator, f"--connections={CONNECTIONS}", *amount, "--timeout=60s", "--latencies", "--method=POST",
        f"--body-file={body}", "--header=content-type: application/json", "--format=json", "--print=result",
        server.url(),
    )  # fmt: skip
    cpu = server.cpu_seconds() - cpu
    result = json.loads(printed)["result"]
    answered = result["req2xx"]
    others = {name: result[name] for name in ("req1xx", "req3xx", "req4xx", "req5xx", "others") if result[name]}
    if others or not answered:
        raise Failed(f"a load of {body.name}: expected answers 2xx only, found {answered} of them and {others}")
    percentiles = result["latency"]["percentiles"]
    return Sample(
        answered,
        answered / result["timeTakenSeconds"],
        percentiles["50"] / 1000,
        percentiles["99"] / 1000,
        cpu * 1000 / answered,
    )
