"""What people look at before they choose: the README and its picture, the pages beside it, and GitHub's forms."""

import itertools
import re
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from browser import chromium
from conftest import CANDIDATE, Projects
from helpers import QUESTIONS, ROOT, build_sh, files, render, run, serve
from playwright.sync_api import Page

from maintenance import picture

README = (ROOT / "README.md").read_text()
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md")])
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[0-9]*.yml"))
CHECKER = Path(sys.executable).with_name("check-jsonschema")


# --- The README ---


def test_the_questions_and_their_defaults_are_those_of_the_questionnaire() -> None:
    asked = {name: question for name, question in QUESTIONS.items() if "when" not in question}
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", README, re.M))
    assert list(rows) == list(asked)
    spelled = {name: rows[name].strip("`") for name in rows if rows[name].startswith("`")}
    assert spelled
    assert spelled == {name: asked[name]["default"] for name in spelled}


def test_what_one_writes_is_what_a_project_has(default_files: dict[str, str]) -> None:
    blocks = re.findall(r"^// (\S+)\n(.*?)(?=^// |^```)", README, re.M | re.S)
    assert {path for path, _ in blocks} == {"my_worker/src/text.rs", "my_worker/src/lib.rs", "worker/src/index.ts"}
    assert [path for path, code in blocks if code.strip() not in default_files[path]] == []


def test_the_commands_of_build_sh_are_those_that_it_has(default_files: dict[str, str]) -> None:
    (named,) = re.findall(r"`\./build\.sh ((?:\w+\s\|\s+)+\w+)`", README)
    assert re.split(r"\s\|\s+", named) == re.findall(r"^## (\w+)", default_files["build.sh"], re.M)


def test_each_fact_about_others_leads_to_its_source() -> None:
    table = README[README.index("## Beside") : README.index("Read on ")]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ") and "---" not in line]
    facts = [cell for _, _, *others in rows[1:] for cell in others if cell != "-"]
    assert len(facts) > 10
    assert [fact for fact in facts if not re.search(r"\]\[[\w-]+\]", fact)] == []
    targets = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", README, re.M))
    assert set(re.findall(r"\]\[([\w-]+)\]", README)) <= targets.keys()


@pytest.fixture(scope="module")
def default_files(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a project with the default answers."""
    project = render(template, tmp_path_factory.mktemp("face") / "project", version=CANDIDATE)
    return {path: content.decode() for path, content in files(project).items()}


# --- Every page of the root, and GitHub's ---


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_to_a_file_and_a_heading_that_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.M)
    assert [link for link in links if not re.match("https://", link) and not leads(ROOT / page, link)] == []


def leads(page: Path, link: str) -> bool:
    """Whether a link of a page leads somewhere: to a file or folder, and to a heading of it if it names one."""
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in headings(target))


def headings(page: Path) -> list[str]:
    """The anchors that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("page", PAGES)
def test_a_script_and_a_layer_that_are_named_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    scripts = re.findall(r"\bscripts/[\w.]+\w", text) if page != "CHANGELOG.md" else []
    assert [script for script in scripts if not (ROOT / script).exists()] == []
    layers = " ".join(re.findall(r"^\./scripts/test\.sh ([a-z_ ]+)", text, re.M)).split()
    assert [layer for layer in layers if not (ROOT / f"tests/test_{layer}.py").exists()] == []


# --- GitHub's forms ---


def check(form: Path, schema: str, status: int = 0) -> str:
    return run(CHECKER, "--builtin-schema", f"vendor.{schema}", form, cwd=ROOT, status=status)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_is_one_that_github_takes(form: Path) -> None:
    check(form, "github-issue-forms")


def test_the_choice_of_forms_is_one_that_github_takes() -> None:
    assert len(FORMS) == 3
    check(ROOT / ".github/ISSUE_TEMPLATE/config.yml", "github-issue-config")


def test_a_form_with_a_fault_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "form.yml"
    bad.write_text(FORMS[0].read_text().replace("      label: Where?\n", ""))
    assert "'label' is a required property" in check(bad, "github-issue-forms", status=1)


# --- The picture ---

MENDING = "Draw it again: ./scripts/run.sh picture"


def shown() -> list[str]:
    """The lines of the picture."""
    root = ElementTree.fromstring(picture.PICTURE.read_text())
    return ["".join(line.itertext()) for line in root.iter("{http://www.w3.org/2000/svg}text")]


def part(of: str, to: str) -> list[str]:
    """The lines between two commands of the picture, any figure as 0: sizes, times and pins change every day."""
    lines = shown()
    return figureless(lines[lines.index(f"$ {of}") + 1 : lines.index(f"$ {to}")])


def figureless(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+([.:]\d+)*", "0", line) for line in lines]


def test_the_picture_is_small_and_asks_for_nothing() -> None:
    text = picture.PICTURE.read_text()
    assert len(text) < 30_000
    assert re.findall(r"<script|href|url\(|@import", text) == []
    assert set(re.findall(r"https?://[^/<\s]+", text)) <= {
        "http://www.w3.org",
        "https://NAME.ACCOUNT.workers.dev.",
        "http://127.0.0.1:8787",
    }


def test_nothing_of_the_picture_moves_for_who_wants_less_motion() -> None:
    style = picture.PICTURE.read_text().split("</style>")[0]
    start = style.index("@media (prefers-reduced-motion: no-preference) {")
    assert re.findall(r"animation(?!-)", style[:start] + style[style.index("\n  }\n", start) :]) == []


# Stops the picture at a second, and gives the lines that can be read then, below the bar of the terminal.
READ = """([second, bar]) => {
  for (const animation of document.getAnimations()) {
    animation.pause();
    animation.currentTime = 1000 * second;
  }
  const terminal = document.querySelector("rect").getBoundingClientRect();
  const lines = [...document.querySelectorAll("text")].filter((line) => {
    const { top, bottom } = line.getBoundingClientRect();
    const { visibility, clipPath } = getComputedStyle(line);
    return terminal.top + bar < top && bottom < terminal.bottom && visibility === "visible" && clipPath === "none";
  });
  return lines.map((line) => line.textContent);
}"""


def test_the_picture_begins_and_ends_with_its_last_screen() -> None:
    """So it says something as a still, too: in a preview, printed, or before anybody waits for it."""
    last = shown()[-picture.ROWS + 1 :]  # one row is blank
    with chromium() as browser:
        still, moving = (
            browser.new_page(viewport={"width": 900, "height": 450}, reduced_motion=motion)
            for motion in ["reduce", "no-preference"]
        )
        for page in [still, moving]:
            page.goto(picture.PICTURE.as_uri())
        assert [read(still, 0), read(still, 10)] == [last, last]
        # Only forwards: an animation that is over is no longer found.
        assert [read(moving, 0), read(moving, picture.STILL - 0.01)] == [last, last]
        assert read(moving, picture.STILL + 0.1) == []
        assert read(moving, picture.STILL + 2)[0] == f"$ {picture.COPY}"
        assert read(moving, 1000) == last


def read(page: Page, second: float) -> list[str]:
    return page.evaluate(READ, [second, picture.BAR])


def test_the_picture_shows_the_questions_of_today(template: Path, tmp_path: Path) -> None:
    dialogue = picture.kept(picture.asked(template, tmp_path), picture.of_asking)
    assert part(picture.COPY, "cd my-worker && ./build.sh") == figureless(map(picture.words, dialogue)), MENDING


@pytest.mark.xdist_group("current")
def test_the_picture_shows_what_a_build_says_today(projects: Projects) -> None:
    project = projects.tested("current")
    # The size is told of a module that was just built, as in the picture; and setup has written the type Env.
    (project / "my_worker/pkg/stamp").unlink()
    build_sh(project, "types")
    said = picture.screen(build_sh(project).encode())
    kept = figureless(map(picture.words, picture.kept(said, picture.of_building)))
    # In any order, for that of the tests depends on how long each took the last time.
    assert sorted(part("cd my-worker && ./build.sh", "./build.sh dev")) == sorted(kept), MENDING


@pytest.mark.xdist_group("current")
def test_the_picture_shows_the_answers_of_today(projects: Projects) -> None:
    lines = shown()
    asked = [
        (body, answer) for line, answer in itertools.pairwise(lines) for body in re.findall("--json '(.*)'$", line)
    ]
    assert len(asked) > 2
    with serve(projects.tested("current")) as url:
        given = [timeless(post(url, body)) for body, _ in asked]
    assert [timeless(answer) for _, answer in asked] == given, MENDING


def post(url: str, body: str) -> str:
    request = urllib.request.Request(url, body.encode(), {"content-type": "application/json"})
    try:
        return urllib.request.urlopen(request, timeout=10).read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()


def timeless(answer: str) -> str:
    return re.sub(r'("processingTimeMs"):[\d.]+', r"\1:0", answer)
