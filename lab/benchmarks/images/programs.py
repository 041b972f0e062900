"""The programs of this folder and the Workers that they run, bundled within a project of the image example."""

import json
import shutil
from pathlib import Path

from ...reliability.project import ROOT
from ..commands import run, run_with_tools
from ..generated import bundled

HERE = Path(__file__).parent
EXIFR = ROOT / "lab/benchmarks/contestants/exifr"
#: Within the project's worker/.
FOLDER = "dist-images"


def bundle_all(project: Path) -> Path:
    """The folder with the programs, in a project that is set up; beside them a folder for each of the Workers."""
    bundled(project)
    if not (EXIFR / "node_modules").exists():
        run("npm", "ci", f"--prefix={EXIFR}", "--no-audit", "--no-fund", "--silent")
    folder = project / "worker" / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    # The last as deep as worker/platform/test/worker.ts, which looks for bundles two folders up from where it runs.
    for name, program in (("time", "time.js"), ("broken", "broken.js"), ("serve", "serve/index.js")):
        node = ("--platform=node", "--external:miniflare", "--external:wrangler")
        _bundle(project, folder / f"{name}.ts", folder / program, *node)
    shutil.copytree(project / "worker/dist", folder / "generated")
    _bundle(project, EXIFR / "index.js", folder / "exifr/index.js", "--minify")
    _bundle(project, HERE / "plain.js", folder / "plain/index.js")
    for name in ("generated", "exifr"):
        shutil.copytree(folder / name, folder / f"{name}-counting", ignore=shutil.ignore_patterns("*.js"))
        words = (f"--alias:worker={folder / name / 'index.js'}", "--external:*.wasm")
        _bundle(project, HERE / "counting.js", folder / f"{name}-counting/index.js", *words)
    return folder


def _bundle(project: Path, source: Path, target: Path, *words: str) -> None:
    exifr = f"--alias:exifr-contestant={EXIFR / 'metadata.js'}"
    run_with_tools(project, "esbuild", source, "--bundle", "--format=esm", f"--outfile={target}", exifr, *words)


def exifr_version() -> str:
    """That of the lock file."""
    lock = json.loads((EXIFR / "package-lock.json").read_text())
    return str(lock["packages"]["node_modules/exifr"]["version"])
