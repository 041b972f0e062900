"""The documentation site: how Sphinx makes it from the pages in docs/, which are plain Markdown as GitHub reads it."""

import posixpath
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent
REPOSITORY = "https://github.com/org/wasm-worker-template"

# Which pages stand under which, each group with its caption. A page that is in none fails the build.
NAVIGATION = {
    "index": {
        "Tutorial": ["getting-started", "from-the-article"],
        "How-to": [
            "add-an-endpoint",
            "refuse-or-fail",
            "not-json",
            "keep-state",
            "data-beside-the-module",
            "bind-r2",
            "bind-kv-or-d1",
            "queues-and-cron",
            "durable-objects",
            "service-bindings",
            "serve-pages",
            "cors",
            "compressed-bodies",
            "use-hono",
            "crates",
            "deploy",
            "cloudflare-builds",
            "previews",
            "gradual-deployments",
            "cpu-and-startup",
            "debug-a-panic",
            "send-failures-to-sentry",
            "measure-your-job",
            "make-it-faster",
            "updating",
            "settle-a-conflict",
            "change-an-answer",
            "custom-pins",
            "monorepo",
            "offline",
        ],
        "Reference": [
            "questions",
            "generated-project",
            "http-contract",
            "http-contract-image",
            "json",
            "commands",
            "profiles",
            "versions",
            "gallery",
        ],
        "Explanation": ["the-way-of-a-request", "recovery", "memory", "when-rust-pays", "benchmarks", "reliability"],
        "The template itself": ["change-a-question", "releasing", "decisions/README"],
    },
    "benchmarks": {"Figures": ["benchmarks/*"]},
    "decisions/README": {"Decisions": ["decisions/0*"]},
    "reliability": {"Figures": ["reliability/*"]},
}

project = "wasm-worker-template"
html_title = project
copyright = "the authors of wasm-worker-template"
html_show_sphinx = False
extensions = ["myst_parser", "sphinx_copybutton"]
myst_heading_anchors = 6  # Named as GitHub names them.
exclude_patterns = ["_static"]
nitpicky = True
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
# Dollar signs and what a command answers are not for the clipboard.
copybutton_selector = "div.highlight-sh pre, div.highlight-rust pre, div.highlight-ts pre, div.highlight-toml pre"
pygments_style = "default"
pygments_dark_style = "github-dark"


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Appends what stands under a page; written into the page, GitHub would show it as code."""
    for caption, pages in NAVIGATION.get(page, {}).items():
        listed = "\n".join(f"/{name}" for name in pages)
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{listed}\n```\n"


def link_to_the_repository(app: Sphinx, page: str, source: list[str]) -> None:
    """Leads a link to a file outside of docs/ to that file on GitHub, for the site has it not."""

    def absolute(link: re.Match) -> str:
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), link[2]))
        if path.startswith("docs/"):
            return link[0]
        if not (ROOT / path).exists():
            LOGGER.warning("a link to %s, which is not in the repository", path, location=page)
        return f"{link[1]}{REPOSITORY}/blob/main/{path}"

    source[0] = re.sub(r"(\]\(|^\[[^\]]+\]: )(\.\./[^)#\s]*)", absolute, source[0], flags=re.MULTILINE)


def setup(app: Sphinx) -> None:
    """Tells Sphinx of the two."""
    app.connect("source-read", add_navigation)
    app.connect("source-read", link_to_the_repository)
