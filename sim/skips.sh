#!/bin/sh
# May zeros be skipped with this multiplier? Silent if so, or if nothing is skipped; else a sentence and status 1.
# MULT may name a multiplier a layer, NAME,LAYER=NAME,..: all must allow it.
# usage: skips.sh ZERO_SKIP MULT     BUILD: the build folder     SPDX-License-Identifier: Apache-2.0
set -eu
[ "$1" = 1 ] || exit 0
build=${BUILD:-build}
[ -x "$build/axflow" ] || { echo "ZERO_SKIP=1: build $build/axflow first (make build), it knows the multipliers" >&2; exit 1; }
for entry in $(echo "$2" | tr , ' '); do
  "$build/axflow" multiplier info "${entry#*=}" | grep -q 'zeros may be skipped' || {
    echo "ZERO_SKIP=1: multiplier '${entry#*=}' does not give 0 for every zero operand, or is not there" >&2
    exit 1
  }
done
