#!/usr/bin/env bash
# Runs the tests: ./scripts/test.sh [questions | render | update | toolchain]..., without a layer all four.
# As many run side by side as the machine has cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

layers=("$@")
[ $# -gt 0 ] || layers=(questions render update toolchain)
files=()
for layer in "${layers[@]}"; do
  files+=("tests/test_$layer.py")
  [ -f "${files[-1]}" ] || { echo "no such layer: $layer; there are questions, render, update and toolchain" >&2 && exit 2; }
done

./scripts/setup.sh
echo ">>> Testing: ${layers[*]}"
PATH="$PWD/.venv/bin:$PATH" exec pytest --verbose --durations=10 --numprocesses=logical --dist=loadgroup "${files[@]}"
