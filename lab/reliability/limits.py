"""Bodies that are too long, lie about their length, stop short or crawl, while other clients are served."""

import asyncio
import itertools
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from .answers import Broken, check
from .client import Client
from .contract import BODY_LIMIT, Expected, Request, answer_to
from .progress import Progress
from .project import CRATE, command
from .report import Figures
from .sockets import Connection, in_chunks
from .worker import Worker, running

MEGABYTE = 1_000_000
# What workerd and the system may hold of an upload beyond what the Worker reads.
BUFFERS = 8 * MEGABYTE
PEAK_MEGABYTES = 1_000
# https://developers.cloudflare.com/workers/platform/limits/#memory: what an isolate has for everything.
ISOLATE = 128 * MEGABYTE
WORST = Path(__file__).with_name("worst.mjs")
CUT_SHORT = Expected("invalidInput", "body: expected all of it, found a broken connection")
TOO_LARGE = answer_to(Request(bytes(BODY_LIMIT + 1)))


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Runs the cases one after another beside a client that asks all the time."""
    figures = _two_of_the_worst(project)
    with running(project, "dist") as worker:
        return figures | asyncio.run(_run(worker, long))


def _two_of_the_worst(project: Path) -> Figures:
    """What two of the worst requests hold at once: the module's memory, for calls take turns, and both bodies and answers."""
    asked = command(project, "node", str(WORST), str(project / CRATE / "pkg"), CRATE, str(BODY_LIMIT))
    worst = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    both = worst["module"] + 2 * (BODY_LIMIT + worst["answer"])
    if both > ISOLATE:
        raise Broken(f"two of the worst requests hold {both} bytes, more than the {ISOLATE} of an isolate: {worst}")
    return {"MB that two of the worst requests hold": round(both / MEGABYTE)}


async def _run(worker: Worker, long: bool) -> Figures:
    cases: list[Callable[[str, bool], Awaitable[Figures]]] = [
        _at_the_limit, _upload_with_a_length, _upload_without_a_length, _false_lengths, _broken_chunks, _hang_ups,
        _many_at_the_limit, _crumbs, _one_byte_a_second,
    ]  # fmt: skip
    figures: Figures = {}
    progress = Progress("cases", len(cases))
    async with _beside(worker, figures, progress):
        for case in cases:
            figures |= await case(worker.url, long)
            progress.add()
    failures = worker.failures(at_least=0)
    if failures:
        raise Broken(f"a client's fault is in the log as a failure of the Worker: {failures[0]}")
    if float(figures["most MB of memory"]) > PEAK_MEGABYTES:
        raise Broken(f"workerd took more than {PEAK_MEGABYTES} MB: {figures}")
    return figures


@asynccontextmanager
async def _beside(worker: Worker, figures: Figures, progress: Progress) -> AsyncIterator[None]:
    """Meanwhile asks and measures; every answer must be right."""
    done = asyncio.Event()
    request = Request(b'{"text":"meanwhile","maxLength":4}')
    megabytes: list[float] = []
    waits: list[float] = []

    async def ask() -> None:
        async with Client(worker.url, 1) as client:
            while not done.is_set():
                started = time.monotonic()
                check(request, answer_to(request), await client.ask(request))
                waits.append(time.monotonic() - started)
                megabytes.append(worker.megabytes())
                progress.add(0)
                await asyncio.sleep(0.01)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        done.set()
        await asking
        figures["asked meanwhile, all answered"] = len(waits)
        figures["their longest wait, in ms"] = round(max(waits) * 1000)
        figures["most MB of memory"] = round(max(megabytes))


async def _at_the_limit(url: str, long: bool) -> Figures:
    """The last byte that is read, and the first that is not, with a length and in chunks."""
    for over, in_pieces in itertools.product((0, 1), (False, True)):
        body = b'{"text":"a","maxLength":1}'.ljust(BODY_LIMIT + over)
        connection = await Connection.open(url)
        await connection.post("Transfer-Encoding: chunked" if in_pieces else f"Content-Length: {len(body)}")
        await connection.send(in_chunks(body, 65536) if in_pieces else [body])
        await _expect(connection, answer_to(Request(body)))
    return {"bodies at the limit and a byte over": 4}


async def _upload_with_a_length(url: str, long: bool) -> Figures:
    connection = await Connection.open(url)
    await connection.post("Content-Length: 1000000000")
    return {"MB taken of 1 GB with a length": await _upload(connection, bytes(65536), BUFFERS)}


async def _upload_without_a_length(url: str, long: bool) -> Figures:
    connection = await Connection.open(url)
    await connection.post("Transfer-Encoding: chunked")
    chunk = next(iter(in_chunks(bytes(65536), 65536)))
    return {"MB taken of 1 GB in chunks": await _upload(connection, chunk, BODY_LIMIT + BUFFERS)}


async def _upload(connection: Connection, piece: bytes, bound: int) -> float:
    """Sends up to 1 GB from one small buffer until nobody takes more; the answer must come before that."""
    sending = asyncio.create_task(connection.send(itertools.repeat(piece, 1_000_000_000 // len(piece))))
    await _expect(connection, TOO_LARGE, close=False)
    if await sending or connection.taken > bound:
        raise Broken(f"{connection.taken} bytes of an upload were taken, more than {bound}")
    connection.close()
    return round(connection.taken / MEGABYTE, 1)


async def _false_lengths(url: str, long: bool) -> Figures:
    body = b'{"text":"a","maxLength":1}'
    longer = await Connection.open(url)
    await longer.post(f"Content-Length: {len(body) + 1}")
    await longer.send([body])
    longer.finish()
    await _expect(longer, CUT_SHORT)
    shorter = await Connection.open(url)
    await shorter.post(f"Content-Length: {len(body) - 1}")
    await shorter.send([body])
    await _expect(shorter, answer_to(Request(body[:-1])))
    return {"false lengths, longer and shorter": 2}


async def _broken_chunks(url: str, long: bool) -> Figures:
    connection = await Connection.open(url)
    await connection.post("Transfer-Encoding: chunked")
    await connection.send([b'5\r\n{"tex\r\nzz\r\n'])
    await _expect(connection, CUT_SHORT)
    return {"chunks that are none": 1}


async def _hang_ups(url: str, long: bool) -> Figures:
    """Clients that go away in the middle of a body, in order and with a reset."""
    times = 200 if long else 20
    for number in range(times):
        connection = await Connection.open(url)
        await connection.post("Transfer-Encoding: chunked" if number % 4 < 2 else "Content-Length: 100000")
        await connection.send(itertools.islice(in_chunks(bytes(5000), 1000), 3))
        await asyncio.sleep(0.005)
        connection.close(reset=number % 2 == 0)
    return {"bodies cut off in the middle": times}


async def _many_at_the_limit(url: str, long: bool) -> Figures:
    """Bodies of full length at once, all of them text to upper-case."""
    times = 16 if long else 4
    body = f'{{"uppercase":true,"maxLength":{BODY_LIMIT},"text":"{"a" * (BODY_LIMIT - 60)}"}}'.encode()
    request = Request(body)
    expected = answer_to(request)
    async with Client(url, times) as client:
        for answer in await asyncio.gather(*(client.ask(request) for _ in range(times))):
            check(request, expected, answer)
    return {"bodies of 4 MiB at once": times}


async def _crumbs(url: str, long: bool) -> Figures:
    """A body in chunks of one byte each."""
    body = b'{"text":"a","maxLength":1}'.ljust(2_000_000 if long else 300_000)
    connection = await Connection.open(url)
    await connection.post("Transfer-Encoding: chunked")
    pieces = in_chunks(body, 1)
    while several := b"".join(itertools.islice(pieces, 5000)):
        await connection.send([several])
    await _expect(connection, answer_to(Request(body)))
    return {"chunks of one byte": len(body)}


async def _one_byte_a_second(url: str, long: bool) -> Figures:
    """Many bodies that arrive a byte a second, and are answered when they are there."""
    times, seconds = (500, 20) if long else (50, 3)
    body = b'{"text":"slow","maxLength":2}'

    async def crawl() -> None:
        connection = await Connection.open(url)
        await connection.post(f"Content-Length: {len(body)}")
        await connection.send([body[:-seconds]])
        for byte in body[-seconds:]:
            await asyncio.sleep(1)
            await connection.send([bytes([byte])])
        await _expect(connection, answer_to(Request(body)))

    await asyncio.gather(*(crawl() for _ in range(times)))
    return {f"clients that send a byte a second for {seconds} s": times}


async def _expect(connection: Connection, expected: Expected, close: bool = True) -> None:
    answer = await connection.answer()
    if answer is None:
        raise Broken(f"no answer; expected {expected}")
    check(Request(), expected, answer)
    if close:
        connection.close()
