#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what Nordlys needs on Debian 12, as root or through sudo.
#   packaging/install-deps.sh [--no-studio] [--no-tests] [--fuzz] [--runtime-only] [--dry-run]
#     --no-studio     without Qt, plots and fonts: libraries and command line only
#     --no-tests      without the packages that only the tests need
#     --packaging     also what makes the Debian package
#     --fuzz          also what the fuzz targets need (NORDLYS_FUZZ=ON)
#     --runtime-only  only the shared libraries and fonts that built programs need
#     --dry-run       prints the packages, installs nothing
set -euo pipefail

studio=1 tests=1 packaging=0 fuzz=0 runtime_only=0 dry_run=0
for option in "$@"; do
  case "$option" in
    --no-studio) studio=0 ;;
    --no-tests) tests=0 ;;
    --packaging) packaging=1 ;;
    --fuzz) fuzz=1 ;;
    --runtime-only) runtime_only=1; tests=0 ;;
    --dry-run) dry_run=1 ;;
    -h|--help) sed -n '3,10p' "$0" | cut -c3-; exit 0 ;;
    *) echo "install-deps.sh: unknown option $option (see --help)" >&2; exit 2 ;;
  esac
done

packages=()
if [ "$runtime_only" = 1 ]; then
  packages+=(libprotobuf32 libpng16-16 libjpeg62-turbo libssl3 libfmt9 libzstd1 libusb-1.0-0)
  [ "$studio" = 1 ] && packages+=(libqt6widgets6 libqt6printsupport6 libqt6svg6 libqcustomplot2.1-qt6 qt6-qpa-plugins libxcb-cursor0)
else
  packages+=(g++ cmake ninja-build pkg-config)                          # build
  packages+=(libonnx-dev libprotobuf-dev protobuf-compiler)             # import, run stream
  packages+=(nlohmann-json3-dev libpng-dev libjpeg62-turbo-dev libssl-dev) # formats, SHA-256
  packages+=(libusb-1.0-0-dev libzstd-dev)                              # devices over USB, compressed transfers
  packages+=(libcli11-dev libfmt-dev)                                   # programs
  [ "$studio" = 1 ] && packages+=(qt6-base-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools libqt6svg6-dev libqcustomplot-dev)
fi
[ "$studio" = 1 ] && packages+=(fonts-inter fonts-jetbrains-mono fonts-dejavu-core)
[ "$tests" = 1 ] && packages+=(libgtest-dev libgmock-dev libbenchmark-dev libonnx-testdata ccache desktop-file-utils appstream chromium adb mksh)
[ "$fuzz" = 1 ] && packages+=(clang libclang-rt-dev) # libFuzzer
[ "$tests" = 1 ] && [ "$studio" = 1 ] && packages+=(xvfb xauth) # the studio's main loop on a real X server
[ "$packaging" = 1 ] && packages+=(dpkg-dev file)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
if [ "$dry_run" = 1 ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi
if [ "${#missing[@]}" = 0 ]; then
  echo "All ${#packages[@]} packages are installed."
  exit 0
fi

run=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps.sh: missing ${missing[*]}: installing them needs root. Run this script as root, or install sudo." >&2
    exit 1
  fi
  run=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
# An old package list names versions that are gone, so a failed install is tried once more after an update.
install() { "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
install 2>/dev/null || { "${run[@]}" apt-get update -qq; install; }
