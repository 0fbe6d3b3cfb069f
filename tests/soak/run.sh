#!/bin/bash
# The soak in short: some batches; a fault planted in the C model is found, shrunk to the smallest net that shows it, and the
# printed command shows it again; a killed soak goes on to the same end.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build} LC_ALL=C
suite=soak
. tests/verdict.inc
. tests/plant.inc
work=$BUILD/test/soak
rm -rf "$work"
mkdir -p "$work"
export SOAK_D='4 8'
SOAK_DIR=$work/whole SOAK_CASES=80 tests/soak/soak.sh >"$work/whole.log" 2>&1 || { cat "$work/whole.log"; failed=1; }
tail -n 1 "$work/whole.log"

# Killed at random moments, then to the end: the same number of cases, each counted once.
for delay in 0.7 1.3 2.1; do
  SOAK_DIR=$work/killed SOAK_CASES=80 timeout -s KILL $delay tests/soak/soak.sh >/dev/null 2>&1
done
SOAK_DIR=$work/killed SOAK_CASES=80 tests/soak/soak.sh >"$work/killed.log" 2>&1
cut -d' ' -f1-3 "$work/killed/state-1" | cmp -s - <(cut -d' ' -f1-3 "$work/whole/state-1")
verdict $? "killed three times, it ends as if it had not been"
echo 'nonsense' >"$work/killed/state-1"
SOAK_DIR=$work/killed refuses "was begun with" tests/soak/soak.sh
SOAK_CASES=-3 refuses "SOAK_CASES must be a number" tests/soak/soak.sh

# The C model misreads the third row of kernels that move by two.
plant 'int yy = y * L->stride + i - L->pad' 'int yy = y * L->stride + i - L->pad - (L->stride == 2 && i == 2)' \
  sw/refmodel/refmodel.c "$work/refmodel.c" &&
  ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Isw -c "$work/refmodel.c" -o "$work/refmodel.o" &&
  "$(command -v clang++ || command -v g++)" "$work/refmodel.o" "$BUILD"/obj/sim/*.o "$BUILD"/sim/d4w8-table/*.o \
    "$BUILD/libaxflow.a" -lopenblas -lz -lpthread -latomic -lm -o "$work/axsim"
verdict $? "a simulator with a wrong model"
SOAK_AXSIM=$work/axsim SOAK_DIR=$work/wrong SOAK_D=4 SOAK_CASES=20 SOAK_SEED=3 tests/soak/soak.sh --batch 10 >"$work/wrong.log" 2>&1
grep -q 'SOAK .* FAIL$' "$work/wrong.log"
verdict $? "the fault is found"
net=$(sed -n 's/^shrunk to \(.*\):$/\1/p' "$work/wrong.log" | head -n 1)
[ -s "$net" ] && [ "$(grep -c -e '^conv' -e '^fc' "$net")" = 1 ] && grep -q 'kernel=3x1 stride=2' "$net"
verdict $? "it is shrunk to one layer, a kernel of three rows and one column, stride 2"
again=$(sed -n 's/^smallest: //p' "$work/wrong.log" | head -n 1)
[ -n "$again" ] && ! bash -c "$again" >"$work/again.log" 2>&1 && grep -q '^case .* FAIL ' "$work/again.log"
verdict $? "the printed command shows it"
bash -c "${again/$work/$BUILD/sim/d4w8-table}" >"$work/right.log" 2>&1
verdict $? "the right model passes there"
exit $failed
