"""The command that moves the pin set `current` to the newest versions on which the tests pass."""

import argparse
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable

from jinja2 import Environment, FunctionLoader
from jinja2_ansible_filters import AnsibleCoreFiltersExtension

from . import ROOT, locks, registries
from .checksums import TOOLS, checksums
from .locks import Unlocked
from .pin_file import PINS, marked, pinned, table, with_checksums, with_current
from .registries import Unanswered
from .release import git, released_versions

TESTS = ["tests/test_questions.py", "tests/test_locks.py", "tests/test_toolchain.py"]
# How the newest version is asked, by what a comment in pins.yml calls where it is found.
SOURCES = {
    "crate": registries.crate,
    "node-version": lambda _: registries.node(),
    "npm": lambda package: registries.npm(package, "version"),
    "rust-version": lambda _: registries.rust(),
}
# What moves by itself, with its source and what it is called there.
MOVING = marked(PINS.read_text())
NAMES = {
    "rust": "Rust",
    "wasm_pack": "wasm-pack",
    "wasm_bindgen": "wasm-bindgen",
    "node": "Node.js",
    "miniflare": "Miniflare",
    "workers_types": "@cloudflare/workers-types",
    "compatibility_date": "the compatibility date",
    "node_floor": "the oldest Node.js",
    "node_types": "@types/node",
}
FOLLOWING = ["what follows from the other versions"]


def name(tool: str) -> str:
    """What people call a tool."""
    return NAMES.get(tool, tool)


class Disagree(Exception):
    """Versions that cannot stand in one set."""


def agreeing(versions: dict[str, str]) -> dict[str, str]:
    """A whole set for the versions that move by themselves: with what follows from them, or Disagree.

    Miniflare, and its workerd with the compatibility date and the types of that day, follow from wrangler; the types of
    Node.js from Node.js; the oldest Node.js from what wrangler, Vitest, Vite and TypeScript say they run on.
    """
    if versions["vite"] not in registries.vites(versions["vitest"]):
        raise Disagree(f"Vitest {versions['vitest']} does not take Vite {versions['vite']}")
    miniflare = registries.npm(f"wrangler@{versions['wrangler']}", "dependencies")["miniflare"]
    day = registries.npm(f"miniflare@{miniflare}", "dependencies")["workerd"].split(".")[1]
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    packages = [f"{name}@{versions[name]}" for name in ("wrangler", "vitest", "vite", "typescript")]
    running = registries.nodes(*packages)
    if versions["node"] not in running:
        asked = ", ".join(f"{package} {registries.npm(package, 'engines')['node']}" for package in packages)
        raise Disagree(f"Node.js {versions['node']} does not run all of {asked}")
    types = registries.versions("@cloudflare/workers-types")
    node_types = registries.versions(f"@types/node@{versions['node'].split('.')[0]}")
    return versions | {
        "miniflare": miniflare,
        "workers_types": registries.newest(types, f"{miniflare.split('.')[0]}.{day}."),
        "newest_compatibility_date": date,
        "compatibility_date": date,
        "node_floor": running[0],
        "node_types": registries.newest(node_types),
    }


def settle(
    pins: dict[str, str], newest: dict[str, str], refusal: Callable[[dict[str, str]], str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What can be moved: all together; or else those that each can alone, together.

    `refusal` says why a set cannot be, or nothing. Returns the set to take, and for each version that stays, why.
    """
    moving = {tool: version for tool, version in newest.items() if pins[tool] != version}
    why = refusal(pins | moving)
    if not why:
        return pins | moving, {}
    if len(moving) < 2:
        return pins, dict.fromkeys(moving or FOLLOWING, why)
    alone = {tool: refusal(pins | {tool: version}) for tool, version in moving.items()}
    refused = {tool: words for tool, words in alone.items() if words}
    good = {tool: version for tool, version in moving.items() if tool not in refused}
    # Where none is to blame alone, all together have just been tried; and so has a single one.
    together = why if not refused else refusal(pins | good) if len(good) > 1 else ""
    if together:
        return pins, refused | dict.fromkeys(good, f"passes alone, but not with the others:\n{together}")
    return pins | good, refused


def complete(text: str) -> str:
    """pins.yml with the checksums of the tools of the set `current`, or Unanswered."""
    known, pins = table(text, "checksums"), pinned(text, "current")
    for pin, (tool, _) in TOOLS.items():
        if pins[pin] not in known[tool]:
            text = with_checksums(text, tool, pins[pin], checksums(pin, pins[pin]))
    return text


def asked(pins: dict[str, str]) -> dict[str, str]:
    """The newest version of each tool that moves by itself; never an older one than is pinned."""
    newest = {}
    for tool, (source, package) in MOVING.items():
        print(f">>> Asking for the newest {name(tool)}", flush=True)
        newest[tool] = max(SOURCES[source](package), pins[tool], key=registries.order)
    return newest


def shown(pins: dict[str, str], newest: dict[str, str], refused: dict[str, str]) -> str:
    """A line for each version: what is pinned, what is newest, what is done."""
    lines = [("tool", "pinned", "newest", "verdict")]
    for tool in [*MOVING, *(tool for tool in pins if tool not in MOVING and tool != "newest_compatibility_date")]:
        same = pins[tool] == newest[tool]
        moves = "moves" if tool in MOVING else "follows"
        verdict = "is the newest" if same else "stays, see above" if tool in refused else moves
        lines.append((name(tool), pins[tool], newest[tool], verdict))
    return "\n".join(f"  {tool:<26}{old:<22}{new:<22}{verdict}".rstrip() for tool, old, new, verdict in lines)


def tested() -> str:
    """Runs the tests that build projects on the pins as they stand; the end of what they printed if they fail."""
    command = [sys.executable, "-m", "pytest", "--verbose", "--numprocesses=logical", "--dist=loadgroup", *TESTS]
    printed = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as tests:
        for line in tests.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    return "".join(printed[-60:]) if tests.returncode else ""


def log(changelog: str, old: dict[str, str], after: str) -> str:
    """The changelog with what moved since the set `current` was `old`, to that of a pins.yml, under Unreleased, Changed; in
    place of what an earlier run wrote there.
    """
    new, everywhere = pinned(after, "current"), table(after, "common")
    moved = {tool: f"{name(tool)} {old[tool]} to {new[tool]}" for tool in new if old.get(tool, new[tool]) != new[tool]}
    moved.pop("newest_compatibility_date", None)
    of_current = [text for tool, text in moved.items() if tool not in everywhere]
    of_all = [text for tool, text in moved.items() if tool in everywhere]
    entries = {"The pin set `current`": of_current, "Every pin set": of_all}
    lines = [
        textwrap.fill(f"- {which}: {', '.join(texts)}.", 120, subsequent_indent="  ", break_on_hyphens=False) + "\n"
        for which, texts in entries.items()
        if texts
    ]
    head, unreleased, rest = re.split(
        r"(?<=^## \[Unreleased\]\n)(.*?)(?=^## |\Z)", changelog, maxsplit=1, flags=re.M | re.S
    )
    unreleased = re.sub(r"^- (The pin set `current`|Every pin set): .*\n(  .*\n)*", "", unreleased, flags=re.M)
    if lines and "### Changed\n\n" not in unreleased:
        unreleased = "\n" + f"{unreleased.strip()}\n\n### Changed\n\n\n".lstrip("\n")
    return head + unreleased.replace("### Changed\n\n", "### Changed\n\n" + "".join(lines), 1) + rest


def released() -> dict[str, str]:
    """The set `current` of the last release, or as it is committed where there is none."""
    commit = next(iter(released_versions().values()), "HEAD")
    loader = FunctionLoader(lambda path: git("show", f"{commit}:{path}"))
    # As Jinja has it, for until 0.7.0 the tables stood in pins.jinja.
    pins = Environment(loader=loader, extensions=[AnsibleCoreFiltersExtension]).get_template("extensions/pins.jinja").module
    one = pins.SETS["current"]
    return pins.COMMON | one | pins.WRANGLERS[one["wrangler"]]


def main() -> int:
    """Does what was asked for; the exit status."""
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh pins",
        description="Moves the pin set `current` to the newest versions, when the tests pass on them, and writes the\n"
        "lock files of new projects and the changelog's entry. Asks npm, Cargo and rustup what is newest, and GitHub for the\n"
        "checksums of wasm-pack and wasm-bindgen, without which these stay. The set `article` never moves.",
        epilog="All together first, some minutes; if that fails, one by one, to know which to leave. Let nothing else\n"
        "run meanwhile, for a test that times out counts as failed. Exits with 1 when something could not be\n"
        "moved or asked; pins.yml then has what could.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="show what is newest, change nothing")
    parser.add_argument("--no-test", action="store_true", help="take the newest without running the tests")
    parser.add_argument("--locks", action="store_true", help="move no pin, make the lock files of all sets anew")
    arguments = parser.parse_args()
    try:
        if not arguments.locks:
            return _moved(arguments.dry_run, arguments.no_test)
        locks.write(*table(PINS.read_text(), "sets"))
    except (Unanswered, Unlocked) as failed:
        print(f"\npins: {failed}", file=sys.stderr)
        return 1
    print(">>> Written: extensions/locks. Next: ./scripts/test.sh, a commit")
    return 0


def _moved(dry_run: bool, no_test: bool) -> int:
    before, locked = PINS.read_text(), locks.read()
    pins = pinned(before, "current")
    newest = asked(pins)
    locked_with = {}

    def refusal(candidate: dict[str, str]) -> str:
        try:
            text = with_current(before, agreeing(candidate))
        except (Disagree, ValueError) as disagreement:
            return str(disagreement)
        if dry_run or text == before:
            return ""
        try:
            text = complete(text)
        except Unanswered as unanswered:
            return str(unanswered)
        moving = [f"{name(tool)} {candidate[tool]}" for tool in MOVING if candidate[tool] != pins[tool]]
        print(f"\n>>> Trying {', '.join(moving or FOLLOWING)} (minutes)", flush=True)
        PINS.write_text(text)
        try:
            locks.write("current")
        except Unlocked as unlocked:
            return str(unlocked)
        locked_with[text] = locks.read()
        return "" if no_test else tested()

    try:
        chosen, refused = settle(pins, newest, refusal)
    finally:
        PINS.write_text(before)
        locks.put(locked)
    # Where nothing could be moved, what follows stays too: it has not been tested without.
    chosen = agreeing(chosen) if chosen != pins or not refused else pins
    for tool, why in refused.items():
        print(f"\npins: {name(tool)} stays, {newest.get(tool, 'newer')} does not pass:\n{why}", file=sys.stderr)
    print(f"\n{shown(pins, chosen | newest, refused)}\n")
    after = with_current(before, chosen)
    if not dry_run:
        after = complete(after)
    if after == before:
        print(">>> Nothing moves")
    elif not dry_run:
        changelog = ROOT / "CHANGELOG.md"
        changelog.write_text(log(changelog.read_text(), released(), after))
        PINS.write_text(after)
        # Where it is only checksums that were missing, these stay as they are.
        locks.put(locked_with.get(after, locked))
        print(
            ">>> Written: extensions/pins.yml, extensions/locks, CHANGELOG.md.\n"
            ">>> Next: ./scripts/run.sh matrix, ./scripts/test.sh, a commit"
        )
    return 1 if refused else 0
