"""Holds every contestant to the contract before anything is timed: the same answers to the same requests."""

import asyncio
import json
import unicodedata
from collections.abc import Iterator

from ..reliability.answers import Answer, Broken
from ..reliability.client import Client
from ..reliability.contract import BODY_LIMIT, Expected, Request, answer_to, upper
from . import Failed
from .inputs import Input

# Characters of one to four bytes; some become two or three when upper-cased.
PIECE = "aé€🦀ßŉΐﬁЖ東z"
# About the widths of SIMD vectors, and beyond the end.
CUTS = [1, 2, 3, 5, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 2**53 - 1]

GOOD = [
    r'{"text":"line\nquote\" back\\slash \/ \u00df \ud83e\udd80 \u0000","maxLength":100,"uppercase":true}',
    r'{"uppercase":false,"maxLength":3,"t\u0065xt":"\u00e9\ud83e\udd80ab"}',
    '\n{ "text" : "straße" , "unknown" : [ { "text" : null } , -1.5e3 ] , "maxLength" : 6 , "uppercase" : true }\t',
]

BAD = [
    "", "null", "[]", '"text"', "{", '{"text":"a","maxLength":1', '{"text":"a","maxLength":1}x', "{'text':'a'}",
    '{"text":"a","maxLength":1,}', '{"text":"a\nb","maxLength":1}', '{"text":"\\x41","maxLength":1}',
    '{"text":"\\ud800","maxLength":1}', '{"text":"a\\udc00b","maxLength":1}', '{"text":"\\ud800\\u0041","maxLength":1}',
    '{"maxLength":1}', '{"text":"a"}', '{"text":"","maxLength":1}', "{}",
    '{"text":1,"maxLength":1}', '{"text":null,"maxLength":1}', '{"text":["a"],"maxLength":1}',
    '{"text":"a","maxLength":0}', '{"text":"a","maxLength":-1}', '{"text":"a","maxLength":1.5}',
    '{"text":"a","maxLength":"1"}', '{"text":"a","maxLength":null}', '{"text":"a","maxLength":true}',
    '{"text":"a","maxLength":1,"uppercase":1}', '{"text":"a","maxLength":1,"uppercase":"true"}',
]  # fmt: skip

NOT_UTF8 = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x82"]

SMALL = b'{"text":"a","maxLength":1}'


def check(name: str, url: str, inputs: list[Input], floor: bool = False) -> int:
    """Asks one Worker everything; returns how many requests that were, raises Failed at the first wrong answer.

    A floor owes no contract: only the bodies of the inputs, as they came.
    """
    due = _echoes(inputs) if floor else _contract(inputs)
    return asyncio.run(_ask(name, url, due))


def requests(inputs: list[Input]) -> Iterator[Request]:
    """Every request that a contestant must answer as the contract says."""
    yield from (Request(it.body) for it in inputs)
    for shift in range(17):
        text = "x" * shift + PIECE * 8
        for cut in CUTS:
            yield Request(_body(text, cut, uppercase=cut % 2 == 1))
    yield Request(_body("ΐ" * 100_000, 99_999, uppercase=True))
    yield Request(_body(_every_character(), 2_000_000, uppercase=True))
    yield from (Request(it.encode()) for it in [*GOOD, *BAD])
    for piece in NOT_UTF8:
        yield Request(b'{"maxLength":40,"text":"twenty bytes of ASCII ' + piece + b'"}')
    yield Request(SMALL, path="/other")
    yield from (Request(SMALL, method=method) for method in ("GET", "PUT", "DELETE"))
    yield from (Request(SMALL, media_type=it) for it in ("text/plain", "application/x-www-form-urlencoded"))
    yield from (Request(SMALL, media_type=it) for it in (None, "application/json; charset=utf-8"))
    yield Request(SMALL, chunks=10)
    for chunks in (None, 100_000):
        yield Request(SMALL.ljust(BODY_LIMIT), chunks=chunks)
        yield Request(SMALL.ljust(BODY_LIMIT + 1), chunks=chunks)


TOO_LARGE = answer_to(Request(SMALL.ljust(BODY_LIMIT + 1)))


async def _ask(name: str, url: str, due: Iterator[tuple[Request, Expected | bytes]]) -> int:
    asked = 0
    async with Client(url, 1) as client:
        for request, expected in due:
            try:
                answer = await client.ask(request)
            except Broken:
                # workerd may close the connection while the rest of a body that it refused is still sent.
                if expected == TOO_LARGE:
                    continue
                raise
            if not _is_due(expected, answer):
                raise Failed(
                    f"{name} answers wrongly. Mend it, or leave it out by naming the others.\n"
                    f"  asked: {_ends(request)}\n  due: {_ends(expected)}\n  came: {_ends(answer)}"
                )
            asked += 1
    return asked


def _contract(inputs: list[Input]) -> Iterator[tuple[Request, Expected]]:
    for request in requests(inputs):
        yield request, answer_to(request)


def _echoes(inputs: list[Input]) -> Iterator[tuple[Request, bytes]]:
    for one in inputs:
        yield Request(one.body), one.body


def _is_due(expected: Expected | bytes, answer: Answer) -> bool:
    if isinstance(expected, bytes):
        return (answer.status, answer.body) == (200, expected)
    if answer.status != expected.status:
        return False
    try:
        content = json.loads(answer.body)
    except ValueError:
        return False
    if expected.code is None:
        assert expected.text is not None
        return (content.get("processedText"), content.get("characterCount")) == (expected.text, len(expected.text))
    return content.get("code") == expected.code and (answer.status != 405 or answer.headers.get("allow") == "POST")


def _body(text: str, length: int, uppercase: bool) -> bytes:
    return json.dumps({"text": text, "maxLength": length, "uppercase": uppercase}, ensure_ascii=False).encode()


def _every_character() -> str:
    """Every assigned character whose capital does not depend on the version of Unicode, private ones aside."""
    characters = (chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cs", "Co"))
    return "".join(character for character in characters if upper(character) is not None)


def _ends(of: object) -> str:
    """The beginning and the end of what may be megabytes."""
    text = str(of)
    return text if len(text) <= 1000 else f"{text[:600]} [...] {text[-300:]}"
