"""What the questionnaire's rules say, once more in Python and as plainly as it goes: the reference for extensions/."""

import string
import unicodedata
from collections.abc import Iterator

from macros import names

LONGEST = {"description": 300, "user_name": 100}
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def broken_rule(question: str, answer: str) -> str:
    """The words of the rule that an answer breaks; nothing where it keeps all of them."""
    rules = {"project_name": worker_rules, "crate_name": crate_rules}.get(question)
    return next((rule for rule, broken in (rules or text_rules)(answer, question) if broken), "")


def text_rules(text: str, question: str) -> Iterator[tuple[str, bool]]:
    controls = [character for character in text if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")]
    controls += [character for character in text if unicodedata.bidirectional(character) in DIRECTIONS]
    controls += [character for character in text if character in "\ufffe\uffff"]
    yield "Type one line of visible characters", bool(controls)
    yield f"Use at most {LONGEST[question]} characters", len(text) > LONGEST[question]
    yield "Begin and end with visible characters", text != text.strip() or not text


def worker_rules(name: str, _question: str) -> Iterator[tuple[str, bool]]:
    label = 0 < len(name) < 64 and set(name) <= {*string.ascii_lowercase, *string.digits, "-"}
    yield "Use a-z, 0-9 and -, 1 to 63 characters", not label or name.startswith("-") or name.endswith("-")


def crate_rules(name: str, _question: str) -> Iterator[tuple[str, bool]]:
    identifier = 0 < len(name) < 65 and set(name) <= {*string.ascii_lowercase, *string.digits, "_"}
    yield "Use a-z, 0-9 and _, 1 to 64 characters", not identifier or name[0] not in string.ascii_lowercase
    yield "Use single underscores", "__" in name
    yield "is a Rust keyword", name in names.RUST_KEYWORDS
    yield "is a crate of Rust itself", name in names.RUST_CRATES
    yield "is a dependency of the generated crate", name in names.OWN_DEPENDENCIES
    yield "is a folder of the generated project", name in names.OWN_FOLDERS
    yield "names a device on Windows", name in names.DEVICES or name[:-1] in ("com", "lpt") and name[-1].isdigit()
