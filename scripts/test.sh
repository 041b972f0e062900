#!/usr/bin/env bash
# Runs the tests: ./scripts/test.sh [LAYER]..., without a layer all of them. A layer is a file tests/test_LAYER.py.
# As many tests run side by side as the machine has cores. Where no layer is named that needs a browser, the site's tools,
# those that read workflows or those of lab/, these are not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

files=()
for layer in "$@"; do
  file=tests/test_$layer.py
  [ -f "$file" ] || {
    echo "no such layer: $layer; there are $(cd tests && echo test_*.py | sed 's/test_//g; s/\.py//g')" >&2
    exit 2
  }
  files+=("$file")
done

packages=core
more='^from (browser|cloudflare|lab|maintenance[.]site)|scripts/run[.]sh|actionlint|zizmor|shellcheck|kingfisher|check-jsonschema'
if [ $# -eq 0 ] || grep -qE "$more" "${files[@]}"; then packages=all; fi
./scripts/setup.sh $packages
# Made anew by the next test that asks for it: else what older lock files asked for would stay for ever.
find .cache/first -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} + 2>/dev/null || true
echo ">>> Testing: ${*:-everything}"
PATH="$PWD/.venv/bin:$PATH" exec pytest --verbose --durations=10 --numprocesses=logical --dist=loadgroup ${files[@]+"${files[@]}"}
