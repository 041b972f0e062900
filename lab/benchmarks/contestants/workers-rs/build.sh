#!/usr/bin/env bash
# Builds the Worker with worker-build, as its users do, but for the tools that worker-build would download: they are
# taken from PATH.
# shellcheck source-path=SCRIPTDIR source=../shared/build.sh
source "$(dirname "$0")/../shared/build.sh"
readonly WORKER_BUILD=0.8.7
need cargo "https://rustup.rs"
for tool in wasm-bindgen wasm-opt esbuild; do need $tool "$PROJECT_TOOL"; done
all_there

cache="${XDG_CACHE_HOME:-$HOME/.cache}/wasm-worker/worker-build-$WORKER_BUILD"
if [ ! -x "$cache/bin/worker-build" ]; then
  say "Installing worker-build $WORKER_BUILD (a minute, once on this machine)"
  # Unoptimised, it compiles in a third of the time and still handles a module in a blink.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 cargo install --quiet --locked --root "$cache" --target-dir "$cache/target" \
    --version "$WORKER_BUILD" worker-build
  rm -r "$cache/target"
fi

say "Compiling the crate and bundling it"
export WASM_BINDGEN_BIN=wasm-bindgen WASM_OPT_BIN=wasm-opt ESBUILD_BIN=esbuild
export CARGO_TARGET_DIR="$PWD/build/target"
"$cache/bin/worker-build" --release --out-dir build/out >&2
cp build/out/index.js build/out/index_bg.wasm "$OUT"
