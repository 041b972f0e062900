"""Shows with figures that a generated Worker can be left alone: `./scripts/run.sh reliability --help`.

Each form is one kind of trouble, asked of a generated project in the real workerd. docs/reliability.md says what is
promised, and has the figures of the long forms; tests/test_reliability.py runs the short ones.
"""
