"""What maintainers of the template run: new pins, a release, the gallery."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
# Where the projects of the gallery are.
GALLERY = "gallery"
