#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a fuzz target from the files of test data folders.
#   run.sh PROGRAM SECONDS EVERY PATTERN FOLDER...    takes every EVERY-th small file of that name pattern below the folders as a seed; folders that are not
#                                                     there are left out
# What fails is kept as crash-*, oom-* or timeout-* in the current folder.
set -euo pipefail
program=$1 seconds=$2 every=$3 pattern=$4
shift 4

corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
number=0 taken=0
while IFS= read -r file; do
  if [ $((number++ % every)) = 0 ]; then
    ln -s "$file" "$corpus/seed$((taken++))"
  fi
done < <(for folder in "$@"; do [ ! -d "$folder" ] || find -L "$folder" -name "$pattern" -size -100k; done | sort)
echo "$taken seeds"
mkdir "$corpus/new"

# Found inputs are not kept: every run starts from the same seeds. The generator's seed is fixed for short runs, so that they repeat.
seed=0
[ "$seconds" -gt 10 ] || seed=1
"$program" "$corpus/new" "$corpus" -max_total_time="$seconds" -seed="$seed" -max_len=100000 -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=512 \
  -print_final_stats=1 -print_funcs=0 2>&1 | grep -v -E '^#[0-9]+\s+(NEW|REDUCE|RELOAD|pulse)'
