"""What clients may send, as hypothesis strategies: good bodies, flawed ones, ones that only look good, and noise."""

import json

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .contract import Request

# Characters that grow, vanish, combine, turn the line round or need escapes.
ODD = 'ßŉǰΐևẖİıςσſﬁﬃǅ🦀e\u0301\u200d\u202e\ufeff\u2028\x00\x1f\x7f\uffff\U0010ffff"\\/'

NUMBERS = (
    """
0 1 2 3 10 -0 -1 1.0 1.5 1e0 1E+2 10e-1 0.0 4294967295 4294967296 9007199254740993 18446744073709551615
18446744073709551616 -9223372036854775808 -9223372036854775809 1e308 1e309 -1e400 1e-400 0e99999999999 1e99999999999
00 01 -01 +1 .5 1. 1e 1e+ -- - 0x10 1_000 NaN -NaN Infinity -Infinity
""".split()
    + ["1" + "0" * 400, "0." + "0" * 400 + "1e401"]
)

VALUES = (
    r"""
null true false True nul undefined [] {} [1] [1,] {"a":1} {"a":1,} {"a"} {a:1} {"text":"b","maxLength":1} [[[[[[]]]]]]
"" "x" 'x' "\ud800" "\udc00\ud800" "\ud83e\udd80" "\uD83E\u0041" "\u12" "\x41" "\q" "\" " " ["\ud800"] {"\ud800":1}
/*x*/1 [1 2] ]
""".split()
    + [
        '"a\nb"',
        '"a\tb"',
        '"\x00"',
        "[" * 500 + "]" * 500,
        "[" * 500,
        '{"a":' * 200 + "1" + "}" * 200,
        '", expected a secret at line 1"',
    ]
)

NAMES = ["unknown", "Text", "text ", "max_length", "maxlength", "", "__proto__", "\ud800", "🦀", "`,", "a, expected b"]

# Each kind of mistake that RFC 3629, section 4, knows.
NOT_UTF8 = [
    bytes.fromhex(mistake)
    for mistake in """
80 bf8080 c080 c1bf c2 df e0 e09fbf e0a0 edbf ed9f eda080 edbfbf efbf f0 f08fbfbf f0908080f09080 f48fbf f4908080 f5808080
f7bfbfbf f8888080 ff
""".split()
]

BLANKS = ["", " ", "\n", "\t \r\n", "\u00a0", "\x0b"]


def _written(text: str, style: int) -> str:
    """A JSON string: with the fewest escapes, in ASCII, or with every character escaped."""
    if style == 2:
        units = text.encode("utf-16-be", "surrogatepass").hex()
        return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'
    return json.dumps(text, ensure_ascii=style == 1 or any("\ud800" <= char <= "\udfff" for char in text))


TEXTS = st.one_of(
    st.text(max_size=8),
    st.text(ODD, min_size=1, max_size=6),
    st.builds(lambda unit, times: unit * times, st.text(min_size=1, max_size=3), st.integers(1, 500)),
)
STRINGS = st.builds(_written, TEXTS, st.integers(0, 2))
LENGTHS = st.one_of(st.integers(1, 12), st.integers(1, 2**64 - 1)).map(str)
RAW = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(VALUES), STRINGS, LENGTHS)
MEMBERS = {
    "text": STRINGS,
    "maxLength": LENGTHS,
    "uppercase": st.sampled_from(["true", "false"]),
}


@st.composite
def _objects(draw: st.DrawFn, flaws: int) -> str:
    """An object with the contract's fields in some order, up to two unknown ones, and as many flaws as asked for."""
    names = draw(
        st.sampled_from([["text", "maxLength"], ["maxLength", "uppercase", "text"], ["uppercase", "text", "maxLength"]])
    )
    members = [(name, draw(MEMBERS[name])) for name in names]
    members += [
        (name, draw(RAW if flaws else STRINGS)) for name in draw(st.lists(st.sampled_from(NAMES[:4]), max_size=2))
    ]
    for _ in range(flaws):
        at = draw(st.integers(0, len(members)))
        member = (draw(st.sampled_from([*MEMBERS, *NAMES])), draw(RAW))
        # Another member before this one, instead of it, or none.
        members[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from([[member], [member], []]))
    style = draw(st.integers(0, 2))
    blank = draw(st.sampled_from(BLANKS[: 6 if flaws else 4]))
    written = f",{blank}".join(f"{_written(name, style)}{blank}:{value}" for name, value in members)
    return f"{blank}{{{written}}}{blank}"


GOOD = _objects(flaws=0).map(str.encode)
FLAWED = st.integers(1, 2).flatmap(_objects).map(str.encode)


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A good body with some bytes changed, dropped, doubled or put in."""
    body = bytearray(draw(GOOD))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        new = draw(st.one_of(st.binary(max_size=2), st.sampled_from([b'"', b"\\", b"{", b"}", b",", *NOT_UTF8])))
        body[at : at + draw(st.integers(0, 4))] = new
    return bytes(body)


def _sized(limit: int) -> st.SearchStrategy[bytes]:
    """Good and flawed bodies, padded with blanks to the limit or a byte beside it."""
    return st.builds(lambda body, over: body.ljust(limit + over), st.one_of(GOOD, FLAWED), st.integers(-1, 1))


def _weighted(*weights: tuple[int, st.SearchStrategy]) -> st.SearchStrategy:
    """One of the strategies, as often as it weighs; one_of would take equal ones for one."""
    return st.sampled_from([strategy for weight, strategy in weights for _ in range(weight)]).flatmap(lambda it: it)


NOISE = st.one_of(st.binary(max_size=20), RAW.map(str.encode), st.text(max_size=20).map(str.encode))

METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATHS = ["/?text=a", "/other", "//", "/%2F", "/index.html", "/__proto__", "/constructor", "/toString?x"]
MEDIA_TYPES = [
    None, "text/json", "Application/JSON; charset=utf-8", "application/json;", "application/ld+json ;a=b", "a/b+JSON",
    "application/json; charset=utf-16", "text/plain", "application/jsonp", "application/json+x", "json", "+json",
    "a/+json", "application/json, text/json", "text/plain, a+json", "text/a,b+json", "text/(a)+json",
    "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
]  # fmt: skip


def requests(limit: int) -> st.SearchStrategy[Request]:
    """Requests to a Worker with this limit: nine in ten differ in the body only."""
    bodies = _weighted((7, GOOD), (5, FLAWED), (5, _mutated()), (2, NOISE), (1, _sized(limit)))
    chunks = st.sampled_from([None, None, None, 1000])
    plain = st.builds(Request, bodies, chunks=chunks)
    other = st.builds(
        Request,
        st.one_of(GOOD, NOISE),
        _weighted((3, st.just("POST")), (1, st.sampled_from(METHODS))),
        _weighted((3, st.just("/")), (1, st.sampled_from(PATHS))),
        st.sampled_from(MEDIA_TYPES),
        chunks,
    )
    return _weighted((9, plain), (1, other))


def pool(limit: int, count: int, random_seed: int) -> list[Request]:
    """As many different requests as asked for, always the same ones for a seed."""
    found: list[Request] = []

    @seed(random_seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(limit))
    def collect(request: Request) -> None:
        found.append(request)

    collect()
    return found
