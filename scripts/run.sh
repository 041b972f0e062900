#!/usr/bin/env bash
# What maintainers run: ./scripts/run.sh COMMAND [ARGUMENT]...; --help lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in gallery | mutate) packages=core ;; *) packages=all ;; esac
./scripts/setup.sh $packages
exec .venv/bin/python -m maintenance "$@"
