"""The gallery of the docs: fresh, and each page shows what its own command makes."""

import os
import re
import shutil
from pathlib import Path

import pytest
from helpers import COPIER, files, recorded, run

from maintenance import gallery

PAGES = [example.name for example in gallery.EXAMPLES]


def test_the_pages_are_what_the_template_renders_now() -> None:
    assert gallery.stale() == [], gallery.MENDING


@pytest.mark.parametrize("name", PAGES)
def test_the_command_of_a_page_makes_what_the_page_shows(name: str, template: Path, tmp_path: Path) -> None:
    page = (gallery.GALLERY / f"{name}.md").read_text()
    command = re.search(r"```sh\n(.*?)\n```", page, re.DOTALL)[1]
    path = {"PATH": f"{COPIER.parent}{os.pathsep}{os.environ['PATH']}"}
    run("bash", "-c", command.replace(gallery.TEMPLATE, str(template)), cwd=tmp_path, env=os.environ | path)
    project = tmp_path / command.split()[-1]

    answers = recorded(project)
    answers["playground"] = "yes" if answers["playground"] else "no"
    assert dict(re.findall(r"^\| `(\w+)` \| `(.*)` \|$", page, re.MULTILINE)) == answers
    (tree,) = re.findall(r"## Files\n\n```text\n(.*?)```", page, re.DOTALL)
    assert [line.split()[0] for line in tree.splitlines()] == list(files(project))
    shown = re.findall(r"^### (\S+)\n\n(`{3,})\w+\n(.*?)\n\2$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) > 3
    for path, _, text in shown:
        assert f"{text}\n" == (project / path).read_text(), path


def test_an_edited_a_missing_and_a_strange_page_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(gallery.GALLERY, tmp_path / "gallery")
    monkeypatch.setattr(gallery, "GALLERY", tmp_path / "gallery")
    monkeypatch.setattr("sys.argv", ["gallery", "--check"])
    (tmp_path / "gallery/README.md").write_text("# Edited\n")
    (tmp_path / "gallery/custom.md").unlink()
    (tmp_path / "gallery/old.md").write_text("# Old\n")
    with pytest.raises(SystemExit, match="stale in docs/gallery: README.md, custom.md, old.md; run ./scripts"):
        gallery.main()
