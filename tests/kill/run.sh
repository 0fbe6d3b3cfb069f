#!/bin/bash
# A few kills; faults planted in the resume path: sw/resume must name the loss of every part of a checkpoint (tests/kill/faults),
# and the kills must show a step count and a momentum that were forgotten.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build}
suite=kill
. tests/verdict.inc
. tests/plant.inc
work=$BUILD/test/kill-fault
rm -rf "$work"
mkdir -p "$work"
compile() { # compile COPY FILE: the object of a copy of sw/FILE
  ${CC:-gcc} -std=c11 -O2 -mavx2 -mfma -ffp-contract=off -D_GNU_SOURCE -Isw -I"sw/${2%/*}" -c "$1" -o "$1.o"
}
libraries=("$BUILD/libaxflow.a" -lopenblas -lz -lm -lpthread)

KILLS=6 tests/kill/kill.sh || failed=1

# ---- every part of a checkpoint, and what must follow from it ----
${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Isw -Itests/sw -c tests/sw/test_resume.c -o "$work/test.o" || exit 1
one() { # one 'WHAT | CASE | FILE | FROM | TO': 0 if the case says that it is lost
  local what case file from to at=$work/${1//[^a-z]/-}
  IFS=$'\001' read -r what case file from to <<<"${1// | /$'\001'}"
  to=${to//FROM/axf_from}
  plant "$from" "$to" "sw/$file" "$at.c" || { echo "not there: $from"; return 1; }
  [ "$to" = "${to/axf_from/}" ] || # the epoch with which the process begins
    sed -i -e "0,/^static /s//static int axf_from = -1;\n&/" \
      -e "s/^  \*loss = 0;/  axf_from = axf_from < 0 ? t->epoch : axf_from;\n&/" "$at.c" || return 1
  compile "$at.c" "$file" && ${CC:-gcc} "$work/test.o" "$at.c.o" "${libraries[@]}" -o "$at" || return 1
  "$at" >"$at.log" 2>&1
  grep -q "^FAIL .*: $case: " "$at.log" || { head -n 3 "$at.log"; return 1; }
}
while read -r line; do
  one "$line"
  verdict $? "sw/resume notices what is lost: ${line%% | *}"
done < <(grep -v '^#' tests/kill/faults)

# ---- kills see it too ----
forgets() { # forgets JOB FROM TO TEXT
  plant "$2" "$3" sw/train/checkpoint.c "$work/checkpoint.c" && compile "$work/checkpoint.c" train/checkpoint.c &&
    ${CC:-gcc} "$BUILD"/obj/cli/*.o "$work/checkpoint.c.o" "${libraries[@]}" -o "$work/axflow" &&
    ! AXFLOW=$work/axflow KILL_DIR=$work/run KILL_JOBS=$1 KILLS=8 tests/kill/kill.sh >"$work/log" 2>&1 &&
    grep -q ' ends with other bytes' "$work/log"
  verdict $? "kills show a run that forgets its $4"
}
forgets train 'memcpy(s->m, m->data, bytes);' 'memset(s->m, 0, bytes);' momentum
forgets adam 's->step = step;' 's->step = 0;' 'step count'
exit $failed
