"""Secrets: a generated project has none, git takes none in, and the scanner that says so would find one.

tests/test_toolchain.py looks into bundles and logs, for which a project must be built.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import COPIER, QUESTIONS, ROOT, commit, files, render, run

SCANNER = Path(sys.executable).with_name("kingfisher")

# A token of Cloudflare's, GitHub's and npm's form, each in a file; in two parts, so that this one holds none.
PLANTED = {
    "worker/wrangler.toml": ("CLOUDFLARE_API_TOKEN", "Zx81kQ0a9sPq3mVn7Yb2" + "Lr5Tc8Wd4Ef6Gh1JkMnP"),
    ".copier-answers.yml": ("GITHUB_TOKEN", "ghp_R4mQ9tVx2LbN7cZp5WkD" + "8sYf1HjG3u0aXe2B"),
    "my_worker/src/text.rs": ("NPM_TOKEN", "npm_R4mQ9tVx2LbN7cZp5WkD" + "8sYf1HjG3u0aXe2B"),
}


def scan(folder: Path, report: Path, status: int = 0) -> list[str]:
    """What the scanner takes for a secret, however unsure, and where; it asks no server whether one is valid."""
    options = ["--no-validate", "--no-update-check", "--confidence=low", "--git-history=none", "--format=json"]
    options += [f"--rule-cache-dir={ROOT / '.cache/kingfisher'}", f"--output={report}"]
    run(SCANNER, "scan", *options, ".", cwd=folder, status=status)
    found = [finding["finding"] for finding in json.loads(report.read_text())["findings"]]
    return sorted({f"{finding['snippet']} in {Path(finding['path'])}" for finding in found})


def test_a_generated_project_has_no_secret(template: Path, tmp_path: Path) -> None:
    assert scan(render(template, tmp_path / "project", version=CANDIDATE), tmp_path / "report.json") == []


def test_the_repository_has_no_secret(sources: Path, tmp_path: Path) -> None:
    assert scan(sources, tmp_path / "report.json") == []


def test_planted_secrets_are_found(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    for place, (name, secret) in PLANTED.items():
        with (project / place).open("a") as file:
            file.write(f'{name} = "{secret}"\n')
    found = scan(project, tmp_path / "report.json", status=200)
    assert found == sorted(f"{secret} in {place}" for place, (_, secret) in PLANTED.items())


def test_no_question_asks_for_a_secret_and_none_of_the_environment_is_written(template: Path, tmp_path: Path) -> None:
    assert [name for name, question in QUESTIONS.items() if "secret" in question] == []
    secrets = dict(PLANTED.values())
    printed = run(COPIER, "copy", "--defaults", template, "project", cwd=tmp_path, env=os.environ | secrets)
    written = "".join(content.decode() for content in files(tmp_path / "project").values())
    assert [secret for secret in secrets.values() if secret in printed + written] == []


# --- What git takes in ---

FOR_SECRETS = [
    f"{folder}{name}"
    for folder in ("", "worker/")
    for name in (".dev.vars", ".dev.vars.production", ".env", ".env.local", ".env.production.local")
]
EXAMPLES = ["worker/.dev.vars.example", "worker/.env.example", ".env.example"]


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A committed project, beside it files for secrets and examples of such."""
    project = render(template, tmp_path / "project", version=CANDIDATE)
    commit(project, "Start")
    for name in FOR_SECRETS + EXAMPLES:
        (project / name).write_text("a\n")
    return project


def test_git_ignores_the_files_for_secrets(project: Path) -> None:
    assert run("git", "check-ignore", *FOR_SECRETS, cwd=project).splitlines() == FOR_SECRETS
    commit(project, "All")
    assert run("git", "diff", "--name-only", "HEAD~", cwd=project).splitlines() == sorted(EXAMPLES)


def test_git_ignores_no_file_of_the_template(template: Path, project: Path, tmp_path: Path) -> None:
    fresh = files(render(template, tmp_path / "fresh", version=CANDIDATE))
    assert run("git", "ls-files", cwd=project).splitlines() == sorted(fresh)
