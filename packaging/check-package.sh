#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs a package with the libraries it names and nothing else, and runs the main job from /usr. Meant for a clean Debian 12 root; needs root.
#   packaging/check-package.sh PACKAGE.deb
set -euo pipefail
[ $# = 1 ] || { sed -n '3,4p' "$0" | cut -c3-; exit 2; }
deb=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq --no-install-recommends "$deb" >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
sample=/usr/share/nordlys/samples/digits
say() { printf '$ %s\n' "$*"; "$@"; }
say nordlys calibrate "$sample/digits.onnx" --inputs "$sample/calibration" -o digits.encodings
say nordlys evaluate "$sample/digits.onnx" --encodings digits.encodings --inputs "$sample/test" --labels "$sample/labels.csv"
say nordlys build "$sample/digits.onnx" --encodings digits.encodings -o artifacts
say nordlys run artifacts --device local --iterations 50 --record run.nrs
if command -v nordlys-studio >/dev/null; then
  say env QT_QPA_PLATFORM=offscreen nordlys-studio "$sample/digits.onnx" --view graph --language nb --screenshot graph.png
  [ "$(head -c 8 graph.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || { echo "the studio saved no picture" >&2; exit 1; }
fi
echo "installed and ran: $(dpkg-query -W -f '${Package} ${Version} (${Installed-Size} KiB)' nordlys)"
