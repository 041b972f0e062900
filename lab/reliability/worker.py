"""A bundle of a project, running in its workerd: where it listens, what it logs, what it takes of the machine."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from .answers import Broken
from .project import command

DRIVER = Path(__file__).with_name("driver.ts")
# As deep as worker/platform/test/worker.ts, which looks for the bundle two folders up from where it runs; git ignores it.
FOLDER = ".wrangler/driver"


class Worker:
    """A running Worker."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._log = ""
        self.url = self._read()
        children = psutil.Process(process.pid).children(recursive=True)
        self._workerd = next(child for child in children if child.name() == "workerd")

    def log(self) -> str:
        """Everything that it logged so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._log += self._read()
        return self._log

    def failures(self, at_least: int) -> list[dict[str, Any]]:
        """The log's lines on failures; they come by another way than answers, so waits for as many as must be there."""
        deadline = time.monotonic() + 10
        while True:
            found = [json.loads(line[line.index("{") :]) for line in self.log().splitlines() if '"requestId"' in line]
            if len(found) >= at_least or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    def megabytes(self) -> float:
        """The resident memory of workerd."""
        return self._workerd.memory_info().rss / 1e6

    def reserved_gigabytes(self) -> float:
        """Its address space, of which every living WebAssembly instance has some gigabytes."""
        return self._workerd.memory_info().vms / 1e9

    def descriptors(self) -> int:
        """Its open files and sockets."""
        return self._workerd.num_fds()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Broken("the Worker ended by itself")
        return str(json.loads(line))


@contextmanager
def running(project: Path, bundle: str, **variables: object) -> Iterator[Worker]:
    """Runs `worker/<bundle>`, with other variables than wrangler.toml's where given."""
    driver = _bundled(project)
    process = subprocess.Popen(
        command(project, "node", "--no-warnings", str(driver), bundle, json.dumps(variables)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Worker(process)
    finally:
        # The whole group, for workerd outlives its parent.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _bundled(project: Path) -> Path:
    out = project / "worker" / FOLDER / "driver.mjs"
    esbuild = [
        "esbuild", str(DRIVER), f"--outfile={out}", "--bundle", "--platform=node", "--format=esm", "--log-level=error",
        "--external:miniflare", "--external:wrangler", f"--alias:project/worker={project / 'worker/platform/test/worker.ts'}",
    ]  # fmt: skip
    subprocess.run(command(project, *esbuild), check=True)
    return out
