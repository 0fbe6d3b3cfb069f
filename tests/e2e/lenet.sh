#!/bin/sh
# LeNet-5 and the MLP with their shipped models through the RTL: several multipliers and array sizes, every integer equal
# to the C model's, cycles as predicted. Uses the data that is found, digits without any.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
BUILD=${BUILD:-build}
status=0
sim() { # sim NET MULT D RTL_MULT IMAGES [make-arguments..]
  net=$1 mult=$2 d=$3 rtl=$4 images=$5
  shift 5
  out=$("${MAKE:-make}" --no-print-directory -s "BUILD=$BUILD" sim "NET=$net" "MULT=$mult" "D=$d" "RTL_MULT=$rtl" \
    "IMAGES=$images" "$@" 2>&1)
  line=$(printf '%s\n' "$out" | tail -n 1)
  case $line in
  "SIM net=$net "*" mult=$mult rtl_mult=$rtl d=$d images=$images "*" mismatches=0 "*PASS) echo "$line" ;;
  *)
    printf '%s\n' "$out" | tail -n 20
    echo "lenet: $net $mult D=$d $rtl FAIL"
    status=1
    ;;
  esac
}
sim lenet exact 16 verilog 20
sim lenet exact 16 verilog 4 BACK_PRESSURE=40 LATENCY=100 SEED=3
for mult in drum6 drum4 trunc4 mitchell; do sim lenet $mult 16 table 20; done
sim mlp-mnist exact 16 table 4
sim mlp-mnist drum4 8 table 2
sim lenet drum6 8 table 4
sim lenet trunc4 4 table 2
exit $status
