#!/bin/sh
# axflow supply, the published points either way round; the supplies and the last line of make train-and-verify; refusals.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
suite=supply
. tests/verdict.inc
axflow=$build/axflow

[ "$("$axflow" supply | awk '!/^#/ { printf "%s %s %s %s;", $1, $2, $3, $4 }')" = "1 1.0000 0 1;0.55 0.5500 0.0023 0.125;0.5 0.5000 0.0156 0.1;" ]
verdict $? "the nominal supply and the points of the default table"
[ "$("$axflow" supply --ber 0.0156,0.0023,0 | awk '!/^#/ { printf "%s ", $1 }')" = "0.5 0.55 1 " ]
verdict $? "supplies of given rates"
[ "$("$axflow" supply --tech 14nm --vdd 0.75 | awk '!/^#/ { print $3, $4 }')" = "0.206 0.5625" ]
verdict $? "another technology"
refuses "below 0.5 V" "$axflow" supply --vdd 0.49
refuses "above 0.0156" "$axflow" supply --ber 0.2
refuses "exclude each other" "$axflow" supply --vdd 1 --ber 0.01
refuses "there are: 65nm" "$axflow" supply --tech 3nm
refuses "number, found" "$axflow" supply --vdd 1,x

# The last line of make train-and-verify: supplies of the simulation become the same share of the library's nominal supply.
export AXFLOW="$axflow" AXMEM="$build/axmem"
dir=$(mktemp -d "${TMPDIR:-/tmp}/supply.XXXXXX")
trap 'rm -rf "$dir"' EXIT
[ "$(LIB=nangate45 flow/supplies.sh 65nm NB=1.0 KB=0.6 | tr '\n' ' ')" = "MEM_VDD_NB=1.1 MEM_VDD_KB=0.66 " ] && [ -z "$(flow/supplies.sh 65nm NB= KB=)" ]
verdict $? "0.6 of nominal is 0.66 V of the memories at 45 nm"
refuses "below 0.5 V" flow/supplies.sh 65nm KB=0.2
echo "EVAL net=n data=d mult=m float_accuracy=99% accuracy=98% PASS" >"$dir/eval"
echo "SIM net=n data=d mult=m images=3 accuracy=66.67% mismatches=0 vdd_nb=1 vdd_kb=0.6 die=7 ber=0.0003 cycles_per_image=5 PASS" >"$dir/low"
echo "SIM net=n data=d mult=m images=3 accuracy=100.00% mismatches=0 cycles_per_image=5 PASS" >"$dir/nominal"
printf '%s\n' "INFERENCE net=n mhz=276" "SYNTH lib=l mult=m energy_nj_per_inference=9 PASS" "SUPPLIES MEM_VDD_KB=0.66" >"$dir/power"
[ "$(sim/verify.sh "$dir/eval" "$dir/low" "$dir/power")" = "VERIFY net=n data=d mult=m float_accuracy=99% accuracy=98% rtl_images=3 mismatches=0 cycles_per_image=5 \
vdd_nb=1 vdd_kb=0.6 die=7 ber=0.0003 rtl_accuracy=66.67% lib=l mhz=276 mem_vdd_kb=0.66 energy_nj_per_inference=9 PASS" ]
verdict $? "the last line of a verification at a low supply"
[ "$(sim/verify.sh "$dir/eval" "$dir/nominal")" = "VERIFY net=n data=d mult=m float_accuracy=99% accuracy=98% rtl_images=3 mismatches=0 cycles_per_image=5 PASS" ]
verdict $? "and of one at nominal supply without energy"
sed 's/mismatches=0/mismatches=1/' "$dir/nominal" >"$dir/wrong"
! sim/verify.sh "$dir/eval" "$dir/wrong" >/dev/null
verdict $? "a mismatch is no verification"
exit $failed
