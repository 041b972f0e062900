"""Measures what the profiles of the questionnaire trade: the module's size against its speed.

    python benchmarks/profiles.py

Builds a project for each profile, then calls `process_text` of each module in Node.js with the same requests, in
interleaved rounds. Prints a table: bytes raw and with gzip, and calls per second as multiples of profile `size`,
the median over the rounds. Takes some minutes the first time.
"""

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROFILES = ["size", "balanced", "speed"]
ROUNDS = 15

# Prints the milliseconds of a call for each request file, the median of some calls after a warm-up.
CALLS = """
import { readFileSync } from "node:fs";
const [pkg, ...requests] = process.argv.slice(2);
const crate = await import(`${pkg}/my_worker.js`);
crate.initSync({ module: new WebAssembly.Module(readFileSync(`${pkg}/my_worker_bg.wasm`)) });
console.log(JSON.stringify(requests.map((file) => {
  const body = readFileSync(file);
  const calls = Math.max(5, Math.round(2e6 / body.length));
  const times = [];
  for (let call = 0; call < calls * 2; call += 1) {
    const start = performance.now();
    crate.process_text(body);
    times.push(performance.now() - start);
  }
  return times.slice(calls).sort((a, b) => a - b)[Math.floor(calls / 2)];
})));
"""


def requests(folder: Path) -> dict[str, Path]:
    """One request a row of the table: 1 KB and 1 MB of ASCII, 1.3 MB of mixed scripts."""
    words = "The quick brown fox jumps over the lazy dog. "
    mixed = "Ærøskøbing Ελλάδα Москва 東京都 🦀 plain "
    texts = {
        "1 KB": (words * 23)[:1000],
        "1 MB ASCII": (words * 23_000)[:1_000_000],
        "1.3 MB mixed": mixed * (1_300_000 // len(mixed.encode())),
    }
    files = {}
    for number, (name, text) in enumerate(texts.items()):
        files[name] = folder / f"{number}.json"
        request = {"text": text, "maxLength": len(text), "uppercase": True}
        files[name].write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")
    return files


def build(project: Path, profile: str) -> Path:
    """A project with this profile, built; the folder of its module."""
    answers = ["--data", f"optimization_profile={profile}"]
    copier = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet", "--defaults", "--vcs-ref=HEAD"]
    subprocess.run([*copier, *answers, str(ROOT), str(project)], check=True)
    for command in ("setup", "build"):
        subprocess.run([str(project / "build.sh"), command], check=True, stdout=sys.stderr)
    return project / "my_worker" / "pkg"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "calls.mjs").write_text(CALLS)
        files = requests(folder)
        packages = {profile: build(folder / profile, profile) for profile in PROFILES}
        times: dict[str, list[list[float]]] = {profile: [] for profile in PROFILES}
        for round_number in range(ROUNDS):
            print(f"round {round_number + 1} of {ROUNDS}", file=sys.stderr)
            for profile, package in packages.items():
                command = ["node", str(folder / "calls.mjs"), str(package), *map(str, files.values())]
                times[profile].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        print(f"| profile | bytes | with gzip | {' | '.join(files)} |")
        for profile, package in packages.items():
            module = (package / "my_worker_bg.wasm").read_bytes()
            ratios = (
                statistics.median(base[row] / own[row] for base, own in zip(times["size"], times[profile], strict=True))
                for row in range(len(files))
            )
            speed = " | ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"| {profile} | {len(module)} | {len(gzip.compress(module, 9))} | {speed} |")


if __name__ == "__main__":
    main()
