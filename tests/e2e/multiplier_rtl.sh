#!/bin/sh
# Every multiplier of the library, and whatever the user has added, runs 20 LeNet images on the RTL as its own Verilog: every
# integer of every layer equal to the C model's, which knows only the table. Uses MNIST if it is found, else digits.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
BUILD=${BUILD:-build}
[ -d "${AXF_DATA_DIR:-$BUILD/data}/mnist" ] && DATA=mnist || DATA=digits
export BUILD DATA
log=$BUILD/test/multiplier_rtl.log
mkdir -p "$BUILD/test"
D=4 IMAGES=20 NET=lenet sim/every_mult.sh >"$log" 2>&1
status=$?
cat "$log"
# As many right lines as there are multipliers, each with its own name.
for name in $(rtl/mult/gen.sh list | cut -d' ' -f1); do
  grep -q "^SIM net=lenet data=$DATA mult=$name rtl_mult=verilog d=4 images=20 .* mismatches=0 .*PASS\$" "$log" || {
    echo "multiplier_rtl: $name did not run FAIL"
    status=1
  }
done
exit $status
