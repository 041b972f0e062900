"""The page at /playground of a generated project: tried in Chromium, over the Worker that `build.sh dev` serves."""

import base64
import json
import re
import shutil
import statistics
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium, violations
from conftest import CANDIDATE, EACH, Projects
from helpers import COPIER, ROOT, choices, commit, eventually, files, render, run, serve, with_tools
from playwright.sync_api import Browser, Locator, Page, expect

CURRENT = pytest.mark.xdist_group("current")
SCREENSHOTS = ROOT / ".cache/playground"
PAGE = "worker/public/playground.html"
PUBLISHED = '\n[assets]\ndirectory = "./public"\n'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def text_url(projects: Projects) -> Iterator[str]:
    with serve(projects.tested("current")) as url:
        yield f"{url}playground"


@pytest.fixture(scope="module")
def image_url(projects: Projects) -> Iterator[str]:
    with serve(projects.tested("current", example="image")) as url:
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


@pytest.fixture(params=[pytest.param(example, marks=CURRENT) for example in choices("example")])
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

        example = page.locator("label").first.get_attribute("for")
        look(f"{example}-empty")
        refused(page)[0].click()
        expect(status(page)).to_contain_text("400")
        look(f"{example}-refused")
        page.locator("[data-sample], button[type=submit]").first.click()
        expect(status(page)).to_contain_text("200")
        look(f"{example}-answered")


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


# A PNG of 1 x 1 pixels.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="


@CURRENT
def test_a_picture_that_comes_back_is_shown(browser: Browser, text_url: str) -> None:
    with opened(browser, text_url) as page:
        picture = base64.b64decode(PNG)
        page.route(text_url.removesuffix("playground"), lambda to: to.fulfill(body=picture, content_type="image/png"))
        page.get_by_role("button", name="Send").click()
        shown = page.get_by_role("img", name="The picture that came back")
        expect(shown).to_have_js_property("naturalWidth", 1)
        expect(fact(page, "Came back")).to_have_text(f"{len(picture)} B")


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
            # It comes a moment after the answer.
            assert eventually(lambda: f'"requestId":"{shown}"' in (project / "dev.log").read_text())
    finally:
        variables.unlink()


# --- The page of the image example ---

# A photo, which is stored lying and shown upright, and a TIFF, which Chromium does not show.
PHOTO = {
    "format": "jpeg",
    "width": "80",
    "height": "60",
    "orientation": "6",
    "displayWidth": "60",
    "displayHeight": "80",
    "takenAt": "2026-06-21T21:47:00",
    "takenAtOffset": "+02:00",
    "make": "Maker",
    "model": "Sample 1",
    "lens": "Lens 4.2 mm f/1.8",
    "exposure.time": "0.005",
    "exposure.fNumber": "1.8",
    "exposure.iso": "125",
    "exposure.focalLength": "4.2",
    "gps.latitude": "69.64916666666667",
    "gps.longitude": "18.955",
}
TIFF = struct.pack("<2sHIH HHII HHII I", b"II", 42, 8, 2, 256, 3, 1, 7, 257, 3, 1, 5, 0)


def metadata(page: Page) -> dict[str, str]:
    """The table of the answer."""
    return {row.locator("th").text_content(): row.locator("td").text_content() for row in page.locator("tr").all()}


def preview(page: Page) -> Locator:
    return page.locator("figure")


@CURRENT
def test_a_sample_is_shown_upright_with_its_metadata(browser: Browser, image_url: str) -> None:
    with opened(browser, image_url) as page:
        page.get_by_role("button", name="Take a sample").click()
        expect(status(page)).to_contain_text("200")
        assert metadata(page) == PHOTO
        image = preview(page).get_by_role("img")
        seen = image.evaluate("image => image.decode().then(() => `${image.naturalWidth} x ${image.naturalHeight}`)")
        assert seen == "60 x 80"
        page.get_by_text("As JSON").click()
        assert body(page)["displayWidth"] == 60


@CURRENT
def test_an_image_is_stored_in_r2_and_read_back(browser: Browser, image_url: str) -> None:
    with opened(browser, image_url) as page:
        page.get_by_label("Key in R2").fill("a sample?")
        page.get_by_role("button", name="Take a sample").click()
        page.get_by_role("button", name="Store it").click()
        expect(status(page)).to_contain_text("400")
        expect(fact(page, "Sent")).to_contain_text("PUT /images/a%20sample%3F, image/jpeg, 1.0 kB")

        page.get_by_label("Key in R2").fill("")
        page.get_by_role("button", name="Store it").click()
        expect(page.get_by_role("region", name="Last answers").get_by_role("button")).to_have_count(2)

        page.get_by_label("Key in R2").fill("of-the-page.jpg")
        page.get_by_label("Upload token").fill("of somebody else")
        page.get_by_role("button", name="Store it").click()
        expect(status(page)).to_contain_text("401")
        page.get_by_label("Upload token").fill("dev")
        page.get_by_role("button", name="Read it back").click()
        expect(status(page)).to_contain_text("404")
        page.get_by_role("button", name="Store it").click()
        expect(status(page)).to_contain_text("200")
        page.get_by_role("button", name="Read it back").click()
        expect(fact(page, "Sent")).to_have_text("GET /images/of-the-page.jpg/metadata")
        assert metadata(page) == PHOTO


@CURRENT
def test_a_file_is_sent_as_soon_as_it_is_chosen_dropped_or_pasted(browser: Browser, image_url: str) -> None:
    with opened(browser, image_url) as page:
        page.get_by_label("Picture").set_input_files({"name": "a.tiff", "mimeType": "image/tiff", "buffer": TIFF})
        expect(preview(page)).to_contain_text("This browser does not show such a picture.")
        expect(status(page)).to_contain_text("200")
        assert metadata(page)["format"] == "tiff"

        # What the browser makes of a dragged file and of one in the clipboard.
        give = """([selector, type, field]) => {
            const files = new DataTransfer();
            files.items.add(new File(["<b>hello</b>"], "<b>.txt"));
            const event = type === "paste" ? ClipboardEvent : DragEvent;
            const options = { bubbles: true, cancelable: true, [field]: files };
            document.querySelector(selector).dispatchEvent(new event(type, options));
        }"""
        for number, arguments in enumerate(
            [["[data-drop] p", "drop", "dataTransfer"], ["h1", "paste", "clipboardData"]], start=2
        ):
            page.evaluate(give, arguments)
            expect(page.get_by_role("region", name="Last answers").get_by_role("button")).to_have_count(number)
            expect(status(page)).to_contain_text("415")
            expect(preview(page)).to_contain_text("<b>.txt, 12 B")


@CURRENT
def test_what_an_image_cannot_say_is_among_the_warnings(browser: Browser, image_url: str) -> None:
    with opened(browser, image_url) as page:
        source = page.locator("[data-sample] img").get_attribute("src")
        photo = base64.b64decode(source.partition("base64,")[2])
        broken = photo.replace(b"2026:06:21", b"2026:99:21").replace(b"+02:00", b"+99:00")
        page.get_by_label("Picture").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": broken})
        expect(status(page)).to_contain_text("200")
        shown = metadata(page)
        assert "takenAt" not in shown and "takenAt" in shown["warnings"]


# --- The API beside it ---


def ask(url: str, method: str, json_body: str | None = None) -> tuple[int, str, str]:
    """Status, media type and body of an answer, without following a redirection."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    data = None if json_body is None else json_body.encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        answer = urllib.request.build_opener(Stay).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("content-type", ""), answer.read().decode()


@EACH
def test_the_page_takes_nothing_from_the_api(tested: Path) -> None:
    page = (tested / PAGE).read_text()
    with serve(tested) as url:
        assert ask(f"{url}playground", "GET") == (200, "text/html; charset=utf-8", page)
        # Without a body, which nobody would read: it stays on wrangler's connection to the Worker, of which the next
        # request then dies, and wrangler with it (cloudflare/workers-sdk#15203).
        assert ask(f"{url}playground", "POST", "")[0] == 405
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
    worker = project / "worker/platform/test/worker.ts"
    alone = worker.read_text()
    worker.write_text(re.sub(".*delete workerOptions.assets;\n", "", alone))
    assert worker.read_text() != alone
    settings = project / "worker/wrangler.toml"
    unpublished = settings.read_text()
    settings.write_text(f"{unpublished}{PUBLISHED}")
    try:
        with_tools(project, "vitest run contract")
    finally:
        worker.write_text(alone)
        settings.write_text(unpublished)


@CURRENT
def test_files_of_the_owners_take_the_place_of_the_page(projects: Projects) -> None:
    project = projects.tested("current")
    settings = project / "worker/wrangler.toml"
    before = settings.read_text()
    site = project / "worker/site"
    site.mkdir()
    (site / "about.html").write_text("<p>mine</p>")
    settings.write_text(before + PUBLISHED.replace("public", "site"))
    try:
        with serve(project) as url:
            assert ask(f"{url}about", "GET") == (200, "text/html; charset=utf-8", "<p>mine</p>")
            assert ask(f"{url}playground", "GET")[0] == 404
    finally:
        settings.write_text(before)
        shutil.rmtree(site)


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


def test_an_update_brings_no_page_unless_asked(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version="v0.2.0")
    commit(project, "Start")
    update = [COPIER, "update", "--quiet", "--defaults", f"--vcs-ref={CANDIDATE}"]
    run(*update, cwd=project)
    assert not (project / "worker/public").exists()
    assert "assets" not in (project / "worker/wrangler.toml").read_text()
    commit(project, "Update")

    run(*update, "--data=playground=yes", cwd=project)
    fresh = render(template, tmp_path / "fresh", {"nodejs_compat": True}, CANDIDATE)
    theirs = ["worker/wrangler.toml", "worker/platform/test/worker.ts"]
    theirs += [name for name in files(fresh) if name.startswith("worker/public/")]
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
