"""Linear memory of the contestants that have one: how far it grows, and that it stays there.

The Worker runs unchanged behind an entry module that sees its instances being made. It is not the one that is timed.
"""

import shutil
import urllib.request
from pathlib import Path

from .contestants import modules_of
from .load import load
from .workerd import Server, Settings, configuration, serving, variable_bindings

HOOK = Path(__file__).with_name("memory.js")
# Imports run in this order, so that the hook is there first.
ENTRY = 'export { Memory } from "./memory.js";\nexport { default } from "./index.js";\n'


def has_memory(folder: Path) -> bool:
    """Whether a contestant brings a WebAssembly module."""
    return any(name.endswith(".wasm") for name in modules_of(folder))


def linear_memory(
    settings: Settings, folder: Path, small: Path, large: Path, more: int, generator: Path, work: Path
) -> dict[str, int]:
    """Bytes after a small request, after a large one, and after so many more of the large."""
    shutil.copytree(folder, work)
    shutil.copy2(HOOK, work)
    (work / "measured.js").write_text(ENTRY)
    modules = ["measured.js", HOOK.name, *modules_of(folder)]
    config = configuration(settings, modules, variable_bindings(settings), ("Memory",))
    with serving(settings, work, config) as server:
        found = {}
        for name, body, times in [("small", small, 1), ("large", large, 1), ("more", large, more)]:
            if times == 1:
                _post(server, body)
            else:
                load(generator, server, body, f"--requests={times}")
            with urllib.request.urlopen(server.url("Memory")) as answer:
                found[name] = int(answer.read())
    return found


def _post(server: Server, body: Path) -> None:
    request = urllib.request.Request(server.url(), body.read_bytes(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        answer.read()
