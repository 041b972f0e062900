"""Measures generated Workers beside others that do the same job: `./scripts/run.sh benchmark --help`.

docs/benchmarks.md says what is measured and what the figures mean; docs/benchmarks has those of the last whole run.
"""


class Failed(Exception):
    """What keeps a run from its end; the message says what was wrong, what was wanted and how to mend it."""
