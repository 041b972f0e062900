"""What a form found: a table on the screen, and of the long forms JSON and Markdown in docs/reliability."""

import datetime
import json
import os
import platform
from pathlib import Path
from typing import Any

from .project import PIN_SETS, ROOT, pins_of, versions

Figures = dict[str, int | float | str]
FOLDER = ROOT / "docs" / "reliability"


def record(form: str, project: Path, figures: Figures, random_seed: int) -> None:
    """Puts a long form's figures of one pin set beside those of the other."""
    file = FOLDER / f"{form}.json"
    report = json.loads(file.read_text()) if file.exists() else {}
    pins = pins_of(project)
    report[pins] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seed": random_seed,
        "machine": _machine(),
        "versions": versions(project),
        "figures": figures,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    columns = {pins: report[pins] for pins in PIN_SETS if pins in report}
    file.with_suffix(".md").write_text(_markdown(form, columns))


def table(columns: dict[str, Figures]) -> str:
    """Figures as a Markdown table, a column for each pin set."""
    rows = [f"| | {' | '.join(columns)} |", "| --- |" + " ---: |" * len(columns)]
    for name in dict.fromkeys(name for figures in columns.values() for name in figures):
        cells = (_written(figures.get(name, "")) for figures in columns.values())
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _markdown(form: str, columns: dict[str, dict[str, Any]]) -> str:
    lines = [f"# {form.capitalize()}: the figures", "", f"Made by `./scripts/run.sh reliability {form}`.", ""]
    lines.append(table({pins: column["figures"] for pins, column in columns.items()}))
    lines.append("")
    for pins, column in columns.items():
        tools = ", ".join(f"{tool} {version}" for tool, version in column["versions"].items())
        lines.append(f"- {pins}: {column['date']}, seed {column['seed']}, {tools}; {column['machine']}")
    return "\n".join(lines) + "\n"


def _written(figure: int | float | str) -> str:
    return figure if isinstance(figure, str) else f"{figure:,}"


def _machine() -> str:
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    gigabytes = round(int(memory.split()[1]) / 1e6)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, {gigabytes} GB, Python {platform.python_version()}"
    )
