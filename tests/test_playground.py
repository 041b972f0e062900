"""The page at /playground of a generated project: tried in Chromium, over the Worker that `build.sh dev` serves."""

import json
import re
import statistics
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium, violations
from conftest import CANDIDATE, Projects
from helpers import COPIER, ROOT, choices, commit, files, render, run
from playwright.sync_api import Browser, Locator, Page, expect
from test_toolchain import serve

CURRENT = pytest.mark.xdist_group("current")
SCREENSHOTS = ROOT / ".cache/playground"
PAGE = "worker/public/playground.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def text_url(projects: Projects) -> Iterator[str]:
    with serve(projects.tested("current")) as url:
        yield f"{url}playground"


@contextmanager
def opened(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """The page, which must ask no other host and make no error but those of refused requests in the console."""
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not of_this_page(request.url, url) else None)
    page.on("console", lambda message: wrong.append(message.text) if "Failed to load" not in message.text else None)
    page.goto(url)
    yield page
    page.close()
    assert wrong == []


def of_this_page(asked: str, url: str) -> bool:
    return asked.startswith((url.removesuffix("playground"), "data:", "blob:"))


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def body(page: Page) -> dict:
    """The JSON of the answer that is shown."""
    return json.loads(page.get_by_role("region", name="Body", exact=True).text_content())


def fact(page: Page, name: str) -> Locator:
    return page.locator("dt", has_text=name).locator("+ dd")


def refused(page: Page) -> list[Locator]:
    return page.get_by_role("region", name="What it refuses").get_by_role("button").all()


# --- What both pages do ---


@pytest.fixture(params=[pytest.param("text", marks=CURRENT)])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


def test_each_refusal_is_one_click_away(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        cases = refused(page)
        assert len(cases) == 8
        for number, case in enumerate(cases, start=1):
            *_, code = case.text_content().split()
            case.click()
            expect(page.get_by_role("region", name="Last answers").get_by_role("button")).to_have_count(number)
            expect(status(page)).to_contain_text(re.compile(rf"^{code} \w.* round trip \d+\.\d ms$"))
            assert body(page).keys() == {"error", "code"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_shuts_nobody_out_and_fits(browser: Browser, url: str, scheme: str, width: int) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    kind = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 780}}
    with opened(browser, url, **kind) as page:

        def look(name: str) -> None:
            page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width

        title = re.sub(r"\W+", "-", page.get_by_role("region", name="Request").locator("label").first.text_content())
        look(f"{title}-empty")
        refused(page)[0].click()
        expect(status(page)).to_contain_text("400")
        look(f"{title}-refused")
        page.locator("[data-sample], button[type=submit]").last.click()
        expect(status(page)).to_contain_text("200")
        look(f"{title}-answered")


def test_nothing_moves_for_whoever_wants_it_still(browser: Browser, url: str) -> None:
    with opened(browser, url, reduced_motion="reduce") as page:
        expect(page.get_by_role("button").first).to_have_css("transition-property", "none")


def test_all_of_it_is_reached_by_keyboard_and_seen_to_be(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        reachable = page.locator("main").locator("textarea, input, button").all()
        for element in reachable:
            page.keyboard.press("Tab")
            expect(element).to_be_focused()
            expect(element).to_have_css("outline-style", "solid")
        page.keyboard.press("Enter")
        expect(status(page)).to_contain_text(reachable[-1].text_content().split()[-1])
        # Then to the answer, which may scroll, and to those before it.
        page.keyboard.press("Tab")
        expect(page.get_by_role("region", name="Body", exact=True)).to_be_focused()
        last = page.get_by_role("region", name="Last answers").get_by_role("button")
        while not last.first.evaluate("button => button === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(last.first).to_be_focused()


def test_without_an_answer_it_says_so(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        page.context.set_offline(True)
        refused(page)[0].click()
        expect(status(page)).to_contain_text("No answer: ")
        expect(page.get_by_text("Does the Worker still run")).to_be_visible()


# --- The page of the text example ---


@CURRENT
def test_a_text_is_answered_with_its_time_and_size(browser: Browser, text_url: str) -> None:
    with opened(browser, text_url) as page:
        page.get_by_label("Text").fill("straße")
        page.get_by_label("Characters to keep").fill("5")
        times = []
        for number in range(1, 5):
            page.get_by_role("button", name="Send").click()
            expect(page.get_by_role("region", name="Last answers").get_by_role("button")).to_have_count(number)
            times.append(float(re.search(r"round trip (.*) ms", status(page).text_content())[1]))
        assert body(page) == {"processedText": "STRASS", "characterCount": 6, "processingTimeMs": 0}
        sent = page.get_by_role("region", name="Body sent").text_content()
        assert json.loads(sent) == {"text": "straße", "maxLength": 5, "uppercase": True}
        expect(fact(page, "Sent")).to_have_text(f"POST /, application/json, {len(sent.encode())} B")
        expect(fact(page, "Came back")).to_have_text(re.compile(r"^\d\d B$"))
        median = float(re.match(r"(.*) ms of the last 4 like it", fact(page, "Median").text_content())[1])
        assert median == pytest.approx(statistics.median(times), abs=0.11)
        assert all(time > 0 for time in times)


@CURRENT
def test_what_is_sent_and_answered_never_becomes_html(browser: Browser, text_url: str) -> None:
    with opened(browser, text_url) as page:
        text = "<img src=/nothing onerror=alert(1)><script>alert(1)</script>"
        page.get_by_label("Text").fill(text)
        page.get_by_label("Characters to keep").fill("1000")
        page.get_by_label("Upper case").uncheck()
        page.get_by_role("button", name="Send").click()
        expect(status(page)).to_contain_text("200")
        assert body(page)["processedText"] == text
        assert page.locator("main img, main script").count() == 0


@CURRENT
def test_a_failure_shows_the_request_id_that_is_in_the_log(projects: Projects, browser: Browser) -> None:
    project = projects.tested("current")
    variables = project / "worker/.dev.vars"
    variables.write_text("MAX_BODY_BYTES=none\n")
    try:
        with serve(project) as url, opened(browser, f"{url}playground") as page:
            page.get_by_role("button", name="Send").click()
            expect(status(page)).to_contain_text("500")
            shown = page.locator(".note code").text_content()
            expect(fact(page, "x-request-id")).to_have_text(shown)
            expect(page.get_by_text(f"its log has request {shown}")).to_be_visible()
        assert f'"requestId":"{shown}"' in (project / "dev.log").read_text()
    finally:
        variables.unlink()


# --- The API beside it ---


def ask(url: str, method: str, json_body: str | None = None) -> tuple[int, str, str]:
    """Status, media type and body of an answer, without following a redirection."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    data = json_body and json_body.encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        answer = urllib.request.build_opener(Stay).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("content-type", ""), answer.read().decode()


def test_the_page_takes_nothing_from_the_api(tested: Path) -> None:
    page = (tested / PAGE).read_text()
    with serve(tested) as url:
        assert ask(f"{url}playground", "GET") == (200, "text/html; charset=utf-8", page)
        assert ask(f"{url}playground", "POST", "{}")[0] == 405
        status, media_type, answer = ask(url, "POST", '{"text":"hello","maxLength":3}')
        assert (status, media_type, json.loads(answer)["processedText"]) == (200, "application/json", "hel")
        for method, path, status, code in [
            ("GET", "", 405, "methodNotAllowed"),
            ("GET", "index.html", 404, "notFound"),
            ("GET", "nothing", 404, "notFound"),
            ("POST", "nothing", 404, "notFound"),
        ]:
            answer = ask(f"{url}{path}", method, "{}" if method == "POST" else None)
            assert (answer[0], answer[1], json.loads(answer[2])["code"]) == (status, "application/json", code)


@CURRENT
def test_the_contract_holds_where_the_page_is_served_before_the_worker(projects: Projects) -> None:
    project = projects.tested("current")
    worker = project / "worker/test/worker.ts"
    alone = worker.read_text()
    worker.write_text(re.sub(".*delete workerOptions.assets;\n", "", alone))
    assert worker.read_text() != alone
    try:
        script = "CRATE=my_worker; source scripts/tools.sh; use_tools; cd worker; vitest run contract"
        run("bash", "-c", script, cwd=project)
    finally:
        worker.write_text(alone)


# --- What is in a project ---


def test_the_page_spells_the_fields_as_the_contract_does(template: Path, tmp_path: Path) -> None:
    for casing in choices("serde_casing"):
        project = render(template, tmp_path / casing, {"serde_casing": casing}, CANDIDATE)
        contract = (project / "worker/src/contract.ts").read_text()
        fields = re.findall(r'^  "?([\w-]+)"?\??: ', contract, re.M)[:3]
        page = Attributes((project / PAGE).read_text())
        assert page.values("name")[1:] == fields  # The first is the viewport's.
        bodies = [json.loads(body) for body in page.values("data-body") if body.startswith("{")]
        assert {name for body in bodies for name in body} == set(fields[:2])


class Attributes(HTMLParser):
    """The attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += attributes

    def values(self, name: str) -> list[str]:
        return [value or "" for found, value in self.found if found == name]


def test_an_update_brings_no_page_unless_asked_and_then_all_but_the_users_file(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version="v0.2.0")
    commit(project, "Start")
    update = [COPIER, "update", "--quiet", "--defaults", f"--vcs-ref={CANDIDATE}"]
    run(*update, cwd=project)
    assert not (project / "worker/public").exists()
    assert "assets" not in (project / "worker/wrangler.toml").read_text()
    commit(project, "Update")

    run(*update, "--data=playground=yes", cwd=project)
    assert {path.name for path in (project / "worker/public").iterdir()} == {"playground.css", "playground.js"}
    fresh = render(template, tmp_path / "fresh", version=CANDIDATE)
    theirs = ["worker/wrangler.toml", "worker/test/worker.ts", "worker/public/playground.js"]
    assert [files(project)[name] for name in theirs] == [files(fresh)[name] for name in theirs]


@CURRENT
def test_without_the_users_page_the_worker_answers_in_its_place(projects: Projects) -> None:
    project = projects.tested("current")
    page = (project / PAGE).read_text()
    (project / PAGE).unlink()
    try:
        with serve(project) as url:
            status, media_type, answer = ask(f"{url}playground", "GET")
            assert (status, media_type, json.loads(answer)["code"]) == (404, "application/json", "notFound")
    finally:
        (project / PAGE).write_text(page)
