#!/usr/bin/env bash
# Writes docs/gallery, which shows what the template renders: ./scripts/gallery.sh [--check], --help. Seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
exec .venv/bin/python -m maintenance.gallery "$@"
