"""JSON as RFC 8259 has it and not a byte more: whether a text is JSON, and what an object has at its top. What the RFC
leaves open, an unpaired surrogate escape, is no JSON here, as in the crate.

Python's json takes NaN, control characters and more, drops duplicate names and recurses. This reads tokens in a loop.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
      (?P<string>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<literal>true|false|null)
    | (?P<mark>[{}\[\],:])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


class NotJson(Exception):
    """The text is not JSON to its end."""


@dataclass(frozen=True)
class Token:
    """A token as it is written: kind `string`, `number`, `literal`, `mark` or `end`."""

    kind: str
    text: str

    def string(self) -> str:
        """The characters of a string."""
        return str(json.loads(self.text))


@dataclass
class Document:
    """A JSON text: the token it begins with, and if that is `{` each member's name and its value's first token."""

    first: Token
    members: list[tuple[Token, Token]] = field(default_factory=list)


def parse(text: str) -> Document:
    """Reads a JSON text; nesting may be of any depth."""
    tokens = _tokens(text)
    document = Document(next(tokens))
    nesting: list[str] = []
    name: Token | None = None
    token = document.first
    while True:
        # `token` is where a value is due, or the end of an array or object that has none.
        if token.text == "[":
            nesting.append("]")
            token = next(tokens)
            if token.text != "]":
                continue
        elif token.text == "{":
            nesting.append("}")
            token = next(tokens)
            if token.text != "}":
                name, token = _named(token, tokens)
                if len(nesting) == 1:
                    document.members.append((name, token))
                continue
        elif token.kind in ("mark", "end"):
            raise NotJson(f"no value: {token.text}")
        else:
            token = _after_value(nesting, tokens)
        while nesting and token.text == nesting[-1] and token.kind == "mark":
            nesting.pop()
            token = _after_value(nesting, tokens)
        if not nesting:
            return document
        if token.text != ",":
            raise NotJson(f"no comma: {token.text}")
        token = next(tokens)
        if nesting[-1] == "}":
            name, token = _named(token, tokens)
            if len(nesting) == 1:
                document.members.append((name, token))


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while match := TOKEN.match(text, position):
        position = match.end()
        kind = str(match.lastgroup)
        token = Token(kind, match[kind])
        if kind == "string" and "\\u" in token.text and re.search("[\ud800-\udfff]", token.string()):
            raise NotJson(f"an unpaired surrogate at {position}")
        yield token
    raise NotJson(f"no token at {position}")


def _named(name: Token, tokens: Iterator[Token]) -> tuple[Token, Token]:
    if name.kind != "string" or next(tokens).text != ":":
        raise NotJson("no name and colon")
    return name, next(tokens)


def _after_value(nesting: list[str], tokens: Iterator[Token]) -> Token:
    token = next(tokens)
    if not nesting and token.kind != "end":
        raise NotJson("more than one value")
    return token
