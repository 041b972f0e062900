"""What a page of another origin can do to a generated Worker: tried in Chromium, over `build.sh dev`."""

from collections.abc import Iterator

import pytest
from browser import chromium
from conftest import Projects
from helpers import eventually, serve
from playwright.sync_api import Browser

SEND = """([url, type]) =>
    fetch(url, { method: "POST", body: new Blob(['{"text":"hello","maxLength":3}'], { type }) })
        .then((answer) => answer.status, (error) => error.name)"""

# A media type, what the log says of it, and how often by then.
CASES = [("", "POST / 415 ", 1), ("text/plain", "POST / 415 ", 2), ("application/json", "OPTIONS / 405 ", 1)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.xdist_group("current")
def test_a_page_of_another_origin_reaches_no_export(projects: Projects, browser: Browser) -> None:
    project = projects.tested("current")
    with serve(project) as url:
        page = browser.new_page()
        # The same host by another name is another origin. The answer there has no policy of its own.
        page.goto(f"{url.replace('127.0.0.1', 'localhost')}nothing")
        # Without a type there is no preflight: the Worker is asked, and has to refuse.
        for media_type, logged, times in CASES:
            assert page.evaluate(SEND, [url, media_type]) == "TypeError"
            assert eventually(lambda: (project / "dev.log").read_text().count(logged) == times)
        assert "POST / 200 " not in (project / "dev.log").read_text()
        # A page of the Worker's own says what it sends.
        page.goto(f"{url}playground")
        assert page.evaluate(SEND, [url, "application/json"]) == 200
        page.close()
