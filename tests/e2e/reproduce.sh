#!/bin/sh
# slow
# The small grid of every training method gives the committed rows again: on any machine, with any number of threads, and
# after being killed in the middle.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/reproduce.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=reproduce
. tests/verdict.inc
quick() { "$axflow" experiment sw/experiments/quick.exp --out "$dir/experiments/quick" >"$dir/out" 2>"$dir/err"; }
quick &
pid=$!
while kill -0 $pid 2>/dev/null && [ "$(ls "$dir/experiments/quick" 2>/dev/null | grep -c '\.csv$')" -lt 5 ]; do sleep 0.2; done
child=$(ps -o pid= --ppid $pid)
kill -9 $pid $child 2>/dev/null
wait $pid 2>/dev/null
[ ! -e "$dir/experiments/quick/results.csv" ]
verdict $? "killed in the middle"
quick
code=$?
[ $code -eq 0 ] || cat "$dir/err"
verdict $code "goes on to the end"
mkdir "$dir/rows"
BUILD=$dir ROWS_DIR=$dir/rows AXFLOW=$axflow sw/experiments/page.sh rows quick >/dev/null &&
  diff "$dir/rows/quick.csv" sw/experiments/results/quick.csv
verdict $? "the rows are the committed ones, $(wc -l <sw/experiments/results/quick.csv) lines"
exit $failed
