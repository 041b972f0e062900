"""Runs Workers in the workerd of a generated project, straight from a configuration.

Not through Miniflare, which tests use: it proxies every request, and its own time would hide theirs.
"""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from . import Failed
from .commands import ENVIRONMENT, run_with_tools

KIND = {".js": "esModule", ".wasm": "wasm"}


@dataclass(frozen=True)
class Settings:
    """What wrangler.toml of the project says; every contestant gets the same."""

    workerd: Path
    compatibility_date: str
    compatibility_flags: list[str]
    variables: dict[str, Any]

    @classmethod
    def of(cls, project: Path) -> "Settings":
        """Reads them from a project that is set up."""
        wrangler = tomllib.loads((project / "worker/wrangler.toml").read_text())
        where = "cd worker && node --print 'require(\"workerd\").default'"
        return cls(
            Path(run_with_tools(project, "bash", "-c", where).strip()),
            wrangler["compatibility_date"],
            wrangler.get("compatibility_flags", []),
            wrangler["vars"],
        )


@dataclass(frozen=True)
class Server:
    """A running workerd: the port of each of its sockets, and its process."""

    ports: dict[str, int]
    process: psutil.Process

    def url(self, socket: str = "worker") -> str:
        """Where a socket listens."""
        return f"http://127.0.0.1:{self.ports[socket]}/"

    def cpu_seconds(self) -> float:
        """Time on a processor so far, in user and system mode, of all its threads."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def configuration(
    settings: Settings, modules: list[str], bindings: list[str], entry_points: tuple[str, ...] = ()
) -> str:
    """The text of a configuration: one Worker of these modules, on a socket for each of its entry points.

    `bindings` are in Cap'n Proto's syntax. The sockets are `worker`, and one a named entry point.
    """
    named = [f"(name = {_quoted(name)}, {KIND[Path(name).suffix]} = embed {_quoted(name)})" for name in modules]
    services = ['service = "worker"', *(f'service = (name = "worker", entrypoint = "{it}")' for it in entry_points)]
    sockets = [
        f'(name = "{name}", address = "127.0.0.1:0", http = (), {service})'
        for name, service in zip(["worker", *entry_points], services, strict=True)
    ]
    flags = ", ".join(map(_quoted, settings.compatibility_flags))
    return f"""using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "worker", worker = (
    compatibilityDate = "{settings.compatibility_date}",
    compatibilityFlags = [{flags}],
    modules = [{", ".join(named)}],
    bindings = [{", ".join(bindings)}],
  ))],
  sockets = [{", ".join(sockets)}],
);
"""


def variable_bindings(settings: Settings) -> list[str]:
    """The bindings of the variables of wrangler.toml, as JSON like wrangler's."""
    return [
        f"(name = {_quoted(name)}, json = {_quoted(json.dumps(value))})" for name, value in settings.variables.items()
    ]


@contextmanager
def serving(settings: Settings, folder: Path, config: str) -> Iterator[Server]:
    """Runs a configuration whose modules are in `folder`, until the block ends."""
    file, log = folder / "config.capnp", folder / "workerd.log"
    file.write_text(config)
    reading, writing = os.pipe()
    with log.open("w") as errors, os.fdopen(reading) as events:
        process = subprocess.Popen(
            # Experimental is the binding that cold.js needs; the others do without what it permits.
            [settings.workerd, "serve", "--experimental", f"--control-fd={writing}", file],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=[writing],
        )
        os.close(writing)
        try:
            ports = {}
            for _ in range(config.count('address = "')):
                line = events.readline()
                if not line:
                    raise Failed(f"{folder.name}: workerd did not start. Its log:\n{log.read_text()[-2000:]}")
                event = json.loads(line)
                ports[event["socket"]] = event["port"]
            yield Server(ports, psutil.Process(process.pid))
        finally:
            process.kill()
            process.wait()


def _quoted(text: str) -> str:
    return json.dumps(text)
