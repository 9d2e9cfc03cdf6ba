#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs a build into a new prefix and runs the programs from there, with the source and build trees out of reach for them only by
# path: they must find the runner, the sample and their data beside themselves.
#   installed.sh CMAKE BUILD_DIR [studio]
set -euo pipefail
cmake=$1 build=$2 studio=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/prefix with a space"
fail() { echo "FAILED: $*" >&2; exit 1; }

"$cmake" --install "$build" --prefix "$prefix" --strip >"$work/install.log" 2>&1 || { cat "$work/install.log" >&2; fail "cmake --install"; }
sample="$prefix/share/nordlys/samples/digits"
cd "$work"
unset NORDLYS_RESOURCES
export HOME="$work/home" XDG_RUNTIME_DIR="$work" QT_QPA_PLATFORM=offscreen
mkdir -p "$HOME"

"$prefix/bin/nordlys" doctor --json > doctor.json || true
grep -q "$sample" doctor.json || fail "doctor does not see the installed sample: $(cat doctor.json)"
"$prefix/bin/nordlys" calibrate "$sample/digits.onnx" --inputs "$sample/calibration" -o digits.encodings >/dev/null
"$prefix/bin/nordlys" build "$sample/digits.onnx" --encodings digits.encodings -o artifacts >/dev/null
"$prefix/bin/nordlys" run artifacts --device local --iterations 40 --record run.nrs --json > run.json
grep -q '"status": *"finished"' run.json || fail "the run did not finish: $(cat run.json)"
[ -s run.nrs ] || fail "no recording"

if [ -n "$studio" ]; then
  "$prefix/bin/nordlys-studio" "$sample/digits.onnx" --view graph --language nb --screenshot graph.png >studio.log 2>&1 || { cat studio.log >&2; fail "studio"; }
  [ "$(head -c 8 graph.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || fail "the studio saved no picture"
  for file in applications/org.nordlys.Studio.desktop metainfo/org.nordlys.Studio.metainfo.xml mime/packages/org.nordlys.Studio.mime.xml icons/hicolor/scalable/apps/org.nordlys.Studio.svg; do
    [ -s "$prefix/share/$file" ] || fail "share/$file is missing"
  done
  if command -v desktop-file-validate >/dev/null; then desktop-file-validate "$prefix/share/applications/org.nordlys.Studio.desktop" || fail "desktop entry"; fi
  if command -v appstreamcli >/dev/null; then appstreamcli validate --no-net "$prefix/share/metainfo/org.nordlys.Studio.metainfo.xml" || fail "AppStream metadata"; fi
fi
if grep -rqI -e "$build" "$prefix"; then fail "installed text names the build folder: $(grep -rlI -e "$build" "$prefix" | head -3)"; fi
echo "installed and ran from $prefix"
