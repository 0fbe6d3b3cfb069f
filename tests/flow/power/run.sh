#!/bin/bash
# Tests axpower: a netlist of three cells and a memory whose energy is added up by hand, planted faults, bad input; and
# OpenSTA on the same activity.
# usage: [BUILD=build] tests/flow/power/run.sh      from the top. A line a case, ending in PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
top=${BUILD:-build}
export BUILD=$top LC_ALL=C
here=tests/flow/power work=$top/test/flow-power
mkdir -p "$work"
${MAKE:-make} -s BUILD="$top" axpower >"$work/make.log" 2>&1 || { cat "$work/make.log"; echo "flow/power: axpower is built FAIL"; exit 1; }
axpower=$top/axpower
suite=flow/power
. tests/verdict.inc
# The bytes of records like 00100, a digit a field.
bytes() {
  local r
  # shellcheck disable=SC2059 # bytes
  for r in "$@"; do printf "$(sed 's/./\\x0&/g' <<<"$r")"; done
}

# tiny.v: q <= y = !a ^ b. Cycle 0 is not counted; of 1 to 5: y falls, rises, falls, rises, falls; q follows a cycle later.
pins() {
  printf 'i a_i 1\ni b_i 1\no y_o 1\no q_o 1\no running 1\nend\n'
  bytes "$@"
}
pins 00100 01011 11101 10011 00101 01011 00110 >"$work/tiny.pins" # a b y q running
tiny=$here/tiny.v
run() { "$axpower" --lib $here/tiny.lib --top tiny --mhz 100 --pins "$work/tiny.pins" "$@"; }
run --json "$work/tiny.json" --annotate "$work/sub" --block tiny $tiny >"$work/tiny.txt"
verdict $? "the replay of five cycles"
figure() { awk -F'[:,]' -v key="\"$1\"" '{ gsub(/ /, "", $1) } $1 == key { v = $2 } END { print v + 0 }' "$work/tiny.json"; }
near() { # near KEY VALUE TEXT
  awk -v a="$(figure "$1")" -v b="$2" 'BEGIN { e = a / b - 1; exit !(e < 1e-5 && e > -1e-5) }'
  verdict $? "by hand: $3 = $2, here $(figure "$1")"
}
near net_nj 3.5e-6 "nets, 2 + 5 toggles of 1 fF at 1 V"
# INV 1 + 3; XOR: b rises at !a = 1: a fall of 13 (second point of its table), a rises at b = 1: 7, b falls at !a = 0: 10, a falls
# at b = 0: 5, b rises at !a = 1: 13; q 3 x 13 + 2 x 14
near internal_nj 119e-6 "internal, 4 + 48 + 67 fJ"
near clock_nj 45e-6 "clock, 5 x (2 + 3 + 4) fJ"
# INV: a is 0 in three of five cycles: (3 x 30 + 2 x 10) / 5; XOR 5 and DFF 100 have no states
near leakage_uw 0.127 "leakage, 22 + 5 + 100 nW"
near energy_nj_per_inference 173.85e-6 "all, with 50 ns of leakage"
near cycles_per_inference 5 "cycles"
run --pins "$work/tiny.pins" --json "$work/tiny.json" $tiny >/dev/null
# From the end of the first to the begin of the second the netlist is reset: nothing of that counts.
near energy_nj_per_inference 173.85e-6 "the mean of two inferences"
cmp -s <(run $tiny) <(run $tiny)
verdict $? "the same bytes again"

# What differs from the RTL is noticed: in the log, in the netlist.
pins 00100 01011 11101 10001 00101 >"$work/wrong.pins"
"$axpower" --lib $here/tiny.lib --top tiny --pins "$work/wrong.pins" $tiny >"$work/wrong.txt"
[ $? -eq 1 ] && grep -q '1 wrong, first q_o\[0\] in cycle 3: RTL 0, netlist 1' "$work/wrong.txt"
verdict $? "a wrong bit of the log is named"
sed 's/\.B(x_i\[1\])/.B(x_i[0])/' $tiny >"$work/fault.v"
"$axpower" --lib $here/tiny.lib --top tiny --pins "$work/tiny.pins" "$work/fault.v" >/dev/null 2>&1
[ $? -eq 1 ]
verdict $? "a fault of the netlist is noticed"

# memory.v: a read gives the old word and holds it. Seven counted cycles: 2 writes, 4 reads (one cycle does both), 2 idle.
{
  printf 'i we_i 1\ni re_i 1\ni a_i 2\ni d_i 2\no r_o 2\no running 1\nend\n'
  bytes 101300 101301 111201 011031 011021 000021 010021 000001
} >"$work/memory.pins"
echo "4x2 100 1 1 7 11 0.5 2 1" >"$work/memories" # um2, ns, ns, read 7 pJ, write 11 pJ, idle 0.5 pJ, 2 uW, 1 V
memory=(--lib $here/tiny.lib --top tiny --mhz 100 --pins "$work/memory.pins" --memories "$work/memories" $here/memory.v)
"$axpower" --json "$work/tiny.json" "${memory[@]}" >"$work/memory.txt"
verdict $? "a memory gives the old word and holds it"
near memory_nj 0.05114 "memory, 2 x 11 + 4 x 7 + 2 x 0.5 pJ + 70 ns x 2 uW"
# At half the logic's supply: two level shifters at its outputs, of four INV each (2 fF); the outputs toggle four times.
sed 's/ 1$/ 0.5/' "$work/memories" >"$work/low"
low=("${memory[@]/"$work/memories"/"$work/low"}")
"$axpower" --json "$work/tiny.json" --shifter INV --no-leakage "${low[@]}" >/dev/null
near level_shifters 2 "level shifters at the outputs"
near level_shifter_nj 16e-6 "level shifters, 4 toggles of 4 x 2 fF at 1 V"
"$axpower" --json "$work/tiny.json" --shifter INV --no-leakage "${memory[@]}" >/dev/null
[ "$(figure level_shifters)" = 0 ]
verdict $? "none at the same supply"
# What one memory takes moves its lines and the sums, and nothing of the logic.
"$axpower" --json "$work/a.json" "${memory[@]}" >/dev/null
"$axpower" --json "$work/b.json" "${low[@]}" >/dev/null
diff "$work/a.json" "$work/b.json" | sed -n 's/^[<>] *"\([a-z_]*\)".*/\1/p' | sort -u | tr '\n' ' ' | grep -qx 'vdd '
verdict $? "another supply with the same energies: the line of the supply alone"
sed 's/ 7 11 / 5 11 /' "$work/memories" >"$work/cheap"
"$axpower" --json "$work/b.json" "${memory[@]/"$work/memories"/"$work/cheap"}" >/dev/null
diff "$work/a.json" "$work/b.json" | sed -n 's/^[<>] *"\([a-z_]*\)".*/\1/p' | sort -u | tr '\n' ' ' |
  grep -qx 'energy_nj_per_inference memory_nj power_mw read_pj '
verdict $? "cheaper reads: the memory's line and the sums, no block of logic"
sed -i 's/^4x2/8x2/' "$work/memories"
refuses "no line for a memory 4x2" "$axpower" "${memory[@]}"

# glitch.v with the delays of glitch.sdf: q rises after 50 ps and falls after 60, twice each. y, 1 when all is settled: A rises at 50 with
# B = 1, so it falls at 95; B falls at 120 with A = 1, it rises at 155. A falls at 60 with B = 0: 115; B rises at 140 with A = 0: 200.
# z falls at 50 + 15 = 65 and rises at 70 + 35; q's fall would move it at 115, but from 90 on it is not to any more: it stands still.
{
  printf 'i d_i 1\no y_o 1\no z_o 1\no running 1\nend\n'
  bytes 1010 0111 1111 0111 0111 0111
} >"$work/glitch.pins"
glitch() { # glitch SDF
  "$axpower" --lib $here/tiny.lib --top glitch --mhz 100 --pins "$work/glitch.pins" --sdf "$1" --json "$work/tiny.json" $here/glitch.v
}
glitch $here/glitch.sdf >"$work/glitch.txt"
verdict $? "a replay with delays ends where the one without does"
near glitch_nj 110e-6 "glitches: 8 toggles of 1 fF, 4 fJ; internal twice 8 + 12, 6 + 9, and of z 8 + 10 fJ"
near glitch_last_toggle_ns 0.2 "the last of them"
near toggles_with_delays 29 "toggles: q 4, inverters 12, y 8, z 4, y_o 1"
near toggles_without_delays 17 "without delays"
near energy_nj_per_inference 214.6e-6 "glitches are in no sum"
gzip -c $here/glitch.sdf >"$work/glitch.sdf.gz"
glitch "$work/glitch.sdf.gz" | cmp -s - "$work/glitch.txt"
verdict $? "the same from a packed file"
sed -E "s/\(COND .*(\(IOPATH.*\))\)\$/\1/" $here/glitch.sdf >"$work/glitch.sdf"
glitch "$work/glitch.sdf" >/dev/null
near toggles_with_delays 25 "without conditions the longest delay holds, z stands still: toggles"
near glitch_last_toggle_ns 0.2 "the last of them"
if command -v iverilog >/dev/null; then # with a triplet or none, the delays of the last line: those above
  iverilog -gspecify -Ttyp -o "$work/glitch.vvp" $here/glitch_bench.v $here/glitch.v && (cd "$work" && vvp -n glitch.vvp >icarus.txt)
  for k in 1 2; do printf 'y 0 105\ny 1 180\ny 0 115\ny 1 200\n'; done | cmp -s - "$work/icarus.txt"
  verdict $? "Icarus Verilog sees the same 8 toggles of y, the last 200 ps after its edge, and none of z"
fi
wrong_sdf() { # wrong_sdf TEXT SED-SCRIPT
  sed "$2" $here/glitch.sdf >"$work/bad.sdf"
  refuses "$1" glitch "$work/bad.sdf"
}
refuses "cannot read the delays" glitch "$work/nosuch.sdf"
wrong_sdf "bad.sdf:7: the netlist has no instance bb" 's/INSTANCE b/&b/'
wrong_sdf "no delay of cell b (INV) of a glitch" '/INSTANCE b/d'
wrong_sdf "bad.sdf:10: cell XOR has no way from C to Y" '10s/IOPATH A/IOPATH C/'
wrong_sdf "bad.sdf:6: a is a INV, not a XOR" '6s/INV/XOR/'
wrong_sdf "bad.sdf:1: the time scale" 's/1ps/1 year/'
wrong_sdf "bad.sdf:12: the expression" '12s/A ==/Q ==/'
wrong_sdf "bad.sdf:1: not SDF" 's/DELAYFILE/LIBRARY/'
wrong_sdf "the file ends inside a group" '$d'

# OpenSTA on the same activity, 3.5 + 140.25 fJ in 50 ns. Internal, means of the tables: INV 2 x 2, XOR at 1 fF
# 5 x (5 + 7 + 9 + 12 + 6 + 8 + 10 + 13) / 8, DFF 5 x 13.5, and 5 clock cycles of 5.
if command -v sta >/dev/null; then
  FLOW_BASE=$work/sub FLOW_LIB='' FLOW_MHZ=100 FLOW_OUT=$work/sta.txt sta -no_splash -exit flow/power/sta.tcl >"$work/sta.log" 2>&1
  awk '$NF ~ /^c[0-9]+$/ { i += $1; s += $2; l += $3 } END { printf "%.6g %.6g %.6g", i * 1e9, s * 1e9, l * 1e9; exit !(s > 0) }' \
    "$work/sta.txt" >"$work/sta.sums"
  verdict $? "OpenSTA reads the block"
  read -r internal nets leakage <"$work/sta.sums" # nW: fJ / 50 ns = 20 nW
  awk -v v="$nets" 'BEGIN { exit !(v > 69.9 && v < 70.1) }'
  verdict $? "OpenSTA's nets: 3.5 fJ in 50 ns = 70 nW, $nets"
  awk -v v="$internal" 'BEGIN { w = 140.25 * 20; exit !(v > 0.97 * w && v < 1.03 * w) }'
  verdict $? "OpenSTA's internal power: 140.25 fJ in 50 ns = 2805 nW, $internal"
  awk -v v="$leakage" 'BEGIN { exit !(v > 1103.9 && v < 1104.1) }'
  verdict $? "OpenSTA's leakage, which knows no states: 1104 nW, $leakage"
fi


# Coefficients for the compiler from results made up: 400 multiplications, 1000 cycles of 4 x 4 elements. Stores: reads of 1 and 0.5 pJ,
# writes 100 x 3 + 300 x 2; buffers 30 x 2 + 10 x 4 + 60 x 1 and 50 for upper bits, over 100 accesses; the accesses are 1.73 of 81.73 nJ.
{
  printf '{\n  "clock_mhz": 100,\n  "inferences": 1,\n  "cycles_per_inference": 1000,\n  "blocks": [{\n'
  for b in pe 'all logic'; do
    printf '      "block": "%s",\n      "net_nj": 100,\n      "internal_nj": 60,\n      "clock_nj": 300,\n      "leakage_uw": 9,\n      "leakage_nj": 20,\n      "glitch_net_nj": 7\n    }, {\n' "$b"
  done
  printf '    }],\n  "memories": [{\n'
  while read -r size reads writes r w; do
    printf '      "size": "4x8_%s",\n      "block": "pe",\n      "reads": %s,\n      "writes": %s,\n      "read_pj": %s,\n      "write_pj": %s,\n      "leakage_uw": 5\n    }, {\n' \
      "$size" "$reads" "$writes" "$r" "$w"
  done <<<$'ns 400 100 1 3\nks 400 300 0.5 2\nnb 30 10 2 4\nkb 60 0 1 9\nsafe 40 10 1 1\nps 1 3 2 6'
  printf '    }],\n  "memory_nj": 81.73,\n  "macs_per_inference": 400,\n  "energy_nj_per_inference": 561.73\n}\n'
} >"$work/made.json"
coefficients() { flow/energy.sh print "$1" tiny exact 4 8 20.3 made 2026-11-25; }
coefficients "$work/made.json" >"$work/energy.txt"
grep -v '^#' "$work/energy.txt" | tr '\n' ' ' | grep -qx 'mac 401.5 store_write 2.25 buffer 2.1 psum 5 ext_byte 162.4 element_cycle 25 '
verdict $? "energy coefficients by hand"
flow/energy.sh check
verdict $? "those of sw/compile/energy.txt are what the committed results say"
sed 's/^buffer .*/buffer 1.41/' sw/compile/energy.txt >"$work/stale.txt"
refuses "is not what flow/results/power-nangate45-exact-d16-lenet-mnist.json says" env ENERGY_FILE="$work/stale.txt" flow/energy.sh check
grep -v _ns "$work/made.json" >"$work/half.json"
refuses "not those of an inference" coefficients "$work/half.json"
if [ -x "$top/axflow" ]; then
  "$top/axflow" compile --model sw/models/lenet-mnist.axm --d 4 --objective energy --energy "$work/energy.txt" >/dev/null
  verdict $? "the compiler takes the file"
fi
common=(--lib $here/tiny.lib --top tiny --pins "$work/tiny.pins")
bad() { # bad TEXT SED-SCRIPT: the netlist so changed is refused
  sed "$2" $tiny >"$work/bad.v"
  refuses "$1" "$axpower" "${common[@]}" "$work/bad.v"
}
refuses "--lib, --pins and netlists are needed" "$axpower" --lib $here/tiny.lib
refuses "there is no module nosuch" "$axpower" --lib $here/tiny.lib --top nosuch --pins "$work/tiny.pins" $tiny
bad "LATCH _2_ is neither a module nor a cell" 's/DFF _2_/LATCH _2_/'
bad "bad.v:" 's/assign y_o = .*/assign y_o = a_i b_i;/'
bad "the module sub does not end" '/^endmodule/,$d'
bad "combinational loop" 's/\.A(late)/.A(y_o)/'
bad "another driver" 's/    \.Y(y_o)/    .Y(late)/'
sed 's/i a_i 1/i c_i 1/' "$work/tiny.pins" >"$work/bad.pins"
refuses "no port c_i of 1 bits" "$axpower" --lib $here/tiny.lib --top tiny --pins "$work/bad.pins" $tiny
echo nothing >"$work/bad.pins"
refuses "not a pin log" "$axpower" --lib $here/tiny.lib --top tiny --pins "$work/bad.pins" $tiny
sed "s/A'/A'+C/" $here/tiny.lib >"$work/bad.lib"
refuses "names C, which is no pin" "$axpower" --lib "$work/bad.lib" --top tiny --pins "$work/tiny.pins" $tiny
head -n 20 $here/tiny.lib >"$work/bad.lib"
refuses "bad.lib" "$axpower" --lib "$work/bad.lib" --top tiny --pins "$work/tiny.pins" $tiny
exit $failed
