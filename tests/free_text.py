"""The files of a project that hold free text: written by Jinja alone, and read as the tools read them."""

import json
import re
from collections.abc import Mapping

import tomli
import yaml
from helpers import QUESTIONS
from macros import JINJA, pins

OF_TEXT = {
    ".copier-answers.yml": "{{ _copier_conf.answers_file }}",
    "LICENSE": "LICENSE",
    "README.md": "README.md",
    "my_worker/Cargo.toml": "{{ crate_name }}/Cargo.toml",
    "worker/package.json": "worker/package.json",
}
# The defaults, and what is computed.
ANSWERS = {name: question["default"] for name, question in QUESTIONS.items() if "{" not in str(question["default"])} | {
    "crate_name": "my_worker",
    "bucket_name": "my-worker-images",
    "nodejs_compat": False,
    "playground": True,
    "versions": json.loads(pins.versions(**pins.SETS["current"])),
    "_copier_conf": {"answers_file": ".copier-answers.yml"},
}


def rendered(answers: Mapping[str, str]) -> dict[str, str]:
    """The files that hold free text, through Jinja alone, in a small part of the time that Copier takes."""
    context = ANSWERS | {"_copier_answers": answers} | answers
    return {path: JINJA.get_template(f"template/{source}.jinja").render(context) for path, source in OF_TEXT.items()}


def held(project: Mapping[str, str], author: str) -> dict[str, list[str]]:
    """What each file of a project holds as description and as author, read as the tools read it."""
    crate, package = tomli.loads(project["my_worker/Cargo.toml"])["package"], json.loads(project["worker/package.json"])
    answers = yaml.safe_load(project[".copier-answers.yml"])
    paragraph = project["README.md"].split("\n\n")[1]
    licensed = [line for line in project["LICENSE"].splitlines() if line.strip().startswith("Copyright ")]
    return {
        "description": [
            *[holder["description"] for holder in (crate, package, answers)],
            re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", paragraph),
        ],
        "user_name": [*crate["authors"], package["author"], answers["user_name"]]
        + [author for line in licensed if line.strip() in licence_lines(author)],
    }


def licence_lines(author: str) -> list[str]:
    return [f"Copyright (c) {author}", f"Copyright {author}", f"Copyright (c) {author}. All rights reserved."]
