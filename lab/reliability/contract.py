"""The HTTP contract of docs/http-contract.md, in Python: what a request must be answered.

Written from that page, not from the crate, so that the two can be held against each other. It asks no Worker.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from .strict_json import NotJson, Token, parse

BODY_LIMIT = 4 * 1024 * 1024

STATUS = {
    "invalidInput": 400,
    "missingField": 400,
    "notFound": 404,
    "methodNotAllowed": 405,
    "payloadTooLarge": 413,
    "unsupportedMediaType": 415,
    "internal": 500,
}


@dataclass(frozen=True)
class Request:
    """What a client sends. `chunks` is the size of the chunks of a body that is sent without a Content-Length."""

    body: bytes = b""
    method: str = "POST"
    path: str = "/"
    media_type: str | None = "application/json"
    chunks: int | None = None


@dataclass(frozen=True)
class Expected:
    """What the client must get: of a refusal the code and a pattern for the whole message, else text and count.

    A text of None is not judged: whether it can be upper-cased depends on the version of Unicode.
    """

    code: str | None = None
    message: str = ""
    text: str | None = None

    @property
    def status(self) -> int:
        """The status that goes with the code."""
        return 200 if self.code is None else STATUS[self.code]


def answer_to(request: Request, limit: int = BODY_LIMIT) -> Expected:
    """What a request to the Worker must be answered: the guards in turn, then the body."""
    if re.split("[?#]", request.path)[0] != "/":
        return _refusal("notFound", "path: expected a route of this Worker")
    if request.method != "POST":
        return _refusal("methodNotAllowed", "method: expected POST")
    if request.media_type is not None and not _is_json(request.media_type):
        return _refusal("unsupportedMediaType", "content-type: expected application/json")
    if len(request.body) > limit:
        return _refusal("payloadTooLarge", f"body: expected at most {limit} bytes")
    return _answer_to_body(request.body)


def upper(text: str) -> str | None:
    """The full default mapping; None when a letter's depends on the version of Unicode."""
    if any(unicodedata.category(char) == "Cn" or char in YOUNG_UPPER_CASE for char in text):
        return None
    return text.upper()


# Small letters older than the oldest Unicode of a Python that runs this, 14.0; their capitals are younger.
YOUNG_UPPER_CASE = frozenset("\u019b\u0264\ua7d3\ua7d5")

NOT_UTF8 = r"body: expected UTF-8, found another byte at offset \d+"
# The crate's fixed texts on syntax: no message that is not one of them can leave, so none can quote.
NOT_JSON = (
    r"body: expected JSON, found ("
    r"no (digit|hexadecimal digit|name in quotes|value|`\"`|`:`|`,` or `\]`|`,` or `\}`)|more after the end"
    r"|an? (byte order mark|control character in a string|unknown escape|unpaired surrogate)"
    r") at line \d+ column \d+"
)

_TCHAR = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_JSON_TYPE = re.compile(rf"(application/json|text/json|{_TCHAR}/{_TCHAR}\+json)[ \t]*(;.*)?", re.IGNORECASE)


def _is_json(media_type: str) -> bool:
    return _JSON_TYPE.fullmatch(media_type.strip(" \t")) is not None


def _refusal(code: str, message: str) -> Expected:
    return Expected(code, re.escape(message))


def _answer_to_body(body: bytes) -> Expected:
    try:
        document = parse(body.decode())
    except UnicodeDecodeError:
        return Expected("invalidInput", NOT_UTF8)
    except NotJson:
        return Expected("invalidInput", NOT_JSON)
    if document.first.text != "{":
        return _refusal("invalidInput", "body: expected an object")
    found: dict[str, Token] = {}
    for name_token, value in document.members:
        name = name_token.string()
        if name not in FIELDS:
            continue
        if name in found:
            return _refusal("invalidInput", f"{name}: expected once, found again")
        expected, is_right = FIELDS[name]
        if not is_right(value):
            return _refusal("invalidInput", f"{name}: expected {expected}")
        found[name] = value
    for name in ("text", "maxLength"):
        if name not in found:
            return _refusal("missingField", f"{name}: expected a value, found none")
    text = found["text"].string()
    if not text:
        return _refusal("missingField", "text: expected at least one character")
    text = text[: int(found["maxLength"].text)]
    return Expected(text=upper(text) if "uppercase" in found and found["uppercase"].text == "true" else text)


def _is_length(value: Token) -> bool:
    return re.fullmatch(r"\d{1,20}", value.text) is not None and 1 <= int(value.text) < 2**64


# Each field's type as a refusal names it, and which values are of it.
FIELDS: dict[str, tuple[str, Callable[[Token], bool]]] = {
    "text": ("a string", lambda value: value.kind == "string"),
    "maxLength": ("an integer of at least 1", _is_length),
    "uppercase": ("a boolean", lambda value: value.text in ("true", "false")),
}
