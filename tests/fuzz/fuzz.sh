#!/bin/bash
# Feeds every parser with mutated files under the address and undefined-behaviour sanitizers.
# usage: tests/fuzz/fuzz.sh [TARGET..]    from the top; FUZZ_SECONDS (60): for each target; targets are the folders of
#   tests/fuzz/corpus. What was found to be new stays in BUILD/fuzz/corpus, what crashes in BUILD/fuzz/found.
# A line a target: FUZZ target=.. runs=.. seconds=.. cpu=.. PASS or FAIL, with the command that shows it; cpu: seconds it had
# of a core, which are fewer than the clock's on a busy machine. JOBS (2): targets side by side.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C BUILD=${BUILD:-build}
seconds=${FUZZ_SECONDS:-60} dir=$BUILD/fuzz
case $seconds in '' | *[!0-9]* | 0 | ??????*) echo "fuzz: FUZZ_SECONDS must be a number from 1 to 99999, not '$seconds'" >&2; exit 2 ;; esac
[ $# -gt 0 ] || set -- $(cd tests/fuzz/corpus && echo *)
for target in "$@"; do
  [ -d "tests/fuzz/corpus/$target" ] || { echo "fuzz: there is no target '$target'; there are: $(cd tests/fuzz/corpus && echo *)" >&2; exit 2; }
done
export ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=1:${ASAN_OPTIONS:-}" AXF_ROOT=. AXF_USER_MULT_DIR=$dir/none
one() { # one TARGET
  local target=$1 log=$dir/$1.log found=$dir/found/$1- status runs crash cpu
  local TIMEFORMAT='%U %S'
  mkdir -p "$dir/corpus/$target" "$dir/found"
  if [ "$(cat "$dir/compiler")" = clang ]; then
    { time FUZZ_TARGET=$target "$dir/fuzz" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
      -timeout=60 -seed="${FUZZ_SEED:-1}" -print_final_stats=1 -artifact_prefix="$found" "$dir/corpus/$target" \
      "tests/fuzz/corpus/$target" >"$log" 2>&1; } 2>"$log.cpu"
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  else
    { time FUZZ_TARGET=$target "$dir/fuzz" tests/fuzz/corpus/"$target"/* >"$log" 2>&1; } 2>"$log.cpu"
    status=$?
    runs=$(find tests/fuzz/corpus/"$target" -type f | wc -l)
  fi
  cpu=$(awk '{ printf "%.0f", $1 + $2 }' "$log.cpu")
  if [ $status = 0 ]; then
    echo "FUZZ target=$target runs=$runs seconds=$seconds cpu=$cpu PASS"
    return 0
  fi
  grep -m 3 -E 'ERROR|runtime error|SUMMARY' "$log"
  crash=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  echo "  again: FUZZ_TARGET=$target AXF_ROOT=. $dir/fuzz $crash"
  echo "FUZZ target=$target runs=${runs:-0} seconds=$seconds cpu=$cpu FAIL"
  return 1
}
[ "${FUZZ_ONE:-}" = 1 ] || tests/fuzz/build.sh || exit 1
if [ "${FUZZ_ONE:-}" = 1 ]; then
  one "$1"
  exit
fi
printf '%s\0' "$@" | FUZZ_ONE=1 xargs -0 -n 1 -P "${JOBS:-2}" "$0"
