#!/bin/bash
# Tests the memory model: against CACTI 7's results (cacti.txt), a measured gate, published silicon; its Liberty; bad input.
# usage: [BUILD=build] tests/flow/mem/run.sh      from the top. A line a case, ending in PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
top=${BUILD:-build}
export BUILD=$top LC_ALL=C
here=tests/flow/mem work=$top/test/flow-mem
mkdir -p "$work"
${MAKE:-make} -s BUILD="$top" axmem >"$work/make.log" 2>&1 || { cat "$work/make.log"; echo "flow/mem: axmem is built FAIL"; exit 1; }
axmem=$top/axmem
suite=flow/mem
. tests/verdict.inc
figure() { # figure KEY ARGUMENT..
  local key=$1
  shift
  "$axmem" --json "$@" | awk -F'[:,]' -v key="\"$key\"" '{ gsub(/ /, "", $1) } $1 == key { print $2 + 0 }'
}

# Every figure of CACTI 7 within 15 %, at its objective.
while read -r node type bytes rest; do
  [[ $node == [0-9]* ]] || continue
  for item in $rest; do
    key=${item%=*} temp=300
    [ "$key" = leak360_mw ] && key=leak_mw temp=360
    got=$(figure "$key" --bytes "$bytes" --bits 128 --node "$node" --type "$type" --objective area --temp $temp)
    awk -v a="$got" -v b="${item#*=}" 'BEGIN { e = a / b - 1; exit !(e < 0.15 && e > -0.15) }'
    verdict $? "CACTI 7: $node nm $type $bytes bytes $item, here $got"
  done
done <"$here/cacti.txt"

# The law of the supply against a measured gate.
${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Isw -Iflow/mem $here/test_law.c flow/mem/tech.c flow/mem/process.c \
  sw/core/*.c -lz -lpthread -lm -o "$work/test_law"
verdict $? "test_law.c compiles"
"$work/test_law" flow/mem/tech.txt || failed=1

# Power at the highest clock of a supply: read energy / cycle + leakage.
power() { # power TYPE VDD
  local common=(--bytes 65536 --bits 128 --node 65 --type "$1" --vdd "$2")
  awk -v e="$(figure read_pj "${common[@]}")" -v c="$(figure cycle_ns "${common[@]}")" -v l="$(figure leak_mw "${common[@]}")" 'BEGIN { print e / c + l }'
}
ratio() { awk -v a="$1" -v b="$2" -v low="$3" -v high="$4" 'BEGIN { r = a / b; printf "%.2f", r; exit !(r >= low && r <= high) }'; }
nominal=$(power lop 1.0)
r=$(ratio "$nominal" "$(power lop 0.55)" 6 11)
verdict $? "65 nm silicon, 1.0 to 0.55 V: more than 8 times less power; lop $r"
r=$(ratio "$nominal" "$(power lop 0.5)" 8 15)
verdict $? "65 nm silicon, 1.0 to 0.50 V: more than 10 times less power; lop $r"
r=$(ratio "$(power lop 0.48)" "$(power lop 0.8)" 0.12 0.19)
verdict $? "a supply 40 % lower: 85 % less power (Wilkerson 2008); lop is left with $r"
a=$(figure read_pj --bytes 4096 --bits 64 --node 16 --type lop --vdd 0.45)
r=$(ratio "$a" "$(figure read_pj --bytes 4096 --bits 64 --node 16 --type lop --vdd 0.6)" 0.5 0.63)
verdict $? "energy follows the square of the supply (14 nm array): 0.75 of it leaves $r"
big=(--bytes 65536 --bits 128 --type hp --objective area) # where the bitlines take most
r=$(ratio "$(figure read_pj "${big[@]}" --vdd 0.55)" "$(figure read_pj "${big[@]}" --vdd 1.1)" 0.24 0.26)
verdict $? "the swing of the bitlines follows the supply: half of it leaves $r"
for type in hp lop lstp; do # everything falls with the supply but time
  low=$(figure leak_mw --bytes 1024 --bits 8 --type $type --vdd 0.6) high=$(figure leak_mw --bytes 1024 --bits 8 --type $type --vdd 0.8)
  fast=$(figure access_ns --bytes 1024 --bits 8 --type $type --vdd 0.8) slow=$(figure access_ns --bytes 1024 --bits 8 --type $type --vdd 0.6)
  gated=$(figure retain_mw --bytes 1024 --bits 8 --type $type --vdd 0.8) off=$(figure off_mw --bytes 1024 --bits 8 --type $type --vdd 0.8)
  awk -v a="$low" -v b="$high" -v c="$fast" -v d="$slow" -v e="$gated" -v f="$off" 'BEGIN { exit !(a < b && c < d && f < e && e < b && f > 0) }'
  verdict $? "$type: a lower supply leaks less and is slower; gating saves"
done

# Silicon-proven macros of a 130 nm library, which no constant was fitted to: areas (IHP Open PDK, 5cccb161).
for row in 256x16:28127 256x8:17547 4096x16:257609; do
  size=${row%:*}
  r=$(ratio "$(figure area_um2 --words "${size%x*}" --bits "${size#*x}" --node 130 --type hp)" "${row#*:}" 0.8 1.25)
  verdict $? "area of a 130 nm macro $size: $r of the library's"
done

# Every node, type and size gives sane figures; what is extrapolated says so.
bad=0 silent=0
for node in 180 130 90 65 45 32 28 22 16 14 10 7; do
  for type in hp lop lstp; do
    for size in 16x8 128x8 256x8 1024x64 16384x128; do
      "$axmem" --json --words "${size%x*}" --bits "${size#*x}" --node $node --type $type >"$work/one.json" || bad=1
      grep -qiE 'nan|inf[^o]|: -' "$work/one.json" && bad=1
      case $size:$node in 256x8:* | *:16 | *:14 | *:10 | *:7) grep -q 'extrapolated' "$work/one.json" || silent=1 ;; esac
    done
  done
done
verdict $bad "180 sizes, types and nodes have figures"
verdict $silent "what is extrapolated says so"
a=$(figure area_um2 --bytes 8192 --bits 8 --ports 1r1w) b=$(figure area_um2 --bytes 8192 --bits 8) c=$(figure area_um2 --bytes 8192 --bits 8 --ports 2rw)
awk -v a="$a" -v b="$b" -v c="$c" 'BEGIN { exit !(b < a && a < c) }'
verdict $? "ports cost area: 1rw $b, 1r1w $a, 2rw $c um2"

# Liberty at two supplies, read by both tools.
for v in 1.1 0.7; do
  "$axmem" --liberty "$work/mem$v.lib" --node 45 --type lstp --vdd $v --ports 1r1w 256x8 64x32
  verdict $? "Liberty at $v V"
  if command -v yosys >/dev/null; then
    yosys -Q -q -p "read_liberty -lib $work/mem$v.lib; select -assert-count 16 =A:blackbox" >"$work/yosys.log" 2>&1
    verdict $? "Yosys reads it"
  fi
done
if command -v sta >/dev/null; then
  cat >"$work/top.v" <<'END2'
module top(clk, re, ra, q);
  input clk; input re; input [7:0] ra; output [7:0] q;
  sram_256x8 u(.clk_i(clk), .supply_i(8'd0), .we_i(1'b0), .waddr_i(8'd0), .wdata_i(8'd0), .re_i(re), .raddr_i(ra), .rdata_o(q));
endmodule
END2
  cat >"$work/sta.tcl" <<END2
read_liberty $work/mem1.1.lib
read_verilog $work/top.v
link_design top
set_cmd_units -time ns -capacitance pF
create_clock -name clk -period 10 [get_ports clk]
set_input_delay 0 -clock clk [get_ports {re ra[0] ra[1] ra[2] ra[3] ra[4] ra[5] ra[6] ra[7]}]
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format end -digits 5
END2
  sta -no_splash -exit "$work/sta.tcl" >"$work/sta.log" 2>&1
  want=$(figure access_ns --words 256 --bits 8 --node 45 --type lstp --vdd 1.1 --ports 1r1w)
  awk -v want="$want" '/MET|q\[/ { for (k = 1; k <= NF; k++) if ($k ~ /^[0-9.]+$/ && $k > 0) slack = $k } END { d = 10 - slack; exit !(d > want - 0.001 && d < want + 0.001) }' "$work/sta.log" &&
    ! grep -qi warning "$work/sta.log"
  verdict $? "OpenSTA reads it: the output comes after the access time of $want ns"
fi
cmp -s <("$axmem" --json --bytes 256 --bits 8) <("$axmem" --json --bytes 256 --bits 8)
verdict $? "the same question, the same bytes"

refuses "the node must be from 7 to 180" "$axmem" --bytes 1024 --bits 8 --node 5
refuses "--type must be hp, lstp or lop, not 'fast'" "$axmem" --bytes 1024 --bits 8 --type fast
refuses "0.4 to 1.25 of nominal" "$axmem" --bytes 1024 --bits 8 --vdd 0.2
refuses "from 300 to 400 K" "$axmem" --bytes 1024 --bits 8 --temp 500
refuses "at most 16 MB" "$axmem" --bytes 100000000 --bits 8
refuses "--bits and one of" "$axmem" --bits 8
refuses "unknown option" "$axmem" --colour
refuses "no size like 256x8" "$axmem" --liberty "$work/none.lib" 12by8
[ ! -e "$work/none.lib" ]
verdict $? "no Liberty is left after an error"
sed 's/^fit write .*/fit write value=1/' flow/mem/tech.txt >"$work/tech.txt"
refuses "a constant without a known source" "$axmem" --bytes 1024 --bits 8 --tech "$work/tech.txt"
grep -v '^fit write ' flow/mem/tech.txt >"$work/tech.txt"
refuses 'there is no line `fit write`' "$axmem" --bytes 1024 --bits 8 --tech "$work/tech.txt"
# A planted fault: a bitline of half the capacitance is noticed.
sed 's/^fit bitline .*/fit bitline value=0.75 source=fit/' flow/mem/tech.txt >"$work/tech.txt"
r=$(figure read_pj --bytes 65536 --bits 128 --type hp --objective area --tech "$work/tech.txt")
awk -v r="$r" 'BEGIN { exit !(r < 48.7 * 0.85) }'
verdict $? "half the bitline would leave CACTI's figures"
exit $failed
