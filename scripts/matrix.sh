#!/usr/bin/env bash
# Tries every release that `custom` offers and writes docs/versions.md: ./scripts/matrix.sh, --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m maintenance.matrix "$@"
