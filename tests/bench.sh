#!/bin/sh
# Runs the benchmarks: every tests/bench/NAME.sh, which print lines `BENCH name=NAME key=value ..`.
# usage: tests/bench.sh [NAME..]     BUILD: the build folder; the lines are also left in BUILD/results/bench.txt
# Benchmarks run with the OpenBLAS kernel of this processor, not with the pinned one.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.." || exit 2
export BUILD="${BUILD:-build}" AXF_NATIVE_BLAS=1
mkdir -p "$BUILD/results"
# shellcheck disable=SC2046 # a list of names
[ $# -gt 0 ] || set -- $(for f in tests/bench/*.sh; do [ -e "$f" ] && basename "$f" .sh; done)
[ $# -gt 0 ] || { echo "bench.sh: there are no benchmarks in tests/bench" >&2; exit 1; }
status=0
lines=$BUILD/results/bench.txt
echo "BENCH name=machine cpu='$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)' processors=$(nproc)" | tee "$lines.tmp"
for name in "$@"; do
  if out=$("tests/bench/$name.sh"); then
    printf '%s\n' "$out" | grep '^BENCH ' | tee -a "$lines.tmp"
  else
    echo "bench.sh: tests/bench/$name.sh failed" >&2
    status=1
  fi
done
mv "$lines.tmp" "$lines"
exit $status
