"""Draws docs/answering.svg, the terminal that the README shows: a project is made, tested and asked.

    ./scripts/run.sh picture    # a minute

All of it is what the commands print, as a terminal shows it; what is left out stands as `…`.
"""

import argparse
import html
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyte

from . import ROOT

PICTURE = ROOT / "docs/answering.svg"
COPY = "copier copy gh:org/wasm-worker-template my-worker"
COLUMNS, ROWS, TALL = 106, 18, 500
LINE, MARGIN, BAR = 20, 18, 30
WIDTH, HEIGHT = 866, BAR + LINE * ROWS + MARGIN
# Those that the programs use, each with its class below.
COLOURS = {
    "green": "green",
    "brown": "yellow",
    "ffaf00": "yellow",
    "cyan": "blue",
    "5f87af": "blue",
    "brightblack": "dim",
}
TYPING = 0.013
"""Seconds for a character of a command."""
STILL = 3
"""Seconds for which the last screen stands before the first command is typed."""


STYLE = """
  rect { fill: #f6f8fa; stroke: #d0d7de } circle { fill: #d0d7de }
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
  .step { font-weight: 600 } .dim { fill: #57606a }
  .green { fill: #0a6640 } .yellow { fill: #8a4600 } .blue { fill: #0550ae }
  @media (prefers-color-scheme: dark) {
    rect { fill: #0d1117; stroke: #30363d } circle { fill: #30363d } text { fill: #e6edf3 }
    .dim { fill: #8b949e } .green { fill: #56d364 } .yellow { fill: #e3b341 } .blue { fill: #79c0ff }
  }
"""

Row = list[tuple[str, str]]
"""A line of a terminal: pieces, each a class of STYLE (or none) and a text."""


@dataclass
class Line:
    """A line, and how many seconds after the one before it comes."""

    row: Row
    after: float = 0.0
    typed: bool = False


def words(row: Row) -> str:
    """The text of a row."""
    return "".join(text for _, text in row)


def screen(output: bytes) -> list[Row]:
    """What a terminal shows of an output, without blank lines."""
    terminal = pyte.Screen(COLUMNS, TALL)
    pyte.ByteStream(terminal).feed(re.sub(rb"(?<!\r)\n", b"\r\n", output))
    rows = []
    for y in range(TALL):
        row: Row = []
        # As far as something stands; a wide character has an empty cell after it.
        end = max((x for x in range(COLUMNS) if terminal.buffer[y][x].data.strip()), default=-1)
        for x in range(end + 1):
            cell = terminal.buffer[y][x]
            kind = COLOURS.get(cell.fg, "")
            before = row.pop()[1] if row and row[-1][0] == kind else ""
            row.append((kind, before + cell.data))
        if row:
            rows.append(row)
    return rows


def at_terminal(command: list[str | Path], folder: Path, rows: int, columns: int) -> tuple[subprocess.Popen, int]:
    """Starts a command at a terminal of its own, and gives the other end of that: to read the screen, and to type."""
    keyboard, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (rows, columns))
    process = subprocess.Popen(
        command,
        cwd=folder,
        # Without the second one it would wait for the terminal to say where its cursor is.
        env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    return process, keyboard


def asked(template: str | Path, folder: Path, *options: str) -> list[Row]:
    """The dialogue of `copier copy TEMPLATE my-worker` at a terminal, where Enter answers each question."""
    copier = Path(sys.executable).with_name("copier")
    process, keyboard = at_terminal([copier, "copy", *options, template, "my-worker"], folder, TALL, COLUMNS)
    output, answered = b"", 0
    while True:
        if select.select([keyboard], [], [], 0.5)[0]:
            try:
                output += os.read(keyboard, 65536)
            except OSError:  # how Linux tells that nobody has the other end any more
                break
        elif len(output) > answered:  # A question stands there.
            answered = len(output)
            os.write(keyboard, b"\r")
    os.close(keyboard)
    if process.wait() != 0:
        raise SystemExit(output.decode(errors="replace"))
    rows = screen(output)
    first = next(number for number, row in enumerate(rows) if words(row).startswith("🎤"))
    return rows[first:]  # without warnings about uncommitted changes


def kept(rows: list[Row], wanted: Callable[[str], object]) -> Iterator[Row]:
    """The rows whose words are wanted, and in each step one `…` where others were."""
    shortened = True
    for row in rows:
        if wanted(words(row)):
            yield row
            shortened = shortened and not words(row).startswith((">>>", "🎤"))
        elif not shortened:
            yield [("dim", "  …")]
            shortened = True


def of_asking(words: str) -> bool:
    """Not the list of files, which is long and in no order."""
    return not re.match(r"Copying from |    create ", words)


def of_building(words: str) -> object:
    """The steps, the tools, and what the tests found; not what compilers and wrangler say on the way."""
    return re.match(r">>> (?!Building)|  \S.* (wanted|ok)$|test result: ok\. [1-9]| ✓ |      Tests ", words)


def story(dialogue: list[Row], building: list[Row], serving: list[Row], requests: list[Row]) -> list[Line]:
    """What the picture shows, in the time that a reader needs."""
    lines = [command(COPY, 0.5)]
    for row in kept(dialogue, of_asking):
        question, answer = words(row).startswith(("🎤", "my-worker is")), words(row).startswith("   ")
        lines.append(Line(row, 0.2 if question else 0.5 if answer else 0.0))
    lines += [Line([]), command("cd my-worker && ./build.sh", 1.5)]
    for row in kept(building, of_building):
        step = words(row).startswith(">>>")
        lines.append(Line([("step", words(row))], 0.5) if step else Line(row, 0.1))
    lines += [Line([]), command("./build.sh dev", 1.5)]
    lines += [Line(row, 0.5) for row in serving]
    lines += [Line([("dim", "# in a second terminal")], 0.5)]
    for row in requests:
        asking = words(row).startswith("$ ")
        lines.append(command(words(row)[2:], 1.0) if asking else Line([("green", words(row))], 0.4))
    return lines


def command(text: str, after: float) -> Line:
    """A line that somebody types."""
    return Line([("dim", "$ "), ("", text)], after, typed=True)


def picture(lines: list[Line]) -> str:
    """An SVG of a terminal in which the lines come one by one, as if somebody typed the commands; played once.

    It begins and ends with the last screen. Without animation, or where a reader wants less motion, it stays that: a
    line is hidden only while it waits for its turn.
    """
    clock, drawn, scrolling = 0.0, [], {}
    for number, line in enumerate(lines):
        clock += line.after
        y, hidden = BAR + LINE * (number + 1) - 5, max(0, number + 1 - ROWS)
        scrolling[hidden] = min(clock, scrolling.get(hidden, clock))
        length = len(words(line.row))
        took = TYPING * length if line.typed else 0.0
        kind, typing = (' class="typed"', f";--n:{length};--d:{took:.2f}s") if line.typed else ("", "")
        if line.row:
            pieces = "".join(piece(*each) for each in line.row)
            drawn.append(f'<text{kind} x="{MARGIN}" y="{y}" style="--t:{clock:.2f}s{typing}">{pieces}</text>')
        clock += took
    # Of the lines that come at once, the last one says how far.
    steps = {f"{time / clock:.2%}": LINE * hidden for hidden, time in scrolling.items()} | {"0%": 0}
    frames = " ".join(f"{when} {{ transform: translateY(-{up}px) }}" for when, up in steps.items())
    motion = f"""
  @media (prefers-reduced-motion: no-preference) {{
    text {{ animation: wait var(--t) {STILL}s }}
    .typed {{ animation: wait var(--t) {STILL}s, type var(--d) steps(var(--n)) calc({STILL}s + var(--t)) }}
    g {{ animation: scroll {clock:.2f}s step-end {STILL}s }}
  }}
  @keyframes wait {{ from, to {{ visibility: hidden }} }}
  @keyframes type {{ from {{ clip-path: inset(0 100% 0 0) }} to {{ clip-path: inset(0) }} }}
  @keyframes scroll {{ {frames} }}
"""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">',
            "<title>A terminal: a project is made, built, tested and asked</title>",
            f"<style>{STYLE}{motion}</style>",
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
            *(f'<circle cx="{MARGIN + 5 + 18 * number}" cy="17" r="5"/>' for number in range(3)),
            f'<svg y="{BAR}" width="{WIDTH}" height="{LINE * ROWS}" viewBox="0 {BAR} {WIDTH} {LINE * ROWS}">',
            f'<g transform="translate(0 -{LINE * max(0, len(lines) - ROWS)})">',
            *drawn,
            "</g>",
            "</svg>",
            "</svg>\n",
        ]
    )


def piece(kind: str, text: str) -> str:
    """A piece of a row, in SVG."""
    escaped = html.escape(text, quote=False)
    return f'<tspan class="{kind}">{escaped}</tspan>' if kind else escaped


def main() -> None:
    """Records, and draws."""
    argparse.ArgumentParser(
        prog="./scripts/run.sh picture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    demo = subprocess.run([ROOT / "scripts/demo.sh"], check=True, stdout=subprocess.PIPE)
    project = ROOT / ".cache/demo/my-worker"
    print(">>> Building and testing it again, for the picture", flush=True)
    build = subprocess.run([project / "build.sh"], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with tempfile.TemporaryDirectory() as folder:
        dialogue = asked(ROOT, Path(folder), "--vcs-ref=HEAD")
    ready = [row for row in screen((project / "dev.log").read_bytes()) if " Ready on " in words(row)]
    printed = demo.stdout[demo.stdout.index(b"\n$ curl") : demo.stdout.index(b">>> Done")]
    lines = story(dialogue, screen(build.stdout), ready, screen(printed))
    PICTURE.write_text(picture(lines), encoding="utf-8")
