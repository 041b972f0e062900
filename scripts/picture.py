"""Draws docs/answering.svg, the terminal that the README shows, from what scripts/demo.sh really prints.

    .venv/bin/python scripts/picture.py
"""

import html
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINE, MARGIN, WIDTH = 22, 20, 860

STYLE = """
  rect { fill: #f6f8fa; stroke: #d0d7de }
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
  .step { fill: #57606a } .answer { fill: #0a6640 }
  @media (prefers-color-scheme: dark) {
    rect { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 } .step { fill: #8b949e } .answer { fill: #56d364 }
  }
"""


def picture(lines: list[str]) -> str:
    """An SVG of a terminal with these lines: steps begin with >>>, commands with $, the others are answers."""
    kinds = {">>>": "step", "$": "command"}
    rows = (
        f'  <text class="{kinds.get(line.split(" ")[0], "answer")}" x="{MARGIN}" y="{MARGIN + LINE * number}">'
        f"{html.escape(line, quote=False)}</text>"
        for number, line in enumerate(lines, start=1)
    )
    height = MARGIN * 2 + LINE * (len(lines) + 1)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            "  <title>A generated project answers requests</title>",
            f"  <style>{STYLE}  </style>",
            f'  <rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
            *rows,
            "</svg>\n",
        ]
    )


def main() -> None:
    printed = subprocess.run([ROOT / "scripts/demo.sh"], check=True, stdout=subprocess.PIPE, text=True).stdout
    asked = printed[printed.index(">>> Starting") : printed.index(">>> Done")].strip().splitlines()
    made = ["$ copier copy --defaults gh:org/wasm-worker-template my-worker", "$ cd my-worker && ./build.sh dev"]
    (ROOT / "docs/answering.svg").write_text(picture(made + asked), encoding="utf-8")


if __name__ == "__main__":
    main()
