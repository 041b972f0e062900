"""`./build.sh bench` of generated projects: what it measures, what it refuses, and what it concludes from figures."""

import json
import re
import xml.etree.ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Projects
from helpers import build_sh, run

JOB = "worker/bench/job.ts"


@contextmanager
def edited(project: Path, before: str, after: str) -> Iterator[None]:
    """Changes job.ts while it lasts, and leaves git nothing to see."""
    job = project / JOB
    original = job.read_text()
    assert before in original
    job.write_text(original.replace(before, after))
    try:
        yield
    finally:
        job.write_text(original)
    assert run("git", "status", "--porcelain", cwd=project) == ""


def few_sizes(project: Path) -> str:
    return re.search(r"sizes = .*;", (project / JOB).read_text())[0]


def test_bench_leaves_a_table_a_plot_and_a_verdict(tested: Path) -> None:
    with edited(tested, few_sizes(tested), "sizes = [100, 20_000];"):
        printed = build_sh(tested, "bench")

    page = (tested / "worker/bench/results/results.md").read_text()
    table = re.search(r"^\|.*\|$", page, re.M | re.S)[0]
    (verdict,) = re.findall(r"^(?:Rust pays|Rust does not|Whether Rust pays) .* At 21 KB .*\.$", page, re.M)
    assert table in printed and verdict in printed
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert [row[0] for row in rows[2:]] == ["150 B", "21 KB"]
    assert all(int(cell) > 0 for row in rows[2:] for cell in row[1:4])

    plot = xml.etree.ElementTree.parse(tested / "worker/bench/results/plot.svg").getroot()
    svg = "{http://www.w3.org/2000/svg}"
    assert (plot.tag, plot.get("role"), plot[0].tag) == (f"{svg}svg", "img", f"{svg}title")
    assert "@media (prefers-color-scheme: dark)" in plot.findtext(f"{svg}style")
    assert {"150 B", "21 KB"} <= {text.text for text in plot.iter(f"{svg}text")}


@pytest.mark.xdist_group("variants")
def test_a_job_that_answers_otherwise_is_refused_with_the_request_and_both_answers(projects: Projects) -> None:
    project = projects.quick_copy()
    with edited(project, "kept.toUpperCase()", "kept.toLowerCase()"):
        printed = build_sh(project, "bench", status=1)
    assert "bench: the request of 150 B: expected 200 and the same answer from both" in printed
    assert "TypeScript: 200" in printed and "Rust:       200" in printed
    assert "Make worker/bench/job.ts do what the crate does" in printed
    assert "round" not in printed


@pytest.mark.xdist_group("variants")
def test_a_durable_object_is_in_every_bundle(projects: Projects) -> None:
    project = projects.quick_copy()
    with (project / "worker/wrangler.toml").open("a") as settings:
        settings.write('\n[[durable_objects.bindings]]\nname = "ROOMS"\nclass_name = "Room"\n')
        settings.write('\n[[migrations]]\ntag = "v1"\nnew_sqlite_classes = ["Room"]\n')
        # What other Workers have keeps none of these from starting.
        settings.write('\n[[durable_objects.bindings]]\nname = "THEIRS"\nclass_name = "Room"\nscript_name = "theirs"\n')
        settings.write('\n[[workflows]]\nname = "flow"\nbinding = "FLOW"\nclass_name = "Flow"\nscript_name = "theirs"\n')
        settings.write('\n[[tail_consumers]]\nservice = "theirs"\n')
    assert "failed at: bundling worker/dist." in build_sh(project, "bundles", status=1)
    with (project / "worker/src/index.ts").open("a") as index:
        index.write('\nexport { DurableObject as Room } from "cloudflare:workers";\n')
    build_sh(project, "bundles")
    # Both Workers have started when it compares their answers.
    job = project / JOB
    job.write_text(job.read_text().replace("kept.toUpperCase()", "kept.toLowerCase()"))
    assert "TypeScript: 200" in build_sh(project, "bench", status=1)
    bundles = [project / f"worker/dist{name}/index.js" for name in ("", "-faults", "-bench")]
    assert ["as Room" in bundle.read_text() for bundle in bundles] == [True, True, True]


@pytest.mark.xdist_group("variants")
def test_a_project_without_a_job_is_told_what_is_missing(projects: Projects) -> None:
    project = projects.quick_copy()
    (project / JOB).unlink()
    assert f"{JOB} is missing" in build_sh(project, "bench", status=1)


ROUNDS = 15


def measured(size: int, speedup: float, spread: float = 0.02) -> dict:
    """Rounds in which TypeScript takes 1 ms, echo 0.1, and Rust what gives this median; ratios lie within a spread."""
    waves = [1 + spread * (round_number * 7 % ROUNDS - 7) / 7 for round_number in range(ROUNDS)]
    rust = [1 / (speedup * wave) for wave in waves]
    return {"bytes": size, "echo": [0.1] * ROUNDS, "typescript": [1] * ROUNDS, "rust": rust}


VERDICTS = {
    "pays from a size on": (
        [measured(150, 0.8), measured(1100, 1.01), measured(11_000, 1.5), measured(1_050_000, 4)],
        "Rust pays here from requests of 11 KB on. TypeScript is faster at 150 B. It is too close to tell at 1.1 KB."
        " At 1.1 MB Rust answers 4 times as many requests as TypeScript, 95 % sure to lie between 3.95 and 4.05."
        " Beyond what echo takes, the job costs 0.9 ms in TypeScript and 0.15 ms in Rust:"
        " 6 times as much in TypeScript.",
    ),
    "pays always": (
        [measured(150, 1.5), measured(1100, 1.5)],
        "Rust pays here from requests of 150 B on."
        " At 1.1 KB Rust answers 1.5 times as many requests as TypeScript, 95 % sure to lie between 1.48 and 1.52."
        " Beyond what echo takes, the job costs 0.9 ms in TypeScript and 0.567 ms in Rust:"
        " 1.59 times as much in TypeScript.",
    ),
    "pays in the middle only": (
        [measured(150, 0.8), measured(1100, 1.5), measured(11_000, 0.5)],
        "Rust does not pay here. Rust is faster at 1.1 KB. TypeScript is faster at 150 B."
        " At 11 KB TypeScript answers 2 times as many requests as Rust, 95 % sure to lie between 1.98 and 2.02."
        " Beyond what echo takes, the job costs 0.9 ms in TypeScript and 1.9 ms in Rust: 2.11 times as much in Rust.",
    ),
    "too close": (
        [measured(1100, 1.1, spread=0.5)],
        "Whether Rust pays here is too close to tell."
        " At 1.1 KB Rust answers 1.1 times as many requests as TypeScript, 95 % sure to lie between 0.786 and 1.41."
        " Beyond what echo takes, the job costs 0.9 ms in TypeScript and 0.809 ms in Rust.",
    ),
    "no job to speak of": (
        [measured(150, 10)],
        "Rust pays here from requests of 150 B on."
        " At 150 B Rust answers 10 times as many requests as TypeScript, 95 % sure to lie between 9.89 and 10.1."
        " Beyond what echo takes, the job is too short to be measured.",
    ),
}


@pytest.mark.xdist_group("variants")
@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict_says_what_the_figures_say(projects: Projects, tmp_path: Path, case: str) -> None:
    rounds, expected = VERDICTS[case]
    worker = projects.quick / "worker"
    bench = json.dumps(str(worker / "platform/bench"))[1:-1]
    (tmp_path / "entry.ts").write_text(
        f'import {{ figures }} from "{bench}/figures";\n'
        f'import {{ verdict }} from "{bench}/verdict";\n'
        f"console.log(verdict({json.dumps(rounds)}.map(figures)));\n"
    )
    esbuild = worker / "node_modules/.bin/esbuild"
    run(esbuild, "entry.ts", "--bundle", "--platform=node", "--outfile=entry.js", "--log-level=warning", cwd=tmp_path)
    assert run("node", "entry.js", cwd=tmp_path).strip() == expected
