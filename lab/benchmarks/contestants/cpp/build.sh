#!/usr/bin/env bash
# Compiles the module with Emscripten and bundles its host. The newest Emscripten that this was tried with is 3.1.6.
# shellcheck source-path=SCRIPTDIR source=../shared/build.sh
source "$(dirname "$0")/../shared/build.sh"
need em++ "apt install --no-install-recommends emscripten"
need node "https://nodejs.org"
need esbuild "$PROJECT_TOOL"
rapidjson=${RAPIDJSON:-/usr/include/rapidjson}
[ -d "$rapidjson" ] || { printf 'missing: %-14s %s\n' RapidJSON "apt install rapidjson-dev" >&2 && missing=1; }
all_there

say "Compiling the module and bundling its host"
mkdir -p build/include
ln -sfn "$rapidjson" build/include/rapidjson
node ../shared/case-table.mjs h >build/case.h
em++ src/main.cpp -o "$OUT/module.wasm" -std=c++20 -O3 -flto -msimd128 -msse2 -DRAPIDJSON_SSE2 -DNDEBUG \
  -fno-exceptions -fno-rtti -isystem build/include --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH \
  -sINITIAL_MEMORY=196608 -sTOTAL_STACK=32768 -sMALLOC=emmalloc -sERROR_ON_UNDEFINED_SYMBOLS=0 \
  -sWARN_ON_UNDEFINED_SYMBOLS=0
bundle index.js
