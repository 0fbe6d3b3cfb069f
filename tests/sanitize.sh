#!/bin/sh
# The unit tests of the C code under the address and undefined-behaviour sanitizers, in a build folder of their own.
# usage: tests/sanitize.sh [NAME..]     names of tests/sw/test_NAME.c, default all; BUILD: the build folder
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
opt='-O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
# The multiplier tables and the cached digits are data: those of the normal build are used.
export AXF_MULT_DIR="${AXF_MULT_DIR:-$build/mult}" AXF_BUILD="${AXF_BUILD:-$build}"
export ASAN_OPTIONS="detect_stack_use_after_return=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
# shellcheck disable=SC2046 # a list of names
[ $# -gt 0 ] || set -- $(for f in tests/sw/test_*.c; do basename "$f" .c | sed 's/^test_//'; done)

status=0
for name in "$@"; do
  program=$build/sanitize/test/bin/sw/test_$name
  "${MAKE:-make}" --no-print-directory -s -j"$(nproc)" "BUILD=$build/sanitize" "OPT=$opt" "$program" || {
    echo "sanitize $name: does not build FAIL"
    status=1
    continue
  }
  "$program"
  result=$?
  [ $result -eq 0 ] || status=1
  [ $result -le 1 ] || echo "sanitize $name: ended with status $result FAIL"
done
exit $status
