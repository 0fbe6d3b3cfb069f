#!/bin/sh
# Random small nets end to end, RTL = C model = cycle model: every array size with a random table of 65,536 products, D = 8 with
# as many segments as columns; a signed core and whole rows alone; then D = 16 with the Verilog of the exact multiplier. Half of
# the cases have back-pressure, half small memories.
# SPDX-License-Identifier: Apache-2.0
# slow
set -eu
cd "$(dirname "$0")/../../.."
BUILD=${BUILD:-build}
CASES=${CASES:-300}
run() { # run D NAME-OF-BUILD SEED make-arguments..
  d=$1 name=$2 seed=$3
  shift 3
  "${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" "D=$d" "$@" axsim
  AXF_MULT_DIR=$BUILD/mult "$BUILD/sim/d${d}w8-$name/axsim" --random "$CASES" --seed "$seed" --quiet || status=1
}
status=0
for d in 4 16 32; do run $d table "${d}000" RTL_MULT=table; done
run 8 table-segs8 8000 RTL_MULT=table SEGS=8
run 4 table-signed-segs1 4500 RTL_MULT=table MULT=s_exact SEGS=1
"${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" "$BUILD/mult/exact.axt"
run 16 exact 1 MULT=exact
# 16-bit words, two multipliers as their own Verilog; with the second, parameter records in three copies.
wide() { # wide NAME-OF-BUILD make-arguments..
  name=$1
  shift
  "${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" D=4 W=16 "$@" axsim
  "$BUILD/sim/d4w16-$name/axsim" --random "$((CASES / 3))" --seed 1600 --quiet || status=1
}
wide exact MULT=exact
wide drum6-rec_vote MULT=drum6 PROTECT_REC=vote
# A trained model, quantised anew for them.
"$BUILD/sim/d4w16-exact/axsim" --model sw/models/lenet-digits.axm --data digits --images 4 --quiet || status=1
# Kernels larger than a kernel store, at the stores' full size.
for net in large_fc large_kernel; do
  "$BUILD/sim/d16w8-table/axsim" --random 2 --seed 3 --net "tests/sim/random/$net.net" --quiet || status=1
done
exit $status
