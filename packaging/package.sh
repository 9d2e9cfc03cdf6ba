#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package from a release build and prints its path.
#   packaging/package.sh [--check]   --check: also installs it on this machine and runs it from there (needs root; meant for a clean root)
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$*" >&2; }

step "Packages"
packaging/install-deps.sh --no-tests --packaging >&2
step "Build"
cmake --preset release -DNORDLYS_TESTS=OFF -DNORDLYS_BENCH=OFF >&2
cmake --build --preset release -j "$(nproc)" >&2
step "Package"
cpack --config build/release/CPackConfig.cmake -B build/release/package >&2
deb=$(ls -t build/release/package/*.deb | head -1)
if [ "${1:-}" = --check ]; then
  step "Install and run"
  packaging/check-package.sh "$deb" >&2
fi
echo "$deb"
