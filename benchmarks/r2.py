"""The metadata of images in R2 under load, beside a plain read of the same bytes: `python -m benchmarks.r2`.

Both run in the workerd and the R2 of Miniflare, over ten connections, in turn. In Cloudflare's R2 a read takes longer
and the module no longer than here, so there the number of ranges decides: one, two or three readings in turn.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reliability.project import command, rendering

from . import Failed
from .commands import CACHE, ENVIRONMENT, run, run_with_tools
from .generated import bundled
from .load import Answers, asked
from .prerequisites import load_generator
from .ratios import ratio, spread

HERE = Path(__file__).parent
KIB = 1024
# Of each image in r2.ts: what it is, and how many of its bytes a request reads.
IMAGES = {
    "short": ("10 KB, all of it read", 64 * KIB),
    "long": ("4 MB, 64 KiB read", 64 * KIB),
    "late": ("4.5 MB, 1 MiB read in two ranges", 1024 * KIB),
    "last": ("4 MB, all of it read in three ranges", 8 * 1024 * KIB),
}
WANTED = 3


def made() -> Path:
    """A project of the image example, new or brought up to date, with its bundle and the programs of this folder."""
    project = CACHE / "generated/image/my-worker"
    run(*rendering(project, pins="current", example="image"))
    run(project / "build.sh", "setup")
    bundled(project)
    folder = project / "worker/dist-r2"
    folder.mkdir(exist_ok=True)
    shutil.copy2(HERE / "r2.js", folder / "index.js")
    shutil.copy2(HERE / "r2.ts", folder)
    bundling = "cd worker && esbuild dist-r2/r2.ts --bundle --platform=node --format=esm --packages=external"
    run_with_tools(project, "bash", "-c", f"{bundling} --outfile=dist-r2/run.js --log-level=warning")
    return project


@contextmanager
def serving(project: Path) -> Iterator[list[str]]:
    """The addresses of the example and of the plain reader, while both run."""
    words = command(project, "node", "worker/dist-r2/run.js")
    with subprocess.Popen(words, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            if not line:
                raise Failed("the Workers did not start; what stands above says why")
            yield json.loads(line)
        finally:
            process.stdin.close()


def measured(addresses: list[str], rounds: int, seconds: int) -> Iterator[str]:
    """The rows of a Markdown table, one an image."""
    yield "| image | | requests/s | p50 ms | p99 ms | p99 beside a plain read |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    example, plain = addresses
    generator = load_generator()
    for key, (what, length) in IMAGES.items():
        urls = {"metadata": f"{example}images/{key}/metadata", "plain read": f"{plain}{key}?length={length}"}
        samples: dict[str, list[Answers]] = {name: [] for name in urls}
        for url in urls.values():
            asked(generator, key, "--duration=1s", url)
        for number in range(rounds):
            print(f"    {key}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for name, url in sorted(urls.items(), reverse=number % 2 == 1):
                samples[name].append(asked(generator, key, f"--duration={seconds}s", url))
        slowest = {name: [one.p99_ms for one in found] for name, found in samples.items()}
        beside = ratio(slowest["metadata"], slowest["plain read"]).median
        for name, found in samples.items():
            per_second = spread([one.per_second for one in found]).median
            p50, p99 = spread([one.p50_ms for one in found]).median, spread(slowest[name]).median
            verdict = f"{beside:.2f} (wanted: at most {WANTED})" if name == "metadata" else ""
            yield f"| {what} | {name} | {per_second:.0f} | {p50:.2f} | {p99:.2f} | {verdict} |"


def main() -> int:
    """Measures and prints the table; the exit status, 1 where a part could not be run, never for being slow."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.r2", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="how often each is loaded (default: 7)")
    parser.add_argument("--seconds", type=int, default=3, help="how long each time (default: 3)")
    arguments = parser.parse_args()
    try:
        print(">>> Setting up a project of the image example (minutes the first time)", file=sys.stderr, flush=True)
        with serving(made()) as addresses:
            for row in measured(addresses, arguments.rounds, arguments.seconds):
                print(row, flush=True)
    except Failed as failed:
        print(f"\nr2: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
