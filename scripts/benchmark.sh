#!/usr/bin/env bash
# Measures generated Workers beside others that do the same job: ./scripts/benchmark.sh [CONTESTANT]... [--quick], --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m benchmarks "$@"
