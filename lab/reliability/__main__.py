"""The command: `./scripts/run.sh reliability differential recovery --short`, or without a form all of them."""

import argparse
import sys
import time
from pathlib import Path

from . import differential, fuzz, interruption, limits, recovery, shapes, soak
from .answers import Broken
from .project import PIN_SETS, made, pins_of
from .report import record, table

FORMS = {module.__name__.split(".")[-1]: module for module in (differential, recovery, limits, soak, fuzz, shapes, interruption)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh reliability",
        description="Shows with figures that a generated Worker can be left alone, in the real workerd.",
        epilog="\n".join(
            ["forms:", *(f"  {name:13} {str(module.__doc__).splitlines()[0]}" for name, module in FORMS.items())]
        )
        + "\n\nLong forms write their figures to docs/reliability. Exits with 1 when a promise is not kept.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("forms", nargs="*", metavar="form", help="which forms, all when none is named; see below")
    parser.add_argument(
        "--short", action="store_true", help="what CI runs: seconds instead of minutes, nothing written"
    )
    parser.add_argument("--pins", choices=PIN_SETS, help="one pin set; without it both in turn")
    parser.add_argument(
        "--project", type=Path, help="a project that ./build.sh test has passed, instead of one made here"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed asks other requests (default: 1)")
    arguments = parser.parse_args()
    unknown = set(arguments.forms) - FORMS.keys()
    if unknown:
        parser.error(f"no such form: {', '.join(sorted(unknown))}; there are {', '.join(FORMS)}")
    return arguments


def main() -> int:
    """Runs the forms that were asked for; the exit status."""
    arguments = _arguments()
    status = 0
    try:
        projects = _projects(arguments)
        for form in arguments.forms or FORMS:
            for project in projects:
                _run(form, project, arguments)
    except* Broken as broken:
        # Of requests that were under way together one tells enough.
        print(f"\nreliability: a promise is broken\n{_first(broken)}", file=sys.stderr)
        status = 1
    return status


def _projects(arguments: argparse.Namespace) -> list[Path]:
    if arguments.project:
        return [arguments.project.resolve()]
    return [made(pins) for pins in ([arguments.pins] if arguments.pins else PIN_SETS)]


def _first(group: BaseExceptionGroup) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _run(form: str, project: Path, arguments: argparse.Namespace) -> None:
    pins = pins_of(project)
    print(f">>> {form}, {'short' if arguments.short else 'long'}, pin set {pins}", flush=True)
    started = time.monotonic()
    figures = FORMS[form].run(project, long=not arguments.short, random_seed=arguments.seed)
    figures["seconds"] = round(time.monotonic() - started)
    print(table({pins: figures}), flush=True)
    if not arguments.short:
        record(form, project, figures, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
