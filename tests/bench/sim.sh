#!/bin/sh
# Speed of the RTL simulation, with the shared multiplier table and with the exact multiplier's own Verilog.
# Environment: BUILD; NET (lenet), BENCH_IMAGES (500).
# SPDX-License-Identifier: Apache-2.0
set -eu
for kind in table verilog; do
  line=$(make --no-print-directory -s "BUILD=${BUILD:-build}" sim "NET=${NET:-lenet}" RTL_MULT=$kind "IMAGES=${BENCH_IMAGES:-500}" | grep '^SIM ')
  echo "BENCH name=sim ${line#SIM }"
done
