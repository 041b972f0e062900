"""One run from first to last: build, check the answers, load in interleaved rounds, then what is measured once."""

import datetime
import shutil
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .answers import check
from .builds import build_seconds, sizes
from .cold import MINIMAL, cold_starts
from .contestants import Contestant, built, modules_of
from .inputs import Input, inputs, shares
from .machine import machine, versions
from .memory import has_memory, linear_memory
from .prerequisites import load_generator
from .rounds import Samples, loads
from .workerd import Server, Settings, configuration, serving, variable_bindings


@dataclass(frozen=True)
class Plan:
    """How long a run is."""

    rounds: int
    #: Of one load; bombardier takes whole ones.
    seconds: int
    cold_starts: int
    #: Requests of 1 MB after which linear memory is read once more.
    more_requests: int
    builds: bool


WHOLE = Plan(rounds=5, seconds=4, cold_starts=30, more_requests=1000, builds=True)
QUICK = Plan(rounds=3, seconds=1, cold_starts=30, more_requests=100, builds=False)


def measure(contestants: list[Contestant], host: Path, work: Path, plan: Plan, seed: int) -> dict[str, Any]:
    """Measures contestants in the workerd of the project `host`; the results, as they stand in results.json.

    `work` is emptied first. Raises Failed when a contestant cannot be built or answers wrongly.
    """
    started = time.monotonic()
    # Before anything is built, for its load average.
    facts = machine()
    generator = load_generator()
    settings = Settings.of(host)
    shutil.rmtree(work, ignore_errors=True)
    served = {}
    for contestant in contestants:
        print(f">>> Building {contestant.name}", flush=True)
        served[contestant.name] = built(contestant, host, work / "served" / contestant.name)
    asked = inputs(seed)
    bodies = _written(asked, work / "inputs")
    samples = _checked_loads(contestants, served, settings, asked, bodies, generator, plan)
    print(f">>> Cold starts: {plan.cold_starts} of each contestant", flush=True)
    cold = cold_starts(settings, served, asked[0].body, plan.cold_starts, work / "cold")
    rows = {}
    small, large, _ = bodies.values()
    for contestant in contestants:
        name, folder = contestant.name, served[contestant.name]
        rows[name] = {
            "floor": contestant.floor,
            "loads": samples[name],
            "cold_start_ms": cold[name],
            "bytes": sizes(folder),
        }
        if has_memory(folder):
            print(f">>> Linear memory of {name}", flush=True)
            memory = linear_memory(
                settings, folder, small, large, plan.more_requests, generator, work / "memory" / name
            )
            rows[name]["memory"] = memory
        if plan.builds:
            print(f">>> Build times of {name}", flush=True)
            rows[name]["build_seconds"] = build_seconds(contestant, host, work / "builds" / name)
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": round(time.monotonic() - started),
        "seed": seed,
        "plan": asdict(plan),
        "machine": facts,
        "versions": versions(host, contestants),
        "inputs": {it.name: _facts(it) for it in asked},
        "minimal_cold_start_ms": cold[MINIMAL],
        "contestants": rows,
    }


def _checked_loads(
    contestants: list[Contestant],
    served: dict[str, Path],
    settings: Settings,
    asked: list[Input],
    bodies: dict[str, Path],
    generator: Path,
    plan: Plan,
) -> Samples:
    """Starts all contestants, each in a workerd of its own, has each answer everything, and loads them in turn."""
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for name, folder in served.items():
            config = configuration(settings, modules_of(folder), variable_bindings(settings))
            servers[name] = stack.enter_context(serving(settings, folder, config))
        for contestant in contestants:
            count = check(contestant.name, servers[contestant.name].url(), asked, contestant.floor)
            print(f">>> {contestant.name}: {count} answers are as due", flush=True)
        print(f">>> Loads: {plan.rounds} rounds, and one before them to warm up", flush=True)
        return loads(generator, servers, bodies, plan.rounds, plan.seconds)


def _written(asked: list[Input], folder: Path) -> dict[str, Path]:
    """A file for the body of each input."""
    folder.mkdir(parents=True)
    files = {}
    for one in asked:
        files[one.name] = folder / f"{one.name}.json"
        files[one.name].write_bytes(one.body)
    return files


def _facts(one: Input) -> dict[str, Any]:
    return {"bytes": len(one.body), "characters": len(one.text), "shares": shares(one.text)}
