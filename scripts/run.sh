#!/usr/bin/env bash
# What maintainers run: ./scripts/run.sh COMMAND [ARGUMENT]...; --help lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m maintenance "$@"
