"""The gallery of the docs: what the template renders for some answers, as pages to read before anything is run.

    ./scripts/run.sh gallery

It renders the working tree. The pages hold no commit and no path of a machine: the same template, the same pages.
"""

import argparse
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import copier
import yaml

from . import ROOT

GALLERY = ROOT / "docs/gallery"
TEMPLATE = "gh:org/wasm-worker-template"
MENDING = "run ./scripts/run.sh gallery and commit docs/gallery"


@dataclass
class Example:
    """A page: its name, its title, what it is there to show, and the answers that are not the defaults."""

    name: str
    title: str
    about: str
    answers: Mapping[str, str]


EXAMPLES = [
    Example("defaults", "The defaults", "What you get when you press Enter at every question.", {}),
    Example(
        "article",
        "The article's versions",
        "The tutorial's own Rust, wasm-pack and wrangler, and the smallest module.",
        {"pins": "article", "optimization_profile": "size"},
    ),
    Example(
        "custom",
        "Everything else",
        "No question at its default: names of your own, versions of your own, kebab-case, the fastest module.",
        {
            "project_name": "text-tools",
            "crate_name": "shortener",
            "description": 'Cuts "long" texts: 100 % safe & quick # really',
            "user_name": "Zoë & Søns",
            "license": "Apache-2.0",
            "pins": "custom",
            "rust_version": "1.97.0",
            "wasm_pack_version": "0.14.0",
            "wrangler_version": "4.80.0",
            "compatibility_date": "2026-03-01",
            "serde_casing": "kebab-case",
            "optimization_profile": "speed",
        },
    ),
    Example(
        "image",
        "The image example",
        "Metadata of JPEG, PNG, WebP, HEIC, AVIF and TIFF images, kept in R2.",
        {"project_name": "image-metadata", "example": "image"},
    ),
]

# Shown in this order where they are; `crate` stands for the crate's folder. The others are platform, alike in every project.
SHOWN = [
    "README.md",
    "crate/src/lib.rs",
    "crate/src/text.rs",
    "crate/src/metadata.rs",
    "crate/Cargo.toml",
    "rust-toolchain.toml",
    "worker/src/index.ts",
    "worker/src/images.ts",
    "worker/src/contract.ts",
    "worker/wrangler.toml",
    "worker/package.json",
]
LANGUAGES = {".md": "markdown", ".rs": "rust", ".ts": "ts", ".toml": "toml", ".json": "json"}


def command(example: Example) -> str:
    """The command that makes the project of an example, as a person would type it."""
    data = [f"--data {shlex.quote(f'{question}={answer}')}" for question, answer in example.answers.items()]
    project = example.answers.get("project_name", "my-worker")
    return " \\\n  ".join(["copier copy --defaults", *data, f"{TEMPLATE} {project}"])


def rendered(example: Example, template: Path, project: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The answers and the files of an example, by question and by path.

    Raises:
        copier.errors.UserMessageError, ValueError: an answer is refused; the message says which.
    """
    copier.run_copy(str(template), project, data=dict(example.answers), defaults=True, quiet=True)
    paths = sorted(path for path in project.rglob("*") if path.is_file())
    texts = {path.relative_to(project).as_posix(): path.read_text() for path in paths}
    answers = yaml.safe_load(texts[".copier-answers.yml"])
    answers = {question: answer for question, answer in answers.items() if not question.startswith("_")}
    return answers | {"playground": "yes" if answers["playground"] else "no"}, texts


def pages() -> dict[str, str]:
    """Every page of the gallery by its name, from the working tree."""
    with tempfile.TemporaryDirectory() as name:
        # Without git, so that Copier takes the files as they are.
        template = Path(name) / "template"
        for part in ["extensions", "template"]:
            shutil.copytree(ROOT / part, template / part)
        shutil.copy2(ROOT / "copier.yml", template)
        projects = [rendered(example, template, Path(name) / example.name) for example in EXAMPLES]
    written = {
        f"{example.name}.md": page(example, *project, projects[0][1])
        for example, project in zip(EXAMPLES, projects, strict=True)
    }
    return {"README.md": index(), **written}


def index() -> str:
    """The page that leads to the others."""
    rows = "\n".join(f"| [{example.title}]({example.name}.md) | {example.about} |" for example in EXAMPLES)
    return f"""# Gallery

What a generated project looks like, for someone who wants to see before they run anything. Each page has the answers,
the command that makes the project, its files, and those that are yours to write in.

| answers | what they show |
| --- | --- |
{rows}

[The generated project](../generated-project.md) explains the files, [Questions](../questions.md) the answers.

The pages are what the template renders now: `./scripts/run.sh gallery` writes them, and a test fails when they are
stale.
"""


def page(
    example: Example, answers: Mapping[str, str], texts: Mapping[str, str], default_texts: Mapping[str, str]
) -> str:
    """The page of an example; a file that is the same with the defaults is shown on their page only."""
    questions = yaml.safe_load((ROOT / "copier.yml").read_text())
    rows = "\n".join(f"| `{name}` | {code(answers[name])} |" for name in questions if name in answers)
    crate = answers["crate_name"]
    same, shown = [], []
    for pattern in SHOWN:
        path = pattern.replace("crate/", f"{crate}/")
        if path not in texts:
            continue
        if example.answers and default_texts.get(path) == texts[path]:
            same.append(f"`{path}`")
        else:
            shown.append(f"### {path}\n\n{fenced(texts[path], LANGUAGES[Path(path).suffix])}")
    files = "\n\n".join(shown)
    as_there = f"\nThe same as with [the defaults](defaults.md): {', '.join(same)}.\n" if same else ""
    return f"""# {example.title}

{example.about}

{fenced(command(example), "sh")}

| question | answer |
| --- | --- |
{rows}

## Files

{fenced(tree(texts, crate), "text")}
{as_there}
{files}
"""


def tree(texts: Mapping[str, str], crate: str) -> str:
    """The paths of a project, each with what docs/generated-project.md says of it."""
    said = meanings(crate)
    width = max(map(len, texts)) + 2
    return "\n".join(f"{path:{width}}{said.get(path, '')}".rstrip() for path in texts)


def meanings(crate: str) -> dict[str, str]:
    """What the tree of docs/generated-project.md says of each path."""
    block = (ROOT / "docs/generated-project.md").read_text().split("```text\n")[1].split("```")[0]
    said, folder = {}, ""
    for indent, path, meaning in re.findall(r"^( *)(\S+)(?: {2,}(.*))?$", block, re.MULTILINE):
        if path.endswith("/"):
            folder = path.replace("my_worker", crate) if indent else ""
        else:
            said[folder * (len(indent) > 2) + path] = meaning
    return said


def code(text: str) -> str:
    """A text as a code span in a table (GitHub Flavored Markdown, section 4.10)."""
    return f"`{text}`".replace("|", "\\|")


def fenced(text: str, language: str) -> str:
    """A text as a code block whose fence is longer than those in it."""
    fence = "`" * max([3, *(len(found) + 1 for found in re.findall("`{3,}", text))])
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def stale() -> list[str]:
    """The names of the pages in docs/gallery that are not what the template renders, or should not be there."""
    there = {path.name: path.read_text() for path in GALLERY.glob("*")}
    wanted = pages()
    return sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))


def main() -> None:
    """Writes the pages, or checks them; exits with 1 when they are stale."""
    parser = argparse.ArgumentParser(
        prog="./scripts/run.sh gallery", description="Writes docs/gallery from the working tree. Seconds."
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and fail when a page is stale")
    if parser.parse_args().check:
        if names := stale():
            sys.exit(f"gallery: stale in docs/gallery: {', '.join(names)}; {MENDING}")
        return
    print(">>> Rendering docs/gallery", flush=True)
    wanted = pages()
    shutil.rmtree(GALLERY, ignore_errors=True)
    GALLERY.mkdir()
    for name, text in wanted.items():
        (GALLERY / name).write_text(text)
