#!/usr/bin/env bash
# Measures generated Workers beside others that do the same job: ./scripts/benchmark.sh [CONTESTANT]... [--quick], --help.
# ./scripts/benchmark.sh passes: the time of each pass over a body, within the module.
# ./scripts/benchmark.sh images: the image example beside exifr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/setup.sh
part=lab.benchmarks
case ${1:-} in passes | images) part=lab.benchmarks.$1 && shift ;; esac
exec .venv/bin/python -m "$part" "$@"
