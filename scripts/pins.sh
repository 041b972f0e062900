#!/usr/bin/env bash
# Moves the pin set `current` to the newest versions that pass the tests: ./scripts/pins.sh [--dry-run], --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m maintenance.pins "$@"
