#!/bin/bash
# Tests the flow: one PE to gates, the cache, the equivalence of multipliers, planted faults, bad input.
# usage: [BUILD=build] [LIB=osu018] tests/flow/run.sh      from the top. A line a case, ending in PASS or FAIL; a case that
# cannot run for want of the library ends in SKIP, which is not a pass.
# SPDX-License-Identifier: Apache-2.0
set -u
top=${BUILD:-build}
export BUILD=$top/test/flow LC_ALL=C
export AXPOWER=$top/axpower AXF_MULT_DIR=$top/mult
export LIB=osu018
unset MULT D W CLOCK_NS TOP
work=$BUILD/work
suite=flow
. tests/verdict.inc
mkdir -p "$BUILD"
${MAKE:-make} -s BUILD="$top" build axpower multipliers-tables >"$BUILD/make.log" 2>&1 || { cat "$BUILD/make.log"; verdict 1 "axpower and the tables are built"; exit 1; }
for tool in yosys sta; do
  command -v $tool >/dev/null || { verdict 1 "$tool is installed (run ./setup)"; exit 1; }
done
rm -rf "$work" "$BUILD/flow" # what is measured is made here and now
mkdir -p "$work"

# Neither the package nor a mirror: one sentence, nothing else.
mkdir -p "$work/bin"
printf '#!/bin/sh\necho "no mirror" >&2\nexit 100\n' >"$work/bin/apt-get"
chmod +x "$work/bin/apt-get"
[ -d /usr/share/qflow/tech/osu018 ] ||
  refuses "needs the Debian package qflow-tech-osu018" env PATH="$(cd "$work/bin" && pwd):$PATH" BUILD="$work/bare" flow/synth.sh

# The buffers of fanout.c keep the function and the bound.
${CC:-gcc} -std=c11 -O1 -D_GNU_SOURCE -Wall -Wextra -o "$work/fanout" flow/fanout.c flow/netlist.c flow/table.c
verdict $? "fanout.c compiles"
printf 'module G(A, B, Y);\n  input A;\n  input B;\n  output Y;\n  assign Y = A ^ B;\nendmodule\nmodule BUF(A, Y);\n  input A;\n  output Y;\n  assign Y = A;\nendmodule\n' >"$work/cells.v"
awk 'BEGIN {
  print "module wide(a, b, y);\n  input a;\n  input [52:0] b;\n  output [52:0] y;"
  for (k = 0; k < 53; k++) printf "  G _%d_ (\n    .A(a),\n    .B(b[%d]),\n    .Y(y[%d])\n  );\n", k, k, k
  print "endmodule" }' >"$work/wide.v"
cat "$work/cells.v" "$work/wide.v" >"$work/gold.v"
echo "$work/gold.v" >"$work/gold.f"
"$work/fanout" -n 5 -b BUF:A:Y -o "$work/loads" "$work/cells.v" "$work/wide.v" >"$work/bounded.v"
verdict $? "fanout on 53 pins"
awk -F '[()]' '/^    \.[AB]\(/ { n[$2]++ } END { for (k in n) if (n[k] > 5) bad = 1; exit bad || length(n) < 60 }' "$work/bounded.v"
verdict $? "no net drives more than five pins"
grep -q '^wide a 0 [2-5]$' "$work/loads"
verdict $? "the load of the input is passed on"
flow/cec.sh "$work/gold.f" wide - "$work/cells.v" "$work/bounded.v" "$work/cec"
verdict $? "a buffered netlist is the one before"
sed '0,/\.B(b\[7\])/s//.B(b[8])/' "$work/bounded.v" >"$work/swapped.v"
refuses "RTL and netlist differ" flow/cec.sh "$work/gold.f" wide - "$work/cells.v" "$work/swapped.v" "$work/cec"

# A port that does not begin at bit 0: loads are counted from its lowest bit.
printf 'module m(a, y);\n  input [7:1] a;\n  output y;\n  G _1_ (\n    .A(a[7]),\n    .B(a[1]),\n    .Y(y)\n  );\nendmodule\n' >"$work/offset.v"
"$work/fanout" -n 5 -b BUF:A:Y -o "$work/loads" "$work/cells.v" "$work/offset.v" >"$work/bounded.v" && grep -q '^m a 6 1$' "$work/loads"
verdict $? "a port of bits 7 to 1"

# From here on the library is needed: from an earlier run, the package, or a mirror.
if [ -d "$top/pdk/qflow-tech-osu018" ] && [ ! -d "$BUILD/pdk/qflow-tech-osu018" ]; then
  mkdir -p "$BUILD/pdk" && cp -r "$top/pdk/qflow-tech-osu018" "$BUILD/pdk/"
fi
TOP=pe D=4 flow/synth.sh >"$work/exact" 2>&1
status=$?
if [ $status -ne 0 ] && grep -q 'needs the Debian package' "$work/exact"; then
  cat "$work/exact"
  echo "flow: everything that needs the library osu018 SKIP"
  exit $failed
fi
tail -n 3 "$work/exact"
verdict $status "one PE to gates"
grep -Eq '^SYNTH lib=osu018 mult=exact d=4 w=8 top=pe area_mm2=[0-9.]+ fmax_mhz=[1-4][0-9]{2}\.[0-9] power_mw=n/a energy_nj_per_inference=n/a PASS$' <(tail -n 1 "$work/exact") &&
  grep -Eq '^LOGIC logic_area_mm2=0\.0[23][0-9]* gates=1[0-9]{3}$' "$work/exact"
verdict $? "area and clock of the PE are of the right size"

# What is wrong is said before anything is synthesised.
steps=$(ls "$BUILD/flow/cache" | wc -l)
for setting in "MULT=exact,drum4:'drum4' stands for no layer" "MULT=,:MULT is ','" "MULT=nosuch:there is no multiplier 'nosuch'" "MEM_TYPE=fast:--type must be hp, lstp or lop, not 'fast'" "MEM_VDD=9:must be from 0.6 to 1.88 V" \
  "MEM_VDD_KB=low:--vdd must be a finite decimal number" "CLOCK_NS=0:CLOCK_NS = 0 is not" "D=5:D = 5 is not" "W=7:W = 7 is not" "SEGS=3:SEGS = 3 is not"; do
  refuses "${setting#*:}" env "${setting%%:*}" flow/synth.sh
done
for setting in "MHZ=fast:MHZ is 'fast'" "MHZ=0:MHZ is '0'" "EXT_PJ=-1:EXT_PJ is '-1'" "GLITCH_CYCLES=all:GLITCH_CYCLES is 'all'" "POWER_IMAGES=0:POWER_IMAGES is '0'" "MEM_VDD=9:1.88 V"; do
  refuses "${setting#*:}" env "${setting%%:*}" FLOW_CHECK=1 flow/power.sh
done
for setting in "TRAIN_EPOCHS=x:TRAIN_EPOCHS is 'x'" "LIB=nosuch:there is no library"; do
  refuses "${setting#*:}" env "${setting%%:*}" FLOW_CHECK=1 flow/pareto.sh exact
done
refuses "there is no unsigned multiplier 's_exact'" env FLOW_CHECK=1 flow/pareto.sh exact s_exact
for setting in "ROWS=$work/none:cannot read the rows" "POINTS=x:POINTS is 'x'" "LIB=nosuch:there is no library" "D=5:D is '5'"; do
  refuses "${setting#*:}" env "${setting%%:*}" flow/headline.sh
done
[ "$(ls "$BUILD/flow/cache" | wc -l)" = "$steps" ]
verdict $? "nothing was synthesised for them"

# Yosys counts the same area.
library=$(ls -d "$BUILD"/flow/cache/*/lean.lib)
area=0
for v in "$BUILD"/flow/cache/*/pe.v "$BUILD"/flow/cache/*/axf_mult.v; do
  a=$(yosys -Q -p "read_verilog $v; stat -liberty $library" | awk '/Chip area/ { print $NF }')
  area=$(awk "BEGIN { print $area + $a }")
done
awk -v area="$area" '$1 == "all" && $2 == "logic" { ok = area > 0 && $4 - area < 1 && area - $4 < 1 } END { exit !ok }' "$work/exact"
verdict $? "Yosys finds the same area ($area um2)"

begin=$(date +%s)
TOP=pe D=4 flow/synth.sh >"$work/again" 2>&1
grep -q ', 10 steps unchanged' "$work/again" && [ $(($(date +%s) - begin)) -lt 30 ] &&
  [ "$(grep -v '^  done' "$work/again")" = "$(grep -v -E '^  (done|lib|cc|mem|synth|bufs|sta) ' "$work/exact")" ]
verdict $? "a second run does nothing and says the same"

TOP=reduce D=4 flow/synth.sh >"$work/reduce" 2>&1 && grep -Eq '^SYNTH lib=osu018 mult=exact d=4 w=8 top=reduce .* fmax_mhz=[0-9.]+ .* PASS$' "$work/reduce"
verdict $? "a block without memories is timed alone"

# The first words of the results' lines that differ: of the table names, cells and areas; shares and paths follow from others.
results() { awk '/^  (done|lib|cc|mem|synth|bufs|sta) / { next } /^(multiplier|pe_logic|all logic|memories) / { $0 = substr($0, 1, 41) } { print }' "$1"; }
moved() { # moved FILE FILE
  awk -v all="$(results "$1" | wc -l)" 'FNR == NR { line[FNR] = $0; next }
    line[FNR] != $0 { printf "%s ", $1 == "1" ? $3 : $1 }
    END { if (FNR != all) print "lines come or go" }' <(results "$1") <(results "$2")
}
MULT=drum4 TOP=pe D=4 flow/synth.sh >"$work/drum4" 2>&1
[ "$(moved "$work/exact" "$work/drum4")" = "multiplier all LOGIC SYNTH " ] && ! grep -q "^  synth  pe " "$work/drum4"
verdict $? "another multiplier moves its line and the sums, and nothing else is synthesised: $(moved "$work/exact" "$work/drum4")"

# The memories are asked for anew when their devices or their supply change.
MEM_TYPE=hp MEM_VDD=1.2 TOP=pe D=4 flow/synth.sh >"$work/low" 2>&1
MEM_TYPE=lstp TOP=pe D=4 flow/synth.sh >"$work/lstp" 2>&1
leak() { sed -n 's/.*x 256x8_ns .*leakage \([^ ]*\) uW each.*/\1/p' "$1"; }
awk -v a="$(leak "$work/exact")" -v b="$(leak "$work/low")" -v c="$(leak "$work/lstp")" 'BEGIN { exit !(c > 0 && c < b && b < a) }'
verdict $? "memories leak less at a lower supply and as lstp: $(leak "$work/exact"), $(leak "$work/low"), $(leak "$work/lstp") uW"

# One memory's supply moves that memory's lines and no other; the level shifters at its outputs are counted.
MEM_VDD_KS=1.2 TOP=pe D=4 flow/synth.sh >"$work/ks" 2>&1
grep -q 'x 256x8_ks .* at 1.2 V;' "$work/ks" && grep -q 'level shifters, the logic being at 1.8 V: 16,' "$work/ks" &&
  [ "$(moved "$work/exact" "$work/ks")" = "256x8_ks memories SYNTH " ] && [ "$(leak "$work/ks")" = "$(leak "$work/exact")" ]
verdict $? "the supply of the kernel stores moves their line, the leakage of all and the clock: $(moved "$work/exact" "$work/ks")"
# A slow memory sets the clock, alone (cycle) and with the logic behind it (access).
MEM_VDD_KS=0.65 TOP=pe D=4 flow/synth.sh >"$work/slow" 2>&1
cycle=$(sed -n 's/.*x 256x8_ks .*cycle \([^ ]*\) ns.*/\1/p' "$work/slow") fmax=$(sed -n 's/.*fmax_mhz=\([^ ]*\) .*/\1/p' "$work/slow")
awk -v c="$cycle" -v f="$fmax" 'BEGIN { exit !(c > 5 && f > 50 && f <= 1000 / c) }'
verdict $? "the clock follows the slowest memory, whose cycle is $cycle ns: $fmax MHz"

# A message that nobody has explained.
printf 'all is well\nWarning: something odd in block x\n' >"$work/log"
check_log() { bash -c 'flow_name=flow; . flow/common.sh; flow_check_log "$1" Yosys' - "$1"; }
refuses "does not explain: Warning: something odd in block x" check_log "$work/log"
sed -i 's/Warning: something.*/Warning: Replacing memory \\node with list of registers. See x.v:17/' "$work/log"
check_log "$work/log"
verdict $? "an explained warning is let through"
# A parameter that blocks.txt has wrong must be noticed where the block is used.
printf 'module m;\n  pe #(\n    .W(32'"'"'b00000000000000000000000000001000)\n  ) u_pe (\n    .clk_i(c)\n  );\nendmodule\n' >"$work/param.v"
awk -v expect='pe W=8' -v macros="$work/macros" -f flow/netlist.awk "$work/param.v" >/dev/null
verdict $? "the right parameter is accepted"
refuses "synthesised with 16" awk -v expect='pe W=16' -v macros="$work/macros" -f flow/netlist.awk "$work/param.v"

# Proofs, and a planted fault: one input of one cell tied to 0.
flow/equiv.sh exact drum4 trunc4 2>"$work/said"
status=$?
[ $status = 0 ] || cat "$work/said"
found=0 good=
for name in exact drum4 trunc4; do
  for v in "$BUILD"/flow/cache/*/axf_mult.v; do
    flow/cec.sh "$BUILD/flow/gen/$name/files.f" axf_mult W=8 "${library%/*}/cells.v" "$v" "$work/cec" 2>/dev/null && found=$((found + 1)) && good=$v
  done
done
[ $found = 3 ]
verdict $? "each of three netlists is one multiplier and no other"
sed '0,/^    \.A(/s/^    \.A([^)]*)/    .A(1'"'"'b0)/' "$good" >"$work/faulty.v"
cmp -s "$good" "$work/faulty.v"
verdict $(($? == 1 ? 0 : 1)) "a fault is planted"
refuses "RTL and netlist differ" flow/cec.sh "$BUILD/flow/gen/trunc4/files.f" axf_mult W=8 "${library%/*}/cells.v" "$work/faulty.v" "$work/cec"
# The table that the C model uses, against the netlist: a fault of either is found.
liberty=$(find "$BUILD/pdk/qflow-tech-osu018" /usr/share/qflow -name osu018_stdcells.lib 2>/dev/null | head -n 1)
flow/table_pins.sh "$AXF_MULT_DIR/trunc4.axt" >"$work/table.pins"
replay() { "$AXPOWER" --lib "$liberty" --no-leakage --top axf_mult --mhz 1 --pins "$work/table.pins" "$1" | grep "^replay:"; }
replay "$good" | grep -q "1048576 output bits compared, 0 wrong"
verdict $? "the table is the netlist"
replay "$work/faulty.v" | grep -q " [1-9][0-9]* wrong, first p\["
verdict $? "the netlist with the fault is not"
mkdir -p "$work/tables"
{ head -c -3 "$AXF_MULT_DIR/trunc4.axt" && printf "\001" && tail -c 2 "$AXF_MULT_DIR/trunc4.axt"; } >"$work/tables/trunc4.axt"
refuses "its table and the netlist differ: replay: 65536 cycles" env AXF_MULT_DIR="$work/tables" flow/equiv.sh trunc4
refuses "no table of 65,536 products" flow/table_pins.sh tests/flow/run.sh
echo 'module mine(input [7:0] a, w, output [15:0] p); wire [15:0] f = a * w; assign p = {f[15:3], 3'"'b0}; endmodule" >"$work/mine.v"
AXF_USER_MULT_DIR=$work/user "$top/axflow" multiplier add "$work/mine.v" >"$work/log" 2>&1 || cat "$work/log"
AXF_USER_MULT_DIR=$work/user flow/equiv.sh mine K1 >"$work/equiv"
[ "$(grep -c ' seconds=[0-9.]* PASS$' "$work/equiv")" = 4 ] && grep -q 'mult_mine .*table_exhaustive' "$work/equiv"
verdict $? "multipliers of one's own and presets are proved, and their tables compared"
refuses "there is no multiplier or block 'nosuch' to prove; there are: exact " flow/equiv.sh nosuch
exit $failed
