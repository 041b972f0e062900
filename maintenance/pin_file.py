"""extensions/pins.jinja read and written: its tables are Python's too, and keep their layout."""

import ast
import json
import re
import textwrap

from . import ROOT

PINS = ROOT / "extensions/pins.jinja"
# Which of a set's versions stand in a row of WRANGLERS, which in SETS; the others are the same in every set.
OF_ROW = (
    *("miniflare", "workers_types", "newest_compatibility_date"),
    *("node_floor", "node_types", "vite", "vitest", "typescript"),
)
OF_SET = ("rust", "wasm_pack", "wrangler", "compatibility_date")


def table(text: str, name: str) -> dict | list:
    """A table of the file, for example SETS."""
    return ast.literal_eval(_found(text, name)[2])


def pinned(text: str, chosen: str) -> dict[str, str]:
    """Every version that a named set fixes."""
    one = table(text, "SETS")[chosen]
    return table(text, "COMMON") | one | table(text, "WRANGLERS")[one["wrangler"]]


def with_current(text: str, versions: dict[str, str]) -> str:
    """The file with these versions in the set `current`; those that all sets share are everybody's.

    A wrangler or wasm-pack that is not yet known joins those that are, and none leaves them. A row that another named
    set stands on is not changed: that raises ValueError.
    """
    sets, rows = table(text, "SETS"), table(text, "WRANGLERS")
    row = {name: versions[name] for name in OF_ROW}
    others = {one["wrangler"] for name, one in sets.items() if name != "current"}
    if versions["wrangler"] in others and rows[versions["wrangler"]] != row:
        raise ValueError(f"the row of wrangler {versions['wrangler']} belongs to another named set")
    sets["current"] = {name: versions[name] for name in OF_SET}
    rows[versions["wrangler"]] = row
    common = {name: versions[name] for name in table(text, "COMMON")}
    packs = table(text, "WASM_PACKS")
    packs += [versions["wasm_pack"]] if versions["wasm_pack"] not in packs else []
    tables = {
        "SETS": _object("".join(f"  {json.dumps(name)}: {json.dumps(one)},\n" for name, one in sets.items())),
        "WASM_PACKS": json.dumps(packs),
        "WRANGLERS": _object(
            "".join(f"  {json.dumps(name)}: {{\n{_lines(one, 4)}  }},\n" for name, one in rows.items())
        ),
        "COMMON": _object(_lines(common, 2)),
    }
    for name, written in tables.items():
        found = _found(text, name)
        text = text[: found.start(2)] + written + text[found.end(2) :]
    return text


def _found(text: str, name: str) -> re.Match:
    return re.search(rf"(set {name} = )(.*?)(?= -%}})", text, re.DOTALL)


def _object(lines: str) -> str:
    return f"{{\n{lines}}}"


def _lines(values: dict[str, str], indent: int) -> str:
    """The entries of an object on as few lines as they fit, none of them broken."""
    entries = " ".join(f"{json.dumps(name)}:\0{json.dumps(value)}," for name, value in values.items())
    blanks = " " * indent
    wrapped = textwrap.fill(entries, 116, initial_indent=blanks, subsequent_indent=blanks, break_on_hyphens=False)
    return wrapped.replace("\0", " ") + "\n"
