"""One load: bombardier over ten connections, and what workerd spent on it."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import Failed
from .commands import run
from .workerd import Server

CONNECTIONS = 10


@dataclass(frozen=True)
class Answers:
    """What a client found: requests a second, latencies in milliseconds."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Sample(Answers):
    """The same, and the server's CPU milliseconds a request."""

    cpu_ms: float


def amount(seconds: int) -> str:
    """bombardier's word for a load so long; for one of 0 seconds, a request over each connection."""
    return f"--duration={seconds}s" if seconds else f"--requests={CONNECTIONS}"


def load(generator: Path, server: Server, body: Path, *amount: str) -> Sample:
    """Posts a file as JSON, `amount` long: bombardier's words for a duration or a number of requests.

    Raises Failed when an answer is not 2xx.
    """
    posted = ["--method=POST", f"--body-file={body}", "--header=content-type: application/json"]
    cpu = server.cpu_seconds()
    found = asked(generator, body.name, *amount, *posted, server.url())
    cpu = server.cpu_seconds() - cpu
    return Sample(found.requests, found.per_second, found.p50_ms, found.p99_ms, cpu * 1000 / found.requests)


def asked(generator: Path, what: str, *words: str) -> Answers:
    """Runs bombardier with its own words. `what` names the load where an answer is not 2xx, which raises Failed."""
    printed = run(
        generator, f"--connections={CONNECTIONS}", "--timeout=60s", "--latencies", "--format=json", "--print=result", *words
    )  # fmt: skip
    result = json.loads(printed)["result"]
    answered = result["req2xx"]
    others = {name: result[name] for name in ("req1xx", "req3xx", "req4xx", "req5xx", "others") if result[name]}
    if others or not answered:
        raise Failed(f"a load of {what}: expected answers 2xx only, found {answered} of them and {others}")
    percentiles = result["latency"]["percentiles"]
    return Answers(answered, answered / result["timeTakenSeconds"], percentiles["50"] / 1000, percentiles["99"] / 1000)
