"""The commands of those who maintain the template: `./scripts/run.sh COMMAND [ARGUMENT]...`."""

import importlib
import sys

# Each with the module whose `main` it is, and what it does.
COMMANDS = {
    "benchmark": ("lab.benchmarks.__main__", "measures generated Workers beside others that do the same job"),
    "benchmark passes": ("lab.benchmarks.passes", "times each pass over a body, within the module"),
    "benchmark images": ("lab.benchmarks.images.__main__", "measures the image example beside exifr"),
    "gallery": ("maintenance.gallery", "updates the projects in gallery/ from the last release to the working tree"),
    "matrix": ("maintenance.matrix", "tries every release that `custom` offers, and writes docs/versions.md"),
    "mutate": ("maintenance.mutate", "deletes each line of the configuration, and tells which no test misses"),
    "picture": ("maintenance.picture", "draws the README's picture"),
    "pins": ("maintenance.pins", "moves the pin set `current` to the newest versions that pass the tests"),
    "release": ("maintenance.release", "releases the template: checks, tests, commits and tags, and pushes nothing"),
    "reliability": ("lab.reliability.__main__", "shows with figures that a generated Worker can be left alone"),
    "site": ("maintenance.site", "builds the documentation site, or serves it"),
}


def main() -> int | None:
    """Runs a command; the exit status, 2 where there is none of that name."""
    words = sys.argv[1:]
    if words[:1] in ([], ["-h"], ["--help"]):
        print("Usage: ./scripts/run.sh COMMAND [ARGUMENT]...\n")
        for name, (_, does) in COMMANDS.items():
            print(f"  {name:<18}{does}")
        print("\n`--help` after a command says more of it.")
        return 0 if words else 2
    name = " ".join(words[:2])
    name = name if name in COMMANDS else words[0]
    if name not in COMMANDS:
        print(f"run.sh: no such command: {name}; there are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    sys.argv = [name, *words[len(name.split()) :]]
    return importlib.import_module(COMMANDS[name][0]).main()


if __name__ == "__main__":
    sys.exit(main())
