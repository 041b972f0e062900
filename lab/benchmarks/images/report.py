"""The results of a run as files: images.json, images.md with the tables, and the plot."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..ratios import Spread, ratio, spread
from ..svg import Bar, Panel, chart
from ..targets import Verdict, written
from . import EXAMPLE, OTHER, PLAIN

# Times of exifr over the example's, at least; its module; p99 over that of a plain read, at most.
FASTER = {"JPEG, 280 KB": 2, "HEIC, 1.4 MB": 1.6}
MODULE_BYTES = 100_000
SLOWER_P99 = 3


def write(results: dict[str, Any], folder: Path) -> list[Path]:
    """Writes all files of a run into a folder; returns them, the tables first."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "images.md": markdown(results),
        "images.json": json.dumps(results, indent=1) + "\n",
        "images.svg": plot(results),
    }
    for name, content in contents.items():
        (folder / name).write_text(content)
    return [folder / name for name in contents]


def verdicts(results: dict[str, Any]) -> Iterator[Verdict]:
    """Every target, and what was found."""
    for name, least in FASTER.items():
        times = results["photos"][name]["microseconds"]
        found = ratio(times[OTHER], times[EXAMPLE])
        yield Verdict(f"{name}: times as fast as exifr", f"at least {least:g}", written(found), found.median >= least)
    size = results["bytes"][EXAMPLE]["module"]
    yield Verdict("module, bytes", f"at most {MODULE_BYTES:,}", f"{size:,}", size <= MODULE_BYTES)
    for name, photo in results["photos"].items():
        found = _slower(photo, EXAMPLE)
        what = f"{name}: p99 from R2 over a plain read of as much"
        yield Verdict(what, f"at most {SLOWER_P99}", written(found), found.median <= SLOWER_P99)


def markdown(results: dict[str, Any]) -> str:
    """The tables of a run."""
    parts = ["# Benchmarks: the image example"]
    parts += ["Made by `./scripts/run.sh benchmark images`; [Benchmarks](../benchmarks.md#the-image-example) says how."]
    parts += ["## An image in memory", "\n".join(_times(results))]
    parts += ["## From R2", "\n".join(_from_r2(results))]
    parts += ["## Broken images", "\n".join(_broken(results))]
    parts += ["## Targets", "\n".join(_targets(results)), "## The run", "\n".join(_run(results))]
    return "\n\n".join(parts) + "\n"


def plot(results: dict[str, Any]) -> str:
    """Time, bytes read and bytes uploaded of each contestant, as SVG."""
    photos = results["photos"]
    names = [*next(iter(photos.values()))["microseconds"]]
    panels = []
    for name in FASTER:
        times = {who: spread(samples).median for who, samples in photos[name]["microseconds"].items()}
        # Without the spread: some round always meets a stall that would squeeze all bars.
        bars = [Bar([(time, _kind(who))], f"{time:.0f} µs") for who, time in times.items()]
        panels.append(Panel(name, bars, max(times.values())))
    sizes = [results["bytes"].get(who) for who in names]
    uploaded = [
        size
        and Bar([(size["module"], _kind(who)), (size["all"] - size["module"], "floor")], f"{size['all'] / 1000:.0f} KB")
        for who, size in zip(names, sizes, strict=True)
    ]
    panels.append(Panel("bytes uploaded", uploaded, max(size["all"] for size in sizes if size)))
    legend = [("floor", "of the bytes uploaded: JavaScript")]
    return chart("Processor time of an image in memory, median, and size: less is better", names, panels, legend)


def _times(results: dict[str, Any]) -> Iterator[str]:
    yield "Microseconds of processor time from the bytes of an image to the JSON of its metadata, in Node.js. exifr is"
    yield "asked for the fields of the example, in its fastest settings, and once for all that it reads by default. It"
    yield "gives no dimensions."
    yield ""
    contestants = [*next(iter(results["photos"].values()))["microseconds"]]
    yield f"| | {' | '.join(contestants)} | exifr over generated |"
    yield "| --- |" + " ---: |" * (len(contestants) + 1)
    for name, photo in results["photos"].items():
        times = photo["microseconds"]
        cells = " | ".join(f"{spread(times[who]).median:.1f}" for who in contestants)
        yield f"| {name} | {cells} | {written(ratio(times[OTHER], times[EXAMPLE]))} |"


def _from_r2(results: dict[str, Any]) -> Iterator[str]:
    yield "What is read of an image in R2, and how many fields are answered: none where they were not found."
    yield ""
    yield f"| | bytes, by {EXAMPLE} | fields | bytes, by {OTHER} | fields |"
    yield "| --- |" + " ---: |" * 4
    for name, photo in results["photos"].items():
        cells = (
            f"{_lengths(photo['reads'][who]['ranges'])} | {photo['reads'][who]['fields']}" for who in (EXAMPLE, OTHER)
        )
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield "Its metadata over ten connections. A plain read is one of as many bytes as the example reads, at once."
    yield ""
    yield "| | | requests/s | p50 ms | p99 ms | p99 beside a plain read |"
    yield "| --- | --- |" + " ---: |" * 4
    for name, photo in results["photos"].items():
        for who, samples in photo["loads"].items():
            rate, p50, p99 = (
                spread([sample[key] for sample in samples]).median for key in ("per_second", "p50_ms", "p99_ms")
            )
            beside = "" if who == PLAIN else written(_slower(photo, who))
            first = name if who == EXAMPLE else ""
            yield f"| {first} | {who} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {beside} |"


def _lengths(ranges: list[int]) -> str:
    return f"{sum(ranges):,}" if len(ranges) == 1 else f"{sum(ranges):,} in {len(ranges)} ranges"


def _slower(photo: dict[str, Any], who: str) -> Spread:
    p99 = {name: [sample["p99_ms"] for sample in samples] for name, samples in photo["loads"].items()}
    return ratio(p99[who], p99[PLAIN])


def _broken(results: dict[str, Any]) -> Iterator[str]:
    yield f"| | {EXAMPLE} | {OTHER} |"
    yield "| --- | --- | --- |"
    for name, outcomes in results["broken"].items():
        yield f"| {name} | {outcomes[EXAMPLE]} | {outcomes[OTHER]} |"
    number = results["plan"]["mutants"]
    told = (
        ", ".join(f"{kind}: {count:,}" for kind, count in results["mutants"][who].items()) for who in (EXAMPLE, OTHER)
    )
    yield f"| {number:,} images with damaged bytes | {' | '.join(told)} |"


def _targets(results: dict[str, Any]) -> Iterator[str]:
    yield "| | target | found | |"
    yield "| --- | ---: | ---: | --- |"
    for it in verdicts(results):
        yield f"| {it.what} | {it.wanted} | {it.found} | {'met' if it.met else '**missed**'} |"


def _run(results: dict[str, Any]) -> Iterator[str]:
    plan = results["plan"]
    yield f"- {results['date']}, {plan['rounds']} rounds of {plan['seconds']} s a load"
    for what in ("machine", "versions"):
        yield f"- {what.title()}: {', '.join(f'{name} {value}' for name, value in results[what].items())}"
    for who, size in results["bytes"].items():
        module = f"a module of {size['module']:,} bytes, " if size["module"] else ""
        yield f"- Uploaded by {who}: {module}{size['all']:,} bytes in all, {size['all_gzip']:,} with gzip"


def _kind(name: str) -> str:
    return "ours" if name == EXAMPLE else "other"
