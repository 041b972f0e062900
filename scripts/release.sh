#!/usr/bin/env bash
# Releases the template: ./scripts/release.sh X.Y.Z; --help. It commits and tags here, and pushes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m maintenance.release "$@"
