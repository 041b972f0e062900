"""The documentation site: built strictly, every page in the navigation, nothing loaded from another host."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from helpers import ROOT, run

from maintenance.candidate import copy_working_tree

# The first page itself, and the one that the search box leads to.
STARTS = {"index.html", "search.html"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy of the working tree by the command that everybody uses."""
    clone = copied(tmp_path_factory.mktemp("site"))
    make_site(clone)
    return clone / ".cache/site"


def copied(folder: Path) -> Path:
    """What the site is made of, in a folder of its own: pages, what they link to, and the command."""
    clone = folder / "clone"
    copy_working_tree(clone)
    # Else the command would make anew, by way of the link, what these tests run on.
    assert (ROOT / ".venv/stamp").read_text() == run("cksum", "requirements.lock", cwd=ROOT), (
        "run ./scripts/setup.sh first"
    )
    (clone / ".venv").symlink_to(ROOT / ".venv")
    return clone


def make_site(clone: Path, status: int = 0) -> str:
    return run("./scripts/run.sh", "site", cwd=clone, status=status)


class Page(HTMLParser):
    """What a page loads by itself, where it leads on a click, and which anchors it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """HTML loads what stands in src, srcset, poster, data, a link's href, a form's action, and a style's url()."""
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif name == "href" and tag == "a":
                self.leads.append(value)
            elif name in {"href", "src", "srcset", "poster", "data", "action"}:
                self.loads.append(value)
            elif name == "style":
                self.loads += loaded_by_css(value)
        if tag == "meta" and dict(attributes).get("http-equiv", "").lower() == "refresh":
            self.loads.append(dict(attributes)["content"].partition("=")[2])


def loaded_by_css(text: str) -> list[str]:
    """The addresses of a style sheet's url() and @import (https://www.w3.org/TR/css-values-4/#urls)."""
    return re.findall(r"""(?:\burl\(|@import)\s*["']?(?!url\()([^"')\s;]+)""", text)


def foreign(addresses: list[str]) -> list[str]:
    return [
        address for address in addresses if urlsplit(address).scheme not in {"", "data"} or urlsplit(address).netloc
    ]


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    """By no page, no style sheet and no picture; the scripts are Sphinx's and the theme's, and name no host to ask."""
    pages = {path: Page(path).loads for path in site.rglob("*.html")}
    sheets = {path: loaded_by_css(path.read_text()) for path in [*site.rglob("*.css"), *site.rglob("*.svg")]}
    assert len(pages) > 20 and len(sheets) > 5
    assert {path.name: foreign(loads) for path, loads in (pages | sheets).items() if foreign(loads)} == {}
    scripts = "\n".join(path.read_text() for path in site.rglob("*.js") if path.name != "searchindex.js")
    assert re.findall(r"(?:fetch|importScripts|\.open|src ?=)\W{0,9}https?://", scripts) == []


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    """By the navigation, which the first page has as every other."""
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    reached = {urlsplit(link).path for link in Page(site / "index.html").leads}
    assert pages - reached - STARTS == set()


def test_every_link_within_the_site_leads_to_a_file_and_an_anchor(site: Path) -> None:
    """Also those that Sphinx made of links to files that are no pages."""
    pages = {path: Page(path) for path in site.resolve().rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.leads + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or (
                parts.fragment and target in pages and parts.fragment not in pages[target].anchors
            ):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_the_plots_and_the_picture_are_shown(site: Path) -> None:
    wanted = {path.name for path in [*(ROOT / "docs").glob("*.svg"), *(ROOT / "docs/benchmarks").glob("*.svg")]}
    shown = {Path(load).name for path in site.rglob("*.html") for load in Page(path).loads if load.endswith(".svg")}
    assert wanted <= shown


# What is written at the end of a page, and what the build says of it.
FAULTS = {
    "[a page](nowhere.md)": "'nowhere.md'",
    "[an anchor](updating.md#nowhere)": "in doc 'updating': 'nowhere'",
    "[an anchor of its own](#no-where)": "'no-where'",
    "[a file of the repository](../nowhere.toml)": "a link to nowhere.toml, which is not in the repository",
    "[a page][by reference]\n\n[by reference]: no-page.md": "'no-page.md'",
    "![a picture](nowhere.svg)": "nowhere.svg",
}


def test_each_fault_fails_the_build_and_is_named_each_time(tmp_path: Path) -> None:
    """Each on a page of its own, which stands in no navigation: that is a fault as well."""
    clone = copied(tmp_path)
    for number, fault in enumerate(FAULTS):
        (clone / f"docs/fault-{number}.md").write_text(f"# A fault\n\n{fault}\n")
    for build in ["the first", "the next"]:
        warnings = make_site(clone, status=1).splitlines()
        for number, told in enumerate(FAULTS.values()):
            of_page = [warning for warning in warnings if f"docs/fault-{number}.md" in warning]
            assert [warning for warning in of_page if told in warning], (build, told, warnings)
            assert [warning for warning in of_page if "document isn't included in any toctree" in warning], build
