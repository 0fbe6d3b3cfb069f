#!/bin/sh
# One multiplier a layer: the same integers in C and on the RTL, whose elements hold all the cores that the layers name, as
# their own Verilog and as tables; what cannot be is refused with one sentence.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
export LC_ALL=C
suite=multiplier_layers
. tests/verdict.inc
build=${BUILD:-build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/multiplier_layers.XXXXXX")
trap 'rm -rf "$dir"' EXIT
run() { "${MAKE:-make}" --no-print-directory -s "BUILD=$build" sim NET=lenet DATA=digits D=4 "$@" 2>&1 | tail -n 1; }
holds() { # holds TEXT PATTERN LINE
  echo "$3"
  case $3 in *$2*" mismatches=0 "*PASS) verdict 0 "$1" ;; *) verdict 1 "$1" ;; esac
}

holds "three cores in an element, by their Verilog" "mult=K1,c1=exact,f7=drum4 rtl_mult=verilog" \
  "$(run IMAGES=5 MULT=K1,c1=exact,f7=drum4)"
# With tables every layer of lenet has another multiplier; four images each of what that could hide.
for mult in K1,c1=exact,c3=comp9,f5=drum4,f6=mitchell,f7=rtrunc8 c3=K1 s_trunc7,c3=s_exact; do
  holds "$mult, by tables" "mult=$mult rtl_mult=table" "$(run IMAGES=4 RTL_MULT=table "MULT=$mult")"
done

"$build/axflow" eval --help 2>&1 | grep -q 'NAME,LAYER=NAME'
verdict $? "the command's help tells the syntax"
refuses "signed and unsigned cores cannot be in one element" rtl/mult/gen.sh wrapper exact+s_exact "$dir/gen"
[ ! -e "$dir/gen" ]
verdict $? "and nothing is generated"
refuses "more than 16 cores" rtl/mult/gen.sh wrapper "$(rtl/mult/gen.sh list | cut -d' ' -f1 | head -n 17 | tr '\n' + | sed 's/+$//')" "$dir/gen"
axsim=$build/sim/d4w8-table/axsim
model=$(sim/settings.sh lenet digits exact 4 1 0 table)
refuses "the cores of one accelerator are all of one kind" "$axsim" --model "$model" --data digits --images 1 --mult exact,c3=s_exact
refuses "no conv or fc layer 'c9'" "$axsim" --model "$model" --data digits --images 1 --mult exact,c9=K1
built=$build/sim/d4w8-K1+exact+drum4/axsim
refuses "without K2" "$built" --model "$model" --data digits --images 1 --mult K2,c1=exact
refuses "says which layer has which" "$built" --model "$model" --data digits --images 1

# Two files of one's own with a module of the same name cannot share an element.
export AXF_USER_MULT_DIR="$dir/kept"
for k in one two; do
  mkdir -p "$dir/kept/$k"
  echo "module $k(input [7:0] a, w, output [15:0] p); half u(a, w, p); endmodule
    module half(input [7:0] a, w, output [15:0] p); assign p = a * w; endmodule" >"$dir/kept/$k/$k.v"
  echo "$k $k W=none module $k of $k.v" >"$dir/kept/$k/$k.def"
done
refuses "module half is in" rtl/mult/gen.sh wrapper one+two "$dir/gen"
exit "$failed"
