"""The harness of the benchmark: what it asks, what it computes and draws, and its smallest run. No test is timed."""

import http.server
import json
import shutil
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Projects
from helpers import ROOT, run

from lab.benchmarks import Failed, passes
from lab.benchmarks.answers import check
from lab.benchmarks.contestants import CONTESTANTS
from lab.benchmarks.images import EXAMPLE, OTHER, PLAIN
from lab.benchmarks.images import measure as images
from lab.benchmarks.images import report as images_report
from lab.benchmarks.images.broken import cases, mutants
from lab.benchmarks.images.photos import photos
from lab.benchmarks.images.programs import FOLDER
from lab.benchmarks.inputs import inputs, shares
from lab.benchmarks.measure import Plan, measure
from lab.benchmarks.plots import plots
from lab.benchmarks.prerequisites import check_prerequisites
from lab.benchmarks.quotes import quotes
from lab.benchmarks.ratios import Spread, ratio, spread
from lab.benchmarks.report import markdown, write
from lab.benchmarks.targets import verdicts

SMALLEST = Plan(rounds=2, seconds=0, cold_starts=2, more_requests=10, builds=True)
DOCS = ROOT / "docs/benchmarks"
RESULTS = DOCS / "results.json"


def test_the_inputs_are_the_same_for_a_seed_and_of_the_sizes_said() -> None:
    made = inputs(1)
    assert made == inputs(1)
    assert made != inputs(2)
    # No character is cut in two.
    assert [round(len(one.text.encode()), -1) for one in made] == [1_000, 1_000_000, 1_300_000]
    assert [one.text.isascii() for one in made] == [True, True, False]
    for one in made:
        assert json.loads(one.body) == {"text": one.text, "maxLength": len(one.text), "uppercase": True}
    assert all(0.15 < share < 0.20 for share in shares(made[2].text).values())


@contextmanager
def serving(answer: dict[str, object]) -> Iterator[str]:
    """A server that answers everything with the same JSON."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_wrong_answer_is_shown_with_its_request_and_with_what_was_due() -> None:
    first = inputs(1)[:1]
    right = {"processedText": first[0].text.upper(), "characterCount": 1000}
    with serving(right | {"characterCount": 1001}) as url, pytest.raises(Failed) as failed:
        check("wrong", url, first)
    assert "wrong answers wrongly. Mend it, or leave it out" in str(failed.value)
    assert all(
        part in str(failed.value) for part in ("asked: Request(body=b'{", "due: Expected(", '"characterCount": 1001')
    )


def test_a_contestant_that_is_right_only_on_the_inputs_is_caught() -> None:
    first = inputs(1)[:1]
    right = {"processedText": first[0].text.upper(), "characterCount": 1000}
    with serving(right) as url, pytest.raises(Failed, match="Expected.*text='A'"):
        check("memory", url, first)


def test_a_floor_must_return_the_body() -> None:
    with serving({"body": "another"}) as url, pytest.raises(Failed, match="echo answers wrongly"):
        check("echo", url, inputs(1)[:1], floor=True)


def test_a_ratio_is_taken_within_each_round() -> None:
    assert spread([3, 1, 2]) == Spread(2, 1, 3)
    # The machine was at half its speed in the last round; the ratio is the same.
    assert ratio([200, 220, 100], of=[100, 110, 50]) == Spread(2, 2, 2)
    assert ratio([1, 4, 9], of=[1, 2, 3]) == Spread(2, 1, 3)
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], of=[1])


def results_of(rate: float) -> dict:
    """Results of all contestants, made up: echo has 100 requests a second, the others as many as asked for."""
    names = [one.name for one in inputs(1)]

    def row(name: str) -> dict:
        per_second = 100 if name == "echo" else rate
        load = {"requests": 9, "per_second": per_second, "p50_ms": 1.5, "p99_ms": 20.0, "cpu_ms": 100 / per_second}
        memory = {"memory": {"small": 1_000_000, "large": 4_000_000, "more": 4_000_000}}
        size = 0 if name == "echo" or name.startswith("javascript") else 20_000
        return {
            "floor": name == "echo",
            "loads": {one: [load, load] for one in names},
            "cold_start_ms": [10.0, 12.0],
            "bytes": {"module": size, "module_gzip": size // 2, "all": size + 900, "all_gzip": size // 2 + 500},
            "build_seconds": {"cold": 20.0, "warm": 2.0},
        } | (memory if size else {})

    return {
        "date": "2026-11-24", "seed": 1, "seconds": 90, "machine": {"cores": 2}, "versions": {"workerd": "1"},
        "plan": {"rounds": 2, "seconds": 1, "cold_starts": 2, "more_requests": 10, "builds": True},
        "inputs": {one: {"bytes": 9, "characters": 9, "shares": {}} for one in names},
        "minimal_cold_start_ms": [9.0, 9.5],
        "contestants": {name: row(name) for name in CONTESTANTS},
    }  # fmt: skip


def test_a_target_is_met_or_missed_by_the_median() -> None:
    found = {verdict.what: verdict for verdict in verdicts(results_of(rate=80))}
    assert not found["1 KB ASCII: requests/s over echo"].met
    assert found["1 MB ASCII: requests/s over echo"].met
    assert found["1 MB ASCII: requests/s over echo"].found == "0.80 (0.80 to 0.80)"
    assert not found["1 MB ASCII: requests/s over workers-rs"].met
    assert found["cold start over javascript-tuned"].met
    assert found["module of profile size, bytes"].met
    assert len(found) == 18 + 5
    assert "| 1 KB ASCII: requests/s over echo | at least 0.95 | 0.80 (0.80 to 0.80) | 0.80 | **missed** |" in markdown(
        results_of(rate=80)
    )


def test_the_plots_are_xml_the_same_each_time_and_have_every_contestant() -> None:
    drawn = plots(results_of(rate=40))
    assert drawn == plots(results_of(rate=40))
    for name, picture in drawn.items():
        root = ElementTree.fromstring(picture)
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert CONTESTANTS.keys() <= set(texts), name
        assert root.get("role") == "img"
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_loads_shorter_than_the_tick_of_the_cpu_clock_are_written_and_drawn(tmp_path: Path) -> None:
    results = results_of(rate=40)
    for contestant in results["contestants"].values():
        for samples in contestant["loads"].values():
            for sample in samples:
                sample["cpu_ms"] = 0.0
    write(results, tmp_path)
    assert "0.00 ms" in (tmp_path / "time.svg").read_text()
    assert "below the clock's tick" in (tmp_path / "results.md").read_text()


def test_a_pass_is_the_time_of_its_export_less_that_of_the_one_before() -> None:
    times = {"copy_in": 10, "read": 25, "upper_case": 60, "count": 60.5, "write": 100, "copy_out": 120, "memcpy": 10}
    rows = [line.strip("| ").split(" | ") for line in passes.markdown([times], {"1 KB": b"123"}).splitlines()]
    figures = {row[0]: row[1] for row in rows if len(row) == 2}
    assert list(figures)[0] == "microseconds"
    assert list(figures.values())[0] == "1 KB, 3 bytes"
    found = list(figures.values())[2:]
    assert found == ["10", "15", "35", "0.50", "40", "20", "120", "10", "12"]


def test_what_is_missing_is_named_at_once_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Failed) as failed:
        check_prerequisites(CONTESTANTS.values())
    assert "missing: em++, for cpp: apt install" in str(failed.value)


def test_an_unknown_contestant_is_refused_with_those_that_there_are() -> None:
    printed = run("./scripts/run.sh", "benchmark", "cobol", cwd=ROOT, status=2)
    assert "no such contestant: cobol; there are echo, copy-through" in printed


@pytest.mark.xdist_group("current")
def test_a_run_measures_every_row(projects: Projects, tmp_path: Path) -> None:
    names = ["echo", "javascript-tuned"]
    results = measure([CONTESTANTS[name] for name in names], projects.tested("current"), tmp_path / "run", SMALLEST, 1)
    files = write(results, tmp_path / "results")
    assert {file.name for file in files} == {
        "results.md", "results.json", "requests.svg", "of-echo.svg", "start.svg", "time.svg",
    }  # fmt: skip
    written = json.loads((tmp_path / "results/results.json").read_text())
    assert list(written["contestants"]) == names
    for row in written["contestants"].values():
        assert [len(samples) for samples in row["loads"].values()] == [SMALLEST.rounds] * 3
        assert len(row["cold_start_ms"]) == SMALLEST.cold_starts
        assert row["bytes"]["all"] > 0
        assert row["build_seconds"].keys() == {"cold", "warm"}
    assert all(written["versions"][tool] for tool in ("workerd", "node", "rust", "wasm-bindgen", "bombardier"))


@pytest.mark.parametrize(("results", "written_by"), [("results", write), ("images", images_report.write)])
def test_the_tables_and_plots_of_the_docs_are_those_of_the_results(
    results: str, written_by: Callable[[dict, Path], list[Path]], tmp_path: Path
) -> None:
    for file in written_by(json.loads((DOCS / f"{results}.json").read_text()), tmp_path):
        assert file.read_bytes() == (DOCS / file.name).read_bytes(), file.name


def test_the_photographs_and_the_broken_ones_are_the_same_each_time() -> None:
    assert photos() == photos()
    assert [round(len(image) / 1e6, 1) for image in photos().values()] == [0.3, 4.0, 1.4, 4.0, 4.0]
    assert [*mutants(30, seed=1)] == [*mutants(30, seed=1)] != [*mutants(30, seed=2)]
    assert cases() == cases()


@pytest.mark.xdist_group("current")
def test_a_run_with_images_measures_every_row(projects: Projects, tmp_path: Path) -> None:
    project = projects.tested("current", example="image")
    plan = images.Plan(timings=3, calls=10, rounds=1, seconds=0, mutants=30, patience=1)
    try:
        results = images.measure(project, tmp_path / "run", plan)
    finally:
        shutil.rmtree(project / "worker" / FOLDER, ignore_errors=True)
    images_report.write(results, tmp_path / "results")
    for name, photo in results["photos"].items():
        assert [len(times) for times in photo["microseconds"].values()] == [plan.timings] * 3, name
        assert all(time > 0 for times in photo["microseconds"].values() for time in times), name
        loads = {who: len(samples) for who, samples in photo["loads"].items()}
        assert loads == dict.fromkeys((EXAMPLE, OTHER, PLAIN), plan.rounds)
    reads = [photo["reads"][EXAMPLE] for photo in results["photos"].values()]
    assert [len(read["ranges"]) for read in reads] == [1, 1, 1, 2, 3]
    assert all(read["fields"] >= 13 for read in reads)
    # exifr takes from JPEG and HEIC what the example does, or the two would not be compared fairly.
    assert all(photo["reads"][OTHER]["fields"] >= 13 for name, photo in results["photos"].items() if "PNG" not in name)
    assert results["broken"].keys() == cases().keys()
    assert all(row[EXAMPLE].startswith(("answers", "refuses")) for row in results["broken"].values())
    assert results["broken"]["HEIC, a box without a length"][OTHER] == "never returns"
    assert results["mutants"][EXAMPLE].keys() <= {"answers", "answers with warnings", "refuses"}
    assert sum(results["mutants"][EXAMPLE].values()) == sum(results["mutants"][OTHER].values()) == plan.mutants


def test_what_other_pages_quote_are_the_figures_of_the_last_whole_run() -> None:
    results = json.loads(RESULTS.read_text())
    for name, sentences in quotes(results).items():
        text = " ".join((ROOT / name).read_text().split())
        for sentence in sentences:
            assert sentence in text, f"{name} must say: {sentence}"
