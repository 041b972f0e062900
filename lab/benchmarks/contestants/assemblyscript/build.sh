#!/usr/bin/env bash
# Compiles the module with the AssemblyScript compiler of package-lock.json and bundles its host.
# shellcheck source-path=SCRIPTDIR source=../shared/build.sh
source "$(dirname "$0")/../shared/build.sh"
need npm "comes with Node.js; https://nodejs.org"
need esbuild "$PROJECT_TOOL"
all_there

if [ package-lock.json -nt node_modules ]; then
  say "Installing the AssemblyScript compiler (some seconds, 100 MB)"
  npm ci --no-audit --no-fund --silent
  touch node_modules
fi

say "Compiling the module and bundling its host"
mkdir -p build
node ../shared/case-table.mjs ts >build/case.ts
node_modules/.bin/asc assembly/index.ts --outFile "$OUT/module.wasm" -O3 --noAssert \
  --uncheckedBehavior always --runtime stub --use abort= --enable simd
bundle index.js
