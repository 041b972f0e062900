"""The workflows of this repository and of a generated project: least rights, pinned actions, no text of strangers in a
shell. Two tools read them, actionlint and zizmor. Each is shown faults as well, so that a clean report means something.
"""

import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml
from conftest import CANDIDATE
from helpers import ROOT, render, run

from maintenance.owner import documented
from maintenance.site import SITE

TOOLS = Path(sys.executable).parent
# actionlint gives the steps of a shell to the shellcheck that it finds.
ENVIRONMENT = os.environ | {"PATH": f"{TOOLS}:{os.environ['PATH']}"}
WORKFLOW = ".github/workflows/ci.yml"
OURS = ROOT / WORKFLOW
RELEASE = ROOT / ".github/workflows/release.yml"
DOCS = ROOT / ".github/workflows/docs.yml"
NEWEST = ROOT / ".github/workflows/newest.yml"


@pytest.fixture(scope="module")
def generated(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workflow of a generated project."""
    return render(template, tmp_path_factory.mktemp("workflow") / "project", version=CANDIDATE) / WORKFLOW


OF_THE_REPOSITORY = {
    "the repository's": OURS,
    "the one that releases": RELEASE,
    "the one that publishes the site": DOCS,
    "the one that asks what is newest": NEWEST,
}


@pytest.fixture(scope="module")
def previewing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workflow that docs/previews.md has for an owner, in a project of its own."""
    (code,) = [code for path, code in documented("previews") if path == ".github/workflows/preview.yml"]
    workflow = tmp_path_factory.mktemp("preview") / ".github/workflows/preview.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(code)
    return workflow


@pytest.fixture(params=[*OF_THE_REPOSITORY, "a generated project's", "the one that previews"])
def workflow(request: pytest.FixtureRequest, generated: Path, previewing: Path) -> Path:
    """Each workflow that there is."""
    others = {"a generated project's": generated, "the one that previews": previewing}
    return (OF_THE_REPOSITORY | others)[request.param]


@pytest.fixture(params=["the repository's", "a generated project's"])
def testing(request: pytest.FixtureRequest, generated: Path) -> Path:
    """Each workflow that runs on a change."""
    return {"the repository's": OURS, "a generated project's": generated}[request.param]


def test_there_are_no_other_workflows(generated: Path) -> None:
    assert sorted(OURS.parent.iterdir()) == sorted(OF_THE_REPOSITORY.values())
    assert list(generated.parent.iterdir()) == [generated]


@pytest.mark.parametrize(("tool", "version"), [("rust_version", "1.90.0"), ("wasm_pack_version", "0.14.0")])
def test_other_tools_have_another_cache(
    tool: str, version: str, generated: Path, template: Path, tmp_path: Path
) -> None:
    """Under a key that is taken nothing is saved: each run would compile them anew."""
    projects = [
        generated.parents[2],
        render(template, tmp_path / "project", {"pins": "custom", tool: version}, version=CANDIDATE),
    ]
    hashed = re.findall(r"hashFiles\((.*)\)", generated.read_text())
    assert len(hashed) == 2
    for patterns in hashed:
        old, new = (
            [path.read_bytes() for pattern in re.findall(r"'(.*?)'", patterns) for path in project.glob(pattern)]
            for project in projects
        )
        assert old != new


def actionlint(workflow: Path, status: int = 0) -> str:
    command = [TOOLS / "actionlint", "-oneline", "-no-color", workflow.name]
    return run(*command, cwd=workflow.parent, env=ENVIRONMENT, status=status)


def zizmor(workflow: Path) -> list[str]:
    """The names of what it finds as its strictest persona, no comment obeyed, without asking the network."""
    options = [
        "--offline",
        "--persona=auditor",
        "--no-config",
        "--no-ignores",
        "--strict-collection",
        "--no-exit-codes",
    ]
    printed = run(TOOLS / "zizmor", *options, "--quiet", "--format=json", workflow.name, cwd=workflow.parent)
    return sorted({finding["ident"] for finding in json.loads(printed)})


def test_actionlint_finds_nothing(workflow: Path) -> None:
    assert actionlint(workflow) == ""


def test_zizmor_finds_nothing(workflow: Path) -> None:
    assert zizmor(workflow) == []


def test_a_change_may_only_read_and_only_the_repository(testing: Path) -> None:
    content = yaml.safe_load(testing.read_text())
    assert content["permissions"] == {"contents": "read"}
    assert [name for name, job in content["jobs"].items() if "permissions" in job] == []


def test_a_preview_is_as_safe_as_a_deployment(previewing: Path, generated: Path) -> None:
    """It has the same actions, and its secrets where they can be guarded; what a stranger sends is not run with them."""
    content = yaml.safe_load(previewing.read_text())
    assert content["permissions"] == {"contents": "read"}
    (job,) = content["jobs"].values()
    assert job["environment"] == "preview"
    assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    actions, others = ([step for step in steps(path) if "uses" in step] for path in (previewing, generated))
    assert [step for step in actions if step not in others] == []
    assert [list(step["env"]) for step in steps(previewing) if "env" in step] == [
        ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "NAME"]
    ]


def test_only_the_job_of_a_release_may_write_and_only_when_a_version_is_tagged() -> None:
    """It runs nobody else's code: one action, which checks out, and this repository's release.py."""
    content = yaml.safe_load(RELEASE.read_text())
    assert content[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` so.
    assert content["permissions"] == {}
    assert {name: job["permissions"] for name, job in content["jobs"].items()} == {"release": {"contents": "write"}}
    assert [step["uses"].split("@")[0] for step in steps(RELEASE) if "uses" in step] == ["actions/checkout"]
    assert "secrets." not in RELEASE.read_text()


def test_the_site_is_published_of_a_release_of_the_repository_itself() -> None:
    """What builds it may only read; what may publish runs one action of GitHub's, and none of this repository's code."""
    content = yaml.safe_load(DOCS.read_text())
    assert content[True] == {"push": {"tags": ["v*"]}}
    assert content["permissions"] == {}
    build, publish = content["jobs"]["build"], content["jobs"]["publish"]
    assert build["if"] == "github.repository == 'org/wasm-worker-template'"
    assert build["permissions"] == {"contents": "read"}
    assert [step["run"] for step in build["steps"] if "run" in step] == ["./scripts/run.sh site"]
    (upload,) = [step for step in build["steps"] if step.get("uses", "").startswith("actions/upload-pages-artifact@")]
    assert upload["with"]["path"] == SITE
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["environment"] == "github-pages"
    (step,) = publish["steps"]
    assert step["uses"].startswith("actions/deploy-pages@")
    assert "secrets." not in DOCS.read_text()


def test_what_a_change_leaves_out_is_tested_each_week_and_may_only_read() -> None:
    content = yaml.safe_load(NEWEST.read_text())
    assert content[True].keys() == {"schedule", "workflow_dispatch"}
    assert content["permissions"] == {"contents": "read"}
    assert {job["if"] for job in content["jobs"].values()} == {"github.repository == 'org/wasm-worker-template'"}
    (file,) = re.findall(r"pytest --verbose (tests/\S+)$", NEWEST.read_text(), re.M)
    assert (ROOT / file).exists()
    assert [content["jobs"][name]["env"]["TESTS"] for name in ("everything", "updates")] == ["all", "all"]
    # The oldest Copier is read from the line that says which one it is.
    (expression,) = re.findall(r"sed -n '(.*)' copier.yml", NEWEST.read_text())
    oldest = run("sed", "-n", expression, "copier.yml", cwd=ROOT).strip()
    assert oldest == yaml.safe_load((ROOT / "copier.yml").read_text())["_min_copier_version"]
    assert "secrets." not in NEWEST.read_text()


def test_a_release_has_the_notes_of_the_changelog(sources: Path, tmp_path: Path) -> None:
    """In a shell in which gh only writes down what it is told, on a Python without packages, as GitHub's has."""
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\necho "$@"\ncat notes.md\n')
    gh.chmod(0o755)
    (script,) = [step["run"] for step in steps(RELEASE) if "run" in step]
    path = f"{tmp_path}:{sys.base_prefix}/bin:{os.environ['PATH']}"
    environment = os.environ | {"GITHUB_REF_NAME": "v0.1.0", "PATH": path}
    run("git", "clone", "--quiet", sources, tmp_path / "clone", cwd=tmp_path)
    told, notes = run("bash", "-e", "-c", script, cwd=tmp_path / "clone", env=environment).split("\n", maxsplit=1)
    assert told == "release create v0.1.0 --verify-tag --title v0.1.0 --notes-file notes.md"
    assert notes.startswith("The first version: nothing to do")
    assert f"\n\n{notes}" in f"{(ROOT / 'CHANGELOG.md').read_text()}\n"


def test_each_layer_that_a_job_names_is_one() -> None:
    scripts = "\n".join(step["run"] for step in steps(OURS) if "run" in step)
    named = re.findall(r"tests/test_(\w+)\.py", scripts)
    for layers in re.findall(r"\./scripts/test\.sh (.+)", scripts):
        named += layers.split()
    matrix = yaml.safe_load(NEWEST.read_text())["jobs"]["updates"]["strategy"]["matrix"]
    for layers in [*matrix["layers"], *(row["layers"] for row in matrix["include"])]:
        named += layers.split()
    assert len(named) > 10
    assert [layer for layer in named if not (ROOT / f"tests/test_{layer}.py").exists()] == []


def test_each_action_is_pinned_by_its_commit_and_checks_out_without_a_token(workflow: Path) -> None:
    actions = re.findall(r"uses: (.*)", workflow.read_text())
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_expression_stands_in_a_shell(workflow: Path) -> None:
    """Not only those of strangers: a value gets there by `env`."""
    scripts = [step["run"] for step in steps(workflow) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_only_pushes_to_main_see_a_secret(testing: Path) -> None:
    """And a workflow of a pull request from a fork runs without any, for its trigger is not pull_request_target."""
    content = yaml.safe_load(testing.read_text())
    assert content[True] == {"push": {"branches": ["main"]}, "pull_request": None}
    condition = "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    with_secrets = [job for job in content["jobs"].values() if "secrets." in json.dumps(job)]
    assert {job.get("if") for job in with_secrets} <= {condition}
    assert {job.get("environment") for job in with_secrets} <= {"production"}


def steps(workflow: Path) -> list[dict]:
    return [step for job in yaml.safe_load(workflow.read_text())["jobs"].values() for step in job["steps"]]


# --- A clean report means something ---

RUN = "run: ./build.sh check"
STRANGER = "run: echo ${{ github.event.pull_request.title }}"
FOUND_BY_ACTIONLINT = {
    "a stranger's text in a shell": (RUN, STRANGER, "potentially untrusted"),
    "a variable without quotes": (RUN, "run: rm $FILES", "SC2086"),
    "a key that is none": (RUN, f"{RUN}\n        shel: bash", 'unexpected key "shel"'),
    "a job that is none": ("needs: test", "needs: tests", 'job "tests" which does not exist'),
}
FOUND_BY_ZIZMOR = {
    "a stranger's text in a shell": (RUN, STRANGER, "template-injection"),
    "an action by its tag": ("@[0-9a-f]{40} # ", "@", "unpinned-uses"),
    "all rights": ("permissions:\n  contents: read\n", "", "excessive-permissions"),
    "a token left in the checkout": ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
    "secrets for every branch": ("    environment: production\n", "", "secrets-outside-env"),
    "strangers with secrets": ("pull_request:", "pull_request_target:", "dangerous-triggers"),
}


def with_fault(pattern: str, replacement: str, folder: Path) -> Path:
    """The workflow of a generated project with a fault in it."""
    bad = folder / "ci.yml"
    bad.write_text(re.sub(pattern, replacement, (ROOT / "template" / WORKFLOW).read_text()))
    return bad


@pytest.mark.parametrize("fault", FOUND_BY_ACTIONLINT)
def test_actionlint_finds_a_fault(fault: str, tmp_path: Path) -> None:
    pattern, replacement, message = FOUND_BY_ACTIONLINT[fault]
    assert message in actionlint(with_fault(pattern, replacement, tmp_path), status=1)


@pytest.mark.parametrize("fault", FOUND_BY_ZIZMOR)
def test_zizmor_finds_a_fault(fault: str, tmp_path: Path) -> None:
    pattern, replacement, finding = FOUND_BY_ZIZMOR[fault]
    assert finding in zizmor(with_fault(pattern, replacement, tmp_path))
