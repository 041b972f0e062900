"""The sentences outside of docs/benchmarks that quote its figures, made from results.json.

tests/test_benchmarks.py holds the files to them: after a new run, it shows the sentence that a file must have.
"""

from typing import Any

from .ratios import ratio, spread


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

    def rounded(values: list[float]) -> str:
        return f"{spread(values).median:.0f}"

    def start(one: str) -> str:
        return rounded(contestants[one]["cold_start_ms"])

    ours = "generated-speed"
    return {
        "docs/profiles.md": [
            f"module has {sizes['size']} KB in `size`, {sizes['balanced']} in `balanced` and {sizes['speed']} in `speed`",
            f"1 MB of ASCII are answered {times('generated-balanced', 'generated-size', 1)} times as often in `balanced`, and "
            f"{times('generated-speed', 'generated-size', 1)} times in `speed`, as in `size`",
            f"in mixed scripts `size` is {times('generated-balanced', 'generated-size', 2, 0)} times as slow as the others",
        ],
        "README.md": [
            f"in profile `speed`, requests of 1 MB are answered {times(ours, 'javascript-idiomatic', 1, 0)} times as often "
            f"as by idiomatic JavaScript and {times(ours, 'workers-rs', 1)} times as often as by workers-rs. For 1.3 MB in "
            f"mixed scripts it is {times(ours, 'javascript-idiomatic', 2, 0)} times and {times(ours, 'workers-rs', 2)} "
            "times as often",
            f"has {sizes['size']} KB in profile `size`, {sizes['balanced']} KB in `balanced` and {sizes['speed']} KB in "
            "`speed`",
            f"a cold start takes {start('generated-balanced')} ms, with JavaScript alone "
            f"{start('javascript-idiomatic')}, and for a Worker of one line {rounded(results['minimal_cold_start_ms'])}",
        ],
    }
