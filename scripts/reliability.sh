#!/usr/bin/env bash
# Shows with figures that a generated Worker can be left alone: ./scripts/reliability.sh [FORM]... [--short], --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m lab.reliability "$@"
