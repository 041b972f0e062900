"""extensions/pins.yml read, and written with its comments kept."""

import re

import yaml

from . import ROOT

PINS = ROOT / "extensions/pins.yml"
# Which of a set's versions stand in a row of a wrangler, which in a named set; the others are the same in every set.
OF_ROW = (
    *("miniflare", "workers_types", "newest_compatibility_date"),
    *("node_floor", "node_types", "vite", "vitest", "typescript"),
)
OF_SET = ("rust", "wasm_pack", "wrangler", "compatibility_date")
# Beside what moves by itself; of the wranglers in the row of the set `current`.
MARK = r" # renovate: (\S+) (\S+)"


def table(text: str, name: str) -> dict | list | str:
    """A part of the file, for example `sets`."""
    return yaml.safe_load(text)[name]


def pinned(text: str, chosen: str) -> dict[str, str]:
    """Every version that a named set fixes."""
    one = table(text, "sets")[chosen]
    return table(text, "common") | one | table(text, "wranglers")[one["wrangler"]]


def marked(text: str) -> dict[str, tuple[str, str]]:
    """What moves by itself: where newer versions are found, and what it is called there."""
    lines = re.findall(rf'^ *(\w+): ".*"{MARK}$', text, re.MULTILINE)
    return {tool: (source, package) for tool, source, package in lines}


def with_current(text: str, versions: dict[str, str]) -> str:
    """The file with these versions in the set `current`; those that all sets share are everybody's.

    A wrangler or wasm-pack that is not yet known joins those that are, and none leaves them. A row that another named
    set stands on is not changed: that raises ValueError.
    """
    sets, rows, wrangler = table(text, "sets"), table(text, "wranglers"), versions["wrangler"]
    others = {one["wrangler"] for name, one in sets.items() if name != "current"}
    if wrangler in others and rows[wrangler] != {name: versions[name] for name in OF_ROW}:
        raise ValueError(f"the row of wrangler {wrangler} belongs to another named set")
    if wrangler not in rows:
        before = _row(text, sets["current"]["wrangler"])
        text = text.replace(before, re.sub(MARK, "", before))
        text = text.rstrip("\n") + "\n" + re.sub('".*":', f'"{wrangler}":', before, count=1)
    if versions["wasm_pack"] not in table(text, "wasm_packs"):
        text = re.sub(r"^(wasm_packs: \[.*)\]$", rf'\1, "{versions["wasm_pack"]}"]', text, flags=re.M)
    for names, path in (
        (table(text, "common"), ("common",)),
        (OF_SET, ("sets", "current")),
        (OF_ROW, ("wranglers", wrangler)),
    ):
        for name in names:
            text = _with(text, (*path, name), versions[name])
    return text


def with_checksums(text: str, tool: str, version: str, sums: dict[str, str]) -> str:
    """The file with the checksums of a release of a tool, which may have some of others."""
    lines = "".join(f'      {target}: "{sum}"\n' for target, sum in sums.items())
    return re.sub(
        rf"^(checksums:\n(?:  .*\n)*?  {tool}:\n(?:    .*\n)+)", rf'\g<1>    "{version}":\n{lines}', text, flags=re.M
    )


def _row(text: str, wrangler: str) -> str:
    return re.search(rf'^  "{re.escape(wrangler)}":\n(    .*\n)+', text, re.MULTILINE)[0]


def _with(text: str, path: tuple[str, ...], value: str) -> str:
    """The file with another value at a path of keys."""
    node = yaml.compose(text)
    for key in path:
        node = next(found for name, found in node.value if name.value == key)
    return f'{text[: node.start_mark.index]}"{value}"{text[node.end_mark.index :]}'
