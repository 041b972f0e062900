"""The command: `./scripts/run.sh benchmark images`."""

import argparse
import sys

from ...reliability.project import ROOT
from .. import Failed
from ..commands import CACHE
from ..generated import HOST_PROFILE, rendered
from .measure import WHOLE, measure
from .report import markdown, write


def main() -> int:
    """Measures and writes docs/benchmarks/images.*; the exit status, 1 where a part could not be run."""
    argparse.ArgumentParser(
        prog="./scripts/run.sh benchmark images",
        description="Measures the image example beside exifr, and writes docs/benchmarks/images.*. Takes six minutes "
        "when everything is built; let nothing else run on the machine.",
    ).parse_args()
    try:
        print(">>> Setting up a project of the image example (minutes the first time)", flush=True)
        results = measure(rendered(HOST_PROFILE, "image"), CACHE / "images", WHOLE)
    except Failed as failed:
        print(f"\nbenchmark: {failed}", file=sys.stderr)
        return 1
    files = write(results, ROOT / "docs/benchmarks")
    print(f"\n{markdown(results)}\n>>> Written: {', '.join(str(file.relative_to(ROOT)) for file in files)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
