"""The template's own Jinja environment, and extensions/ as Python: each module's macros are its functions."""

import yaml
from helpers import ROOT
from jinja2 import FileSystemLoader
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import import_string

ENVOPS = yaml.safe_load((ROOT / "copier.yml").read_text())["_envops"]
JINJA = SandboxedEnvironment(
    loader=FileSystemLoader(ROOT),
    extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
    **{**ENVOPS, "undefined": import_string(ENVOPS["undefined"])},
)
names = JINJA.get_template("extensions/names.jinja").module
casing = JINJA.get_template("extensions/casing.jinja").module
examples = JINJA.get_template("extensions/examples.jinja").module
pins = JINJA.get_template("extensions/pins.jinja").module
quoting = JINJA.get_template("extensions/quoting.jinja").module
stored = JINJA.get_template("extensions/stored.jinja").module
