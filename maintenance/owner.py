"""What an owner does with a project: an endpoint as docs/add-an-endpoint.md says, and lines in files of the template's.

The gallery's owner does it, and those of the projects that the tests update.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from . import ROOT


def documented(page: str) -> Iterator[tuple[str, str]]:
    """The files that a page of docs/ names, `path/in/the/project`, at the start of a line, each with the code below."""
    text = (ROOT / f"docs/{page}.md").read_text()
    path = ""
    for named, code in re.findall(
        r"^`([\w.]+/[\w/.]+)`, |^```(?!sh|json)\w+\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL
    ):
        path = named or path
        if path and code:
            yield path, code


def documented_endpoint() -> Iterator[tuple[str, str]]:
    """The files and the code of docs/add-an-endpoint.md, in their order."""
    return documented("add-an-endpoint")


def placed(text: str, code: str) -> str:
    """A file with the code where the page says: before a line, instead of what it begins like, or at the end."""
    if text and code.splitlines()[0] == text.splitlines()[0]:
        return code
    if code.startswith("mod "):
        return re.sub("^mod ", f"{code}mod ", text, count=1, flags=re.MULTILINE)
    for beginning, end in {"const routes": "^};", "import type {": ";", "/// A text and": "^}"}.items():
        if code.startswith(beginning):
            replaced = rf"^{re.escape(beginning)}.*?{end}\n"
            return re.sub(replaced, lambda _: code, text, count=1, flags=re.MULTILINE | re.DOTALL)
    return f"{text}\n{code}" if text else code


def insert(file: Path, after: str, text: str) -> None:
    """Adds text after a line, or at the end.

    Raises:
        ValueError: the line is not there.
    """
    content = file.read_text()
    if after not in content:
        raise ValueError(f"{file} has no {after!r}")
    at = content.index(after) + len(after) if after else len(content)
    file.write_text(content[:at] + text + content[at:])
