"""Cold start: the time from a request to its answer when the isolate that answers has yet to be made.

A host Worker loads the contestant's modules into a fresh isolate for each request, with workerd's binding for dynamic
Workers. Measured from outside, so the host's part is in it; `minimal`, a Worker of one line, shows how much that is.
"""

import http.client
import json
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

from . import Failed
from .contestants import modules_of
from .workerd import Settings, configuration, serving

MINIMAL = "minimal"
HOST = Path(__file__).with_name("cold.js")
# The first loads also find the host cold.
WARM_UP = 3


def cold_starts(settings: Settings, served: dict[str, Path], body: bytes, times: int, work: Path) -> dict[str, list]:
    """Milliseconds of each cold start: all Workers in turn, so many times."""
    minimal = work / MINIMAL
    minimal.mkdir(parents=True)
    (minimal / "index.js").write_text("export default { fetch: () => new Response() };\n")
    with ExitStack() as stack:
        ports = {}
        for name, folder in (served | {MINIMAL: minimal}).items():
            host = work / f"{name}-host"
            config = _prepared(settings, folder, host)
            ports[name] = stack.enter_context(serving(settings, host, config)).ports["worker"]
        found: dict[str, list] = {name: [] for name in ports}
        for number in range(WARM_UP + times):
            for name, port in ports.items():
                milliseconds = _answered(name, port, body)
                if number >= WARM_UP:
                    found[name].append(milliseconds)
    return found


def _prepared(settings: Settings, modules: Path, host: Path) -> str:
    """Puts the host beside the modules; its configuration, in which they are bindings."""
    shutil.copytree(modules, host)
    shutil.copy2(HOST, host)
    kinds = {".js": "text", ".wasm": "data"}
    given = {
        "compatibilityDate": settings.compatibility_date,
        "compatibilityFlags": settings.compatibility_flags,
        "env": settings.variables,
        "globalOutbound": None,
    }
    bindings = [
        '(name = "loader", workerLoader = (id = "cold"))',
        f'(name = "settings", json = {json.dumps(json.dumps(given))})',
        *(f'(name = "{name}", {kinds[Path(name).suffix]} = embed "{name}")' for name in modules_of(modules)),
    ]
    return configuration(settings, [HOST.name], bindings)


def _answered(name: str, port: int, body: bytes) -> float:
    """Asks once, over a connection that is there already."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    started = time.perf_counter()
    connection.request("POST", "/", body, {"content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    milliseconds = (time.perf_counter() - started) * 1000
    connection.close()
    if answer.status != 200:
        raise Failed(f"{name}: a cold start was answered {answer.status}, expected 200:\n{content[:500].decode()}")
    return milliseconds
