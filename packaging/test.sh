#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds and passes the tests: first the preset without Qt (the layers must build alone), then everything.
#   packaging/test.sh [--slow]     --slow: also the tests labelled slow
set -euo pipefail
cd "$(dirname "$0")/.."

filter=(-LE slow)
[ "${1:-}" = --slow ] && filter=()
step() { printf '\n== %s\n' "$*"; }

step "Packages"
packaging/install-deps.sh --fuzz

jobs=$(nproc)
# Both presets compile the layers with the same flags: the second takes the first one's objects from a cache of this checkout.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR="$PWD/build/ccache" CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi
step "Preset core-only (no Qt)"
cmake --preset core-only -DNORDLYS_TESTS=OFF -DNORDLYS_BENCH=OFF
cmake --build --preset core-only -j "$jobs"

step "Preset dev"
cmake --preset dev -DNORDLYS_FUZZ=ON
cmake --build --preset dev -j "$jobs"

step "Tests"
QT_QPA_PLATFORM=offscreen ctest --test-dir build/dev --output-on-failure -j "$jobs" "${filter[@]}"
