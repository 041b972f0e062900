#!/usr/bin/env bash
# Bundles the Worker.
# shellcheck source-path=SCRIPTDIR source=../shared/build.sh
source "$(dirname "$0")/../shared/build.sh"
need esbuild "$PROJECT_TOOL"
all_there

say "Bundling index.js"
bundle index.js
