"""The command that builds the documentation site, or serves it."""

import argparse
import os
import shutil
import subprocess
import sys

from . import ROOT

SITE = ".cache/site"


def main() -> int:
    """Builds the site, and serves it where that was asked for; the exit status."""
    port = os.environ.get("PORT", "8000")
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh site",
        description=f"Builds the documentation site from docs/ into {SITE}. A missing page, link or anchor, and a page "
        f"that is not in the navigation, fail it. `serve` then serves it at http://127.0.0.1:{port}/ until Ctrl-C; "
        "PORT names another port.",
    )
    parser.add_argument("what", nargs="?", choices=["build", "serve"], default="build", help="default: build")
    what = parser.parse_args().what
    print(">>> Building the site (seconds)", flush=True)
    shutil.rmtree(ROOT / SITE, ignore_errors=True)
    strictly = ["--quiet", "--fail-on-warning", "--fresh-env", "--doctree-dir=.cache/doctrees"]
    status = subprocess.run([sys.executable, "-m", "sphinx", *strictly, "docs", SITE], cwd=ROOT).returncode
    if status:
        return status
    print(f">>> It is in {SITE}/index.html", flush=True)
    if what == "serve":
        print(f">>> Serving it at http://127.0.0.1:{port}/; Ctrl-C ends it", flush=True)
        server = [sys.executable, "-m", "http.server", "--bind=127.0.0.1", f"--directory={ROOT / SITE}", port]
        os.execv(sys.executable, server)
    return 0
