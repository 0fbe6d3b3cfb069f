#!/bin/bash
# Area and timing of the logic: RTL -> gates (Yosys) -> timing (OpenSTA) -> a table and a JSON file.
# usage: [LIB=osu018] [MULT=exact] [D=16] [W=8] [SEGS=4] [CLOCK_NS=..] [TOP=axflow] [PROTECT_NB=none] [PROTECT_KB=none] [PROTECT_REC=none] [MEM_TYPE=..] [MEM_VDD=..] [BUILD=build] [PDK_DIR=..] flow/synth.sh
# MEM_TYPE, MEM_VDD: device type and supply of the memories (axmem --help); default: the library's type, its nominal supply.
# MEM_VDD_NB, _KB, _NS, _KS, _PS, _PR: supply of the memories of one class (flow/memories.txt).
# PROTECT_NB, PROTECT_KB: protections of the buffers' words: none, parity, secded, msb1 .. msb7.
# PROTECT_REC: parameter records, none or vote (three copies of each word).
# TOP: a block of flow/blocks.txt, to look at it alone. CLOCK_NS: the period asked for; default: the library's.
# Results: BUILD/results/synth-LIB-MULT-dD-wW[-PROTECTION].txt, .json and -path.txt. What the numbers are not: flow/README.md.
# FLOW_CHECK=1: only looks at the settings.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make synth'
LIB=${LIB:-osu018} MULT=${MULT:-exact} D=${D:-16} W=${W:-8} TOP=${TOP:-axflow}
# Of NAME,LAYER=NAME,.. only which cores an element has matters: NAME+NAME..
MULT=$(rtl/mult/gen.sh names "$MULT")
. flow/common.sh
. flow/blocks.sh
flow_need yosys yosys
flow_need sta opensta
flow_base
begin=$(date +%s)

lib_find
wrapper=$flow_work/gen/$MULT
rtl/mult/gen.sh wrapper "$MULT" "$wrapper" || exit 1 # it has said why
mult_files=$wrapper/files.f
MULT_SIGNED=$(rtl/mult/gen.sh kind "$MULT")
if [ "$W" = 16 ]; then
  for name in ${MULT//+/ }; do
    case ,$(rtl/mult/gen.sh list "$name" | cut -d' ' -f3), in *,W=none,*) flow_die "multiplier '$name' has words of 8 bits, W is 16" ;; esac
  done
fi
blocks_values
case " ${block_list[*]} " in *" $TOP "*) ;; *) flow_die "TOP = $TOP is not a block; there are: ${block_list[*]}" ;; esac
CLOCK_NS=${CLOCK_NS:-$(lib_get clock_ns)}
[[ $CLOCK_NS =~ ^[0-9]+(\.[0-9]+)?$ ]] && awk "BEGIN { exit !($CLOCK_NS > 0) }" ||
  flow_die "CLOCK_NS = $CLOCK_NS is not a positive number of nanoseconds"
memory_tools
supplies=() shown=
for c in '' $(sed -n 's/^\([a-z]\+\) .*/\1/p' flow/memories.txt); do
  vdd=$(memory_vdd "$c")
  "$axmem" --table "${mem_options[@]}" ${vdd:+--vdd "$vdd"} 256x8 >/dev/null || exit 1
  supplies+=("$c=$vdd")
  [ -z "$vdd" ] || [ -z "$c" ] || shown+=" $c at $vdd V"
done
[ "${FLOW_CHECK:-}" != 1 ] || exit 0
lib_prepare
flow_tools
blocks_synth "$TOP" "$(awk "BEGIN { printf \"%d\", 1000 * $CLOCK_NS }")"

# Step: a NAND2 that drives four; its delay must be what the library's description expects.
do_fo4() {
  local k input
  input=$(awk -v cell="$(lib_get nand2)" '$1 == "module" { on = index($2, cell "(") == 1 || $2 == cell }
    on && $1 == "input" { sub(/;/, "", $2); list = list " " $2 } on && $1 == "output" { sub(/;/, "", $2); out = $2 }
    END { print list, out }' "$lib/outside.v")
  # shellcheck disable=SC2086 # a list of names
  set -- $input
  [ $# = 3 ] || flow_die "library $LIB: $(lib_get nand2) does not have two inputs and an output"
  {
    echo "module fo4(a, y);"
    echo "  input a; output y; wire n, m; wire [2:0] z;"
    echo "  $(lib_get nand2) u0 (.$1(a), .$2(1'b1), .$3(n));"
    echo "  $(lib_get nand2) u1 (.$1(n), .$2(1'b1), .$3(m));"
    for k in 0 1 2; do echo "  $(lib_get nand2) v$k (.$1(n), .$2(1'b1), .$3(z[$k]));"; done
    for k in 0 1 2; do echo "  $(lib_get nand2) x$k (.$1(m), .$2(1'b1), .$3());"; done
    echo "  $(lib_get nand2) u2 (.$1(m), .$2(1'b1), .$3(y));"
    echo "endmodule"
  } >"$OUT/fo4.v"
  FLOW_LIBS=$lib/lean.lib FLOW_NETLISTS=$OUT/fo4.v FLOW_OUT=$OUT flow_run "OpenSTA, units of $LIB" "$OUT/sta.log" \
    sta -no_splash -exit flow/fo4.tcl
  # The second gate: its input slew is that of a gate, too.
  awk '/ u1\// { print $1; exit }' "$OUT/fo4.txt" >"$OUT/fo4"
  awk -v range="$(lib_get fo4_ps)" '{ split(range, r, " "); ps = 1000 * $1; exit !(ps >= r[1] && ps <= r[2]) }' "$OUT/fo4" ||
    flow_die "library $LIB: a NAND2 driving four takes $(cat "$OUT/fo4") ns by OpenSTA, not $(lib_get fo4_ps) ps: units misread?"
}
step "sta units of $LIB" "$lib/lean.lib" "flow/libs/$LIB.lib.txt" flow/warnings.txt -- do_fo4
fo4=$(cat "$STEP/fo4")

# Step: the memories, each class at its supply: Liberty for the timing, a table for the report.
do_memories() { # do_memories CLASS=VDD.. -- OPTION..: of axmem
  local item class vdd sizes classes=()
  while [ "$1" != -- ]; do
    classes+=("$1")
    shift
  done
  shift
  : >"$OUT/memories"
  for item in "${classes[@]}"; do
    class=${item%%=*} vdd=${item#*=}
    mapfile -t sizes < <(cat "${macro_files[@]}" | sed -n "s/^\([0-9x]*\)${class:+_$class}\$/\1/p" | sort -u)
    [ ${#sizes[@]} -gt 0 ] || continue
    "$axmem" --liberty "$OUT/plain.lib" "$@" ${vdd:+--vdd "$vdd"} "${sizes[@]}" || exit 1
    sed "s/^library (axf_memories)/library (axf_memories_$class)/; s/^  cell (sram_\([0-9x]*\))/  cell (sram_\1${class:+_$class})/" \
      "$OUT/plain.lib" >"$OUT/macros-${class:-all}.lib"
    "$axmem" --table "$@" ${vdd:+--vdd "$vdd"} "${sizes[@]}" >"$OUT/plain" || exit 1
    sed "s/^\([0-9x]*\)/\1${class:+_$class}/" "$OUT/plain" >>"$OUT/memories"
  done
  rm -f "$OUT/plain" "$OUT/plain.lib"
  [ -n "$(ls "$OUT"/*.lib 2>/dev/null)" ] || { # a block without memories; OpenSTA wants thresholds of an empty library, too
    echo 'library (axf_memories) {'
    printf '  %s_threshold_pct_%s : 50;\n' input rise input fall output rise output fall
    printf '  slew_lower_threshold_pct_%s : 20; slew_upper_threshold_pct_%s : 80;\n' rise rise fall fall
    echo '}'
  } >"$OUT/macros-none.lib"
}

# Step: timing of the whole.
do_sta() {
  FLOW_LIBS="$lib/lean.lib $(printf '%s ' "$memories"/*.lib)" FLOW_NETLISTS="${netlists[*]}" FLOW_TOP=$TOP FLOW_CLOCK_NS=$CLOCK_NS \
    FLOW_OUT=$OUT flow_run OpenSTA "$OUT/sta.log" sta -no_splash -exit "$sta_script"
}
netlists=()
macro_files=()
for b in "${block_list[@]}"; do
  [ -n "${block_dir[$b]:-}" ] || continue
  netlists+=("${block_dir[$b]}/$b.v")
  macro_files+=("${block_dir[$b]}/macros")
done
step "mem ${mem_options[*]:2}$shown" flow/mem/tech.txt flow/memories.txt "$axmem" "${macro_files[@]}" -- do_memories "${supplies[@]}" -- "${mem_options[@]}"
memories=$STEP
sta_script=flow/sta.tcl sta_files=()
# A block without registers has no clock.
grep -q 'input.* clk_i;' "${block_dir[$TOP]}/stub.v" || sta_script=flow/sta_comb.tcl sta_files=(flow/sta_comb.tcl)
step "sta $TOP at $CLOCK_NS ns" "$lib/lean.lib" "flow/libs/$LIB.lib.txt" flow/warnings.txt "${sta_files[@]}" "${netlists[@]}" "$memories"/*.lib -- do_sta
timing=$STEP

result=$BUILD/results/synth-$LIB-$MULT-d$D-w$W$protect_name
[ "$TOP" = axflow ] || result+=-$TOP
mkdir -p "$BUILD/results"
trap 'rm -f "$result".*.$$' EXIT
awk -v top="$TOP" -v clock="$CLOCK_NS" -v nand2="$(lib_get nand2)" -v lib="$LIB" -v mult="$MULT" -v d="$D" -v w="$W" \
  -v node="$(lib_get node_nm)" -v voltage="$(lib_get voltage)" -v leakage="$(lib_get leakage)" -v fo4="$fo4" \
  -v mem="${mem_options[*]:4}" -v tools="$(yosys -V | cut -d' ' -f1-2), OpenSTA $(sta -version)" -v json="$result.json.$$" \
  -f flow/report.awk flow/blocks.txt "$lib/areas" "$lib/leakages" "$memories/memories" "${netlists[@]}" "$timing/endpoints" >"$result.txt.$$" ||
  flow_die "the results cannot be summed up"
mv "$result.json.$$" "$result.json"
mv "$result.txt.$$" "$result.txt"
cp "$timing/critical.txt" "$result-path.txt"
# For flow/power.sh: what the results were made of.
printf '%s\n' "memories $memories/memories" "library $lib_file" "${netlists[@]/#/netlist }" >"$result.files.$$"
mv "$result.files.$$" "$result.files"
flow_say "done" "$(($(date +%s) - begin)) s, ${flow_cached:-0} steps unchanged; $result.txt, .json, -path.txt"
cat "$result.txt"
