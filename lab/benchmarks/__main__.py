"""The command: `./scripts/run.sh benchmark [--quick] [CONTESTANT...]`, without a contestant all of them."""

import argparse
import sys

from ..reliability.project import ROOT
from . import Failed
from .commands import CACHE
from .contestants import CONTESTANTS, Contestant
from .generated import HOST_PROFILE, rendered
from .measure import QUICK, WHOLE, measure
from .prerequisites import check_prerequisites
from .report import markdown, write

# Without it there is nothing to hold the others against.
ALWAYS = "echo"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh benchmark",
        description="Measures generated Workers beside others that do the same job, in one workerd.",
        epilog=f"contestants: {', '.join(CONTESTANTS)}; {ALWAYS} is always among them.\n"
        "`./scripts/run.sh benchmark passes` times the passes within the module instead, in a minute, and `images` the\n"
        "image example beside exifr, in six.\n\n"
        "A run of all of them writes docs/benchmarks, any other .cache/benchmarks/results. The whole takes a\n"
        "quarter of an hour when everything is built; let nothing else run on the machine. Exits with 1 when a contestant\n"
        "cannot be built or answers wrongly, never for being slow.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("contestants", nargs="*", metavar="contestant", help="which ones, all when none is named")
    parser.add_argument("--quick", action="store_true", help="three minutes: short loads, no build times")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other texts (default: 1)")
    arguments = parser.parse_args()
    unknown = set(arguments.contestants) - CONTESTANTS.keys()
    if unknown:
        parser.error(f"no such contestant: {', '.join(sorted(unknown))}; there are {', '.join(CONTESTANTS)}")
    return arguments


def main() -> int:
    """Measures what was asked for and writes it down; the exit status."""
    arguments = _arguments()
    chosen = _chosen(arguments.contestants)
    is_whole = len(chosen) == len(CONTESTANTS) and not arguments.quick
    try:
        check_prerequisites(chosen)
        print(">>> Setting up the project whose workerd runs all (minutes the first time)", flush=True)
        host = rendered(HOST_PROFILE)
        results = measure(chosen, host, CACHE / "run", QUICK if arguments.quick else WHOLE, arguments.seed)
    except Failed as failed:
        print(f"\nbenchmark: {failed}", file=sys.stderr)
        return 1
    files = write(results, ROOT / "docs/benchmarks" if is_whole else CACHE / "results")
    print(f"\n{markdown(results)}\n>>> Written: {', '.join(str(file.relative_to(ROOT)) for file in files)}")
    return 0


def _chosen(names: list[str]) -> list[Contestant]:
    wanted = {*(names or CONTESTANTS), ALWAYS}
    return [contestant for name, contestant in CONTESTANTS.items() if name in wanted]


if __name__ == "__main__":
    sys.exit(main())
