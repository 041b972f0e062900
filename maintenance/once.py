"""What Copier does anew for each file and each rendering, done once, for who renders the template many times."""

import os
from types import CodeType

import jinja2
import yaml
from copier._main import Worker
from jinja2.lexer import get_lexer


def do_once() -> None:
    """Has Jinja compile each text once in this process, and libyaml read copier.yml. Copier does both anew, in Python, for
    each of the three renderings of an update, which is most of its time. What it renders is the same.
    """
    yaml.SafeLoader = yaml.CSafeLoader
    compile_anew, compiled = jinja2.Environment.compile, {}

    def compile_once(self: jinja2.Environment, source: str, name: str | None = None, *arguments: object) -> CodeType:
        # The lexer is that of all settings which a text is read by; the file is another in each clone that Copier makes.
        # What is the same in each rendering Jinja computes here, and `realpath` is of the folder that one is in.
        key = source, name, get_lexer(self), tuple(self.extensions), os.getcwd() if "realpath" in source else ""
        if key not in compiled:
            compiled[key] = compile_anew(self, source, name, *arguments)
        return compiled[key]

    jinja2.Environment.compile = compile_once
    if os.name != "nt":
        # Asks git for each file whether it minds its mode, and does nothing where it does, as everywhere but on Windows.
        Worker._sync_git_index_executable_bit = lambda *_: None
