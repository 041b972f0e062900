"""A headless Chromium for tests of pages, and axe-core to look for what shuts people out."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import ROOT, run
from playwright.sync_api import Browser, Page, sync_playwright

AXE = ROOT / ".cache/axe"
NAMES = ["chromium", "google-chrome", "google-chrome-stable", "microsoft-edge"]
APPLICATIONS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. Without one, Debian's root gets it; for others the test fails and says how."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = installed(own) or install() or installed(own)
        if path is None:
            pytest.fail("no Chromium: apt install chromium, or .venv/bin/playwright install chromium")
        # In a container, root may not have Chromium's sandbox, and /dev/shm is small.
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=["--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def installed(*others: str) -> str | None:
    """The path of a Chromium, by the names of the usual packages, then the usual places."""
    places = [path for path in [*others, *APPLICATIONS] if Path(path).exists()]
    return next(filter(None, [*map(shutil.which, NAMES), *places]), None)


def install() -> None:
    """Installs Debian's Chromium, where that can be done without asking."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "--quiet", "--yes"]
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        # The lists may be there, and newer ones not to be had.
        subprocess.run([*apt, "update"], env=quiet, capture_output=True)
        run(*apt, "install", "--no-install-recommends", "chromium", cwd=ROOT, env=quiet)


def axe_source() -> str:
    """The script of axe-core, from npm."""
    version = json.loads((ROOT / "tests/axe/package.json").read_text())["devDependencies"]["axe-core"]
    package = AXE / version / "node_modules/axe-core"
    if not (package / "axe.min.js").exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", f"--prefix={AXE / version}"]
        run("npm", "install", *options, f"axe-core@{version}", cwd=AXE)
    return (package / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, with its best practices too, each with the elements that it is found at."""
    page.evaluate(axe_source())
    found = page.evaluate("axe.run()")["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
