"""The Worker that fails on demand, worker/test/faults of a project: what its routes must answer and log."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .answers import Broken, check_failure
from .client import Client
from .contract import Request

# Each route that kills its instance, and the place and message that the log must then have.
CAUSES = {
    "/panic": r"platform/src/faults\.rs:\d+:\d+: a panic on demand",
    "/out-of-memory": "None: unreachable",
    "/stack-overflow": "None: memory access out of bounds|None: Maximum call stack size exceeded",
}


@dataclass
class Faults:
    """Asks that Worker and remembers what must be in its log."""

    client: Client
    failed: dict[str, str] = field(default_factory=dict)
    calls: Counter[int] = field(default_factory=Counter)

    async def ask(self, number: int) -> None:
        """A request that must be answered, with a body of its own."""
        sent = f"request {number} 🦀".encode()
        answer = await self.client.ask(Request(sent, path="/none"))
        calls, _, echoed = answer.body.partition(b" ")
        if answer.status != 200 or echoed != sent or not calls.isdigit() or answer.headers.keys() & {"x-request-id"}:
            raise Broken(f"a good request got {answer}, having sent {sent!r}")
        self.calls[int(calls)] += 1

    async def fail(self, path: str) -> None:
        """A request that kills its instance."""
        answer = await self.client.ask(Request(b"the body of a request", path=path))
        self.failed[check_failure(answer)] = path

    def check_calls(self) -> None:
        """Every instance counts its calls from 1 on: none was answered by one that had died, none was lost."""
        counts = [self.calls[call] for call in range(1, max(self.calls) + 1)]
        if counts != sorted(counts, reverse=True) or counts[0] > len(self.failed) + 1:
            raise Broken(f"instances did not count on from 1: {counts[:20]}... after {len(self.failed)} failures")

    def check_log(self, lines: list[dict[str, Any]]) -> None:
        """Each failure has one line, with the id that the client got, the message and its place, route and instance."""
        logged = {line["requestId"]: line for line in lines}
        if logged.keys() != self.failed.keys() or len(lines) != len(logged):
            raise Broken(f"{len(self.failed)} failures, but {len(lines)} lines in the log, or with other ids")
        for request_id, path in self.failed.items():
            line = logged[request_id]
            cause = f"{line['place']}: {line['message']}"
            if line["route"] != path or line["code"] != "internal" or not re.fullmatch(CAUSES[path], cause):
                raise Broken(f"a line that does not tell what happened at {path}: {json.dumps(line)}")
        if sorted(line["instance"] for line in lines) != list(range(1, len(lines) + 1)):
            raise Broken("the log does not count the instances one by one")
