"""What maintainers of the template run: new pins, a release, the gallery of the docs."""
