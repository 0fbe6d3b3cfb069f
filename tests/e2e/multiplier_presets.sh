#!/bin/sh
# The presets K1, K2, K3 of the multiplier list: what the shipped LeNet-5 loses with each before any retraining, their
# order, that docs/multipliers.md says the same, and that the name works wherever a multiplier's does.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C
build=${BUILD:-build}
axflow=$build/axflow
suite=multiplier_presets
. tests/verdict.inc
accuracy() { # accuracy DATA MULT: of the shipped LeNet-5 on the whole test set
  "$axflow" eval --model "sw/models/lenet-$1.axm" --data "$1" --mult "$2" |
    sed -n "s/^EVAL net=lenet data=$1 mult=$2 .* accuracy=\([0-9.]*\)%\$/\1/p"
}
[ -d "${AXF_DATA_DIR:-$build/data}/mnist" ] && sets='mnist digits' || sets=digits
for data in $sets; do
  exact=$(accuracy $data exact)
  more=$exact
  for preset in K3:0.5 K2:3 K1:10; do
    name=${preset%:*} least=${preset#*:}
    got=$(accuracy $data "$name")
    echo "# $data: exact $exact %, $name $got %"
    awk "BEGIN { exit !(\"$exact\" != \"\" && \"$got\" != \"\" && ${exact:-0} - ${got:-0} >= $least) }"
    verdict $? "$data: $name loses at least $least points"
    awk "BEGIN { exit !(${got:-101} < ${more:-0}) }"
    verdict $? "$data: $name is more aggressive than the ones before it"
    more=${got:-0}
    if [ "$data" = mnist ]; then
      loss=$(awk "BEGIN { printf \"%.2f\", ${exact:-0} - ${got:-0} }")
      grep -qE "^\| \`$name\` \| .*\| $got \| $loss \|" docs/multipliers.md
      verdict $? "docs/multipliers.md holds $got % and $loss points for $name"
    fi
  done
done
for name in K1 K2 K3; do
  core=$(awk -v name=$name '$1 == name { print substr($2, 2) }' rtl/mult/multipliers.def)
  "$axflow" multiplier info "$name" | grep -q "^description  = $core: " && "$axflow" multiplier list | grep -q "^$name .* = $core: "
  verdict $? "info and list name the core of $name"
  [ "$(rtl/mult/gen.sh list "$name" | cut -d' ' -f2-)" = "$(rtl/mult/gen.sh list "$core" | cut -d' ' -f2-)" ]
  verdict $? "the RTL's list gives $name the Verilog of $core"
  sim/settings.sh lenet digits "$name" 16 1 0 verilog sw/models/lenet-digits.axm >/dev/null
  verdict $? "make sim takes $name"
done
! rtl/mult/gen.sh list | grep -q '^K'
verdict $? "loops over the library meet each core once"
exit $failed
