"""What maintainers of the template run: new pins, a release, the gallery of the docs."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
