#!/usr/bin/env bash
# Assembles the module and bundles its host.
# shellcheck source-path=SCRIPTDIR source=../shared/build.sh
source "$(dirname "$0")/../shared/build.sh"
need wasm-as "$PROJECT_TOOL"
need esbuild "$PROJECT_TOOL"
all_there

say "Assembling the module and bundling its host"
wasm-as module.wat --output "$OUT/module.wasm"
bundle index.js
