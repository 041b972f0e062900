# shellcheck shell=bash
# What every build.sh here begins with: it stands in its own folder, and OUT is the folder for what is served.
set -euo pipefail

say() { printf '>>> %s\n' "$*" >&2; }

# need COMMAND REMEDY: notes a missing command; `all_there` ends the build when there is one.
missing=0
need() {
  command -v "$1" >/dev/null || { printf 'missing: %-14s %s\n' "$1" "$2" >&2 && missing=1; }
}
all_there() { [ "$missing" -eq 0 ] || exit 1; }

# shellcheck disable=SC2034
readonly PROJECT_TOOL="comes with a generated project of pin set current: run its ./build.sh setup, put its tools on PATH"

# bundle ENTRY: one ES module with what it imports, as wrangler would make; modules of WebAssembly stay beside it.
bundle() {
  esbuild "$1" --bundle --format=esm --target=es2024 --minify --external:./*.wasm --log-level=warning \
    --outfile="$OUT/index.js"
}

[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2 && exit 2; }
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
readonly OUT
cd "$(dirname "$0")"
