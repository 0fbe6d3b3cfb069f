#!/bin/bash
# A few kills; and a fault planted in the resume path, the momentum forgotten, which the kills must show.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build}
suite=kill
. tests/verdict.inc
. tests/plant.inc
KILLS=4 tests/kill/kill.sh || failed=1
work=$BUILD/test/kill-fault
rm -rf "$work"
mkdir -p "$work"
plant 'memcpy(s->m, m->data, bytes);' 'memset(s->m, 0, bytes);' sw/train/checkpoint.c "$work/checkpoint.c" &&
  ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Isw -c "$work/checkpoint.c" -o "$work/checkpoint.o" &&
  ${CC:-gcc} "$BUILD"/obj/cli/*.o "$work/checkpoint.o" "$BUILD/libaxflow.a" -lopenblas -lz -lm -lpthread -o "$work/axflow" &&
  ! AXFLOW=$work/axflow KILL_DIR=$work/run KILLS=12 tests/kill/kill.sh >"$work/log" 2>&1 && grep -q ' ends with other bytes' "$work/log"
verdict $? "a run that forgets its momentum is noticed"
exit $failed
