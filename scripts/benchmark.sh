#!/usr/bin/env bash
# Measures generated Workers beside others that do the same job: ./scripts/benchmark.sh [CONTESTANT]... [--quick], --help.
# ./scripts/benchmark.sh passes: the time of each pass over a body, within the module.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
[ "${1:-}" != passes ] || exec .venv/bin/python -m benchmarks.passes
exec .venv/bin/python -m benchmarks "$@"
