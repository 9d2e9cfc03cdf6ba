#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs the main job on the bundled digits sample: the window where there is a display, the same job
# in the terminal where there is none (or with --terminal).
set -euo pipefail
cd "$(dirname "$0")/.."

terminal=0
[ "${1:-}" = --terminal ] && terminal=1
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && terminal=1
step() { printf '\n== %s\n' "$*"; }

step "Packages"
if [ "$terminal" = 1 ] && [ "${NORDLYS_NO_STUDIO:-}" = 1 ]; then
  packaging/install-deps.sh --no-tests --no-studio
else
  packaging/install-deps.sh --no-tests
fi
step "Build"
cmake --preset release -DNORDLYS_TESTS=OFF -DNORDLYS_BENCH=OFF
cmake --build --preset release -j "$(nproc)"

bin=build/release/bin
sample=resources/samples/digits
if [ "$terminal" = 0 ]; then
  step "Studio"
  exec "$bin/nordlys-studio" "$sample/digits.onnx"
fi

out=build/quickstart
mkdir -p "$out"
say() { printf '\n$ %s\n' "$*"; "$@"; }
step "The main job in the terminal: open, calibrate, evaluate, build, run"
say "$bin/nordlys" info "$sample/digits.onnx"
say "$bin/nordlys" calibrate "$sample/digits.onnx" --inputs "$sample/calibration" -o "$out/digits.encodings"
say "$bin/nordlys" evaluate "$sample/digits.onnx" --encodings "$out/digits.encodings" --inputs "$sample/test" --labels "$sample/labels.csv"
say "$bin/nordlys" build "$sample/digits.onnx" --encodings "$out/digits.encodings" -o "$out/artifacts"
say "$bin/nordlys" run "$out/artifacts" --device local --iterations 200 --record "$out/run.nrs"
printf '\nDone. Artifacts and the recording are in %s; with a display this script opens the studio.\n' "$out"
