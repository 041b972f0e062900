"""The sentences outside of docs/benchmarks that quote its figures, made from results.json.

tests/test_benchmarks.py holds the files to them: after a new run, it shows the sentence that a file must have.
"""

from typing import Any

from .ratios import ratio


def quotes(results: dict[str, Any]) -> dict[str, list[str]]:
    """For each file, what it must say; white space does not count."""
    contestants = results["contestants"]
    sizes = {
        profile: round(contestants[f"generated-{profile}"]["bytes"]["module"] / 1000)
        for profile in ("size", "balanced", "speed")
    }

    def times(one: str, other: str, row: int, digits: int = 1) -> str:
        loads = [contestants[name]["loads"][list(results["inputs"])[row]] for name in (one, other)]
        rates = ([sample["per_second"] for sample in load] for load in loads)
        return f"{ratio(*rates).median:.{digits}f}"

    def beside_size(profile: str) -> str:
        return f"{profile}: {sizes[profile]} KB, {times(f'generated-{profile}', 'generated-size', 1)} times as fast"

    ours = "generated-speed"
    return {
        "copier.yml": [
            f"in mixed scripts size is {times('generated-balanced', 'generated-size', 2, 0)} times as slow as the others",
            f"size: {sizes['size']} KB, the smallest",
            beside_size("balanced"),
            beside_size("speed"),
        ],
        "README.md": [
            f"in profile `speed` a request of 1 MB is answered {times(ours, 'javascript-idiomatic', 1, 0)} times as often as by idiomatic "
            f"JavaScript and {times(ours, 'workers-rs', 1)} times as often as by workers-rs, one of 1.3 MB in mixed "
            f"scripts {times(ours, 'javascript-idiomatic', 2, 0)} and {times(ours, 'workers-rs', 2)} times",
            f"in profile `size` the module has {sizes['size']} KB",
        ],
    }
