"""What the figures depend on: the machine and the versions of everything that took part."""

import json
import os
import platform
import re
from pathlib import Path

import psutil

from ..reliability import project
from .commands import run, run_with_tools
from .contestants import FOLDER, Contestant
from .prerequisites import BOMBARDIER


def machine() -> dict[str, str | int | float]:
    """Processor, memory and kernel; the load average tells whether others use it too."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def versions(host: Path, contestants: list[Contestant]) -> dict[str, str]:
    """The versions of the tools, those of a contestant's own only where it takes part."""
    found = project.versions(host)
    found["node"] = run_with_tools(host, "node", "--version").strip().removeprefix("v")
    found["wasm-bindgen"] = run_with_tools(host, "wasm-bindgen", "--version").split()[1]
    found["bombardier"] = BOMBARDIER
    names = {contestant.name for contestant in contestants}
    if "workers-rs" in names:
        lock = (FOLDER / "workers-rs/Cargo.lock").read_text()
        found["worker"] = lock.split('name = "worker"\nversion = "')[1].split('"')[0]
    if "cpp" in names:
        found["emscripten"] = _version(run("emcc", "--version"))
    if "assemblyscript" in names:
        lock = json.loads((FOLDER / "assemblyscript/package-lock.json").read_text())
        found["assemblyscript"] = lock["packages"]["node_modules/assemblyscript"]["version"]
    return found


def _version(printed: str) -> str:
    match = re.search(r"\d+\.\d+\.\d+", printed)
    return match[0] if match else printed.strip()


def _processor() -> str:
    """The name that the kernel gives the processor; on systems without /proc/cpuinfo Python's, which says less."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())
