#!/bin/bash
# Energy of an inference on the synthesised accelerator: real inferences on the RTL are recorded at its pins and replayed on
# the netlist, cell by cell; every memory by its counted accesses. Then a second opinion on the PE by OpenSTA.
# usage: MODEL=FILE.axm DATA=NAME AXSIM_PINS=PROGRAM AXPOWER=PROGRAM [NET=..] [LIB=..] [MULT=..] [D=..] [W=8] [MHZ=..]
#        [POWER_IMAGES=1] [EXT_PJ=20.3] [GLITCH_CYCLES=1000] flow/power.sh        called by `make power`; settings of flow/synth.sh hold too
# MHZ: the clock (default: the fastest of make synth, rounded down). GLITCH_CYCLES: cycles replayed with delays, 0: none.
# Results: BUILD/results/power-*, and energy-*.txt for the compiler. See docs/power.md.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make power'
LIB=${LIB:-osu018} MULT=${MULT:-exact} D=${D:-16} W=${W:-8} NET=${NET:-lenet}
POWER_IMAGES=${POWER_IMAGES:-1} EXT_PJ=${EXT_PJ:-20.3} GLITCH_CYCLES=${GLITCH_CYCLES:-1000}
export LIB MULT D W
. flow/common.sh
. flow/blocks.sh
. flow/pins.sh
flow_need sta opensta
[[ $POWER_IMAGES =~ ^[0-9]{1,2}$ ]] && [ "$POWER_IMAGES" -ge 1 ] || flow_die "POWER_IMAGES is '$POWER_IMAGES', expected 1 to 99"
[[ $GLITCH_CYCLES =~ ^[0-9]{1,7}$ ]] || flow_die "GLITCH_CYCLES is '$GLITCH_CYCLES', expected 0 (no glitches) or a number of cycles"
awk -v f="${MHZ:-1}" 'BEGIN { exit !(f ~ /^[0-9.]+$/ && f > 0) }' || flow_die "MHZ is '$MHZ', expected a number above 0"
[[ $EXT_PJ =~ ^[0-9]+(\.[0-9]+)?$ ]] || flow_die "EXT_PJ is '$EXT_PJ', expected the energy of a bit of external memory in pJ"
[ "${FLOW_CHECK:-}" != 1 ] || TOP='' exec flow/synth.sh
TOP='' flow/synth.sh
blocks_protection
synth=$BUILD/results/synth-$LIB-$(rtl/mult/gen.sh names "$MULT")-d$D-w$W$protect_name
files=$synth.files
mapfile -t netlists < <(sed -n 's/^netlist //p' "$files")
memories=$(sed -n 's/^memories //p' "$files")
library=$(sed -n 's/^library //p' "$files")
value() { sed -n "s/.* $1=\([^ ]*\).*/\1/p" "$2" | tail -n 1; } # value KEY FILE: of its last line with KEY=
fmax=$(value fmax_mhz "$synth.txt")
MHZ=${MHZ:-${fmax%.*}}
awk -v f="$MHZ" -v m="$fmax" 'BEGIN { exit !(f > 0 && f <= m) }' || flow_die "MHZ = $MHZ is not above 0 and at most $fmax, the fastest clock"

# ---- real inferences at the pins, their replay and the energies; done again only if something changed
leakage=()
[ "$(lib_get leakage)" = yes ] || leakage=(--no-leakage)
wide=$([ "$W" = 8 ] || echo "-w$W")
result=$BUILD/results/power-$LIB-$MULT-d$D$wide$protect_name-$NET-${DATA_LABEL:-$DATA}
do_replay() { # do_replay IMAGES NET DATA GLITCH-CYCLES AXPOWER-OPTION..
  local images=$1
  shift 4
  pins_record "$OUT/pins" "$images"
  flow_replay "the netlist does not do what the RTL did" "$OUT/power.txt" \
    "$AXPOWER" --lib "$library" "${pins[@]}" "${sdf[@]}" --blocks flow/blocks.txt --memories "$memories" "$@" --json "$OUT/power.json" \
    --operands "$OUT/operands" --annotate "$OUT/pe" --block pe "${netlists[@]}"
  rm -rf "$OUT/pins"
}
flow_base

# Delays for the glitches.
do_sdf() {
  FLOW_LIBS="$lib/lean.lib $(printf '%s ' "$(dirname "$memories")"/*.lib)" FLOW_NETLISTS="${netlists[*]}" FLOW_TOP=axflow FLOW_CLOCK_NS=$(lib_get clock_ns) \
    FLOW_OUT=$OUT flow_run "OpenSTA, delays" "$OUT/sta.log" sta -no_splash -exit flow/power/sdf.tcl
}
sdf=()
if [ "$GLITCH_CYCLES" != 0 ]; then
  lib_prepare
  step "sdf delays of the netlist" flow/power/sdf.tcl "$lib/lean.lib" "flow/libs/$LIB.lib.txt" flow/warnings.txt "${netlists[@]}" \
    "$(dirname "$memories")"/*.lib -- do_sdf
  sdf=(--sdf "$STEP/netlist.sdf.gz" --glitch-cycles "$GLITCH_CYCLES")
fi
step "replay $NET, $POWER_IMAGES inferences" flow/pins.sh flow/blocks.txt "${sdf[1]:-/dev/null}" "$library" "$memories" "${netlists[@]}" "$MODEL" "$AXSIM_PINS" "$AXPOWER" -- \
  do_replay "$POWER_IMAGES" "$NET" "$DATA" "$GLITCH_CYCLES" --mhz "$MHZ" --ext "$EXT_PJ" --shifter "$(lib_get nand2)" "${leakage[@]}"
replay=$STEP
work=$flow_work/power/$LIB-$MULT-d$D$wide$protect_name-$NET
rm -rf "$work"
mkdir -p "$work"
cp "$replay"/pe* "$replay/power.txt" "$work"
cp "$replay/operands" "$result.operands"
cp "$replay/power.json" "$result.json"
# What the compiler's mapper may use in place of sw/compile/energy.txt.
energy=$BUILD/results/energy-${result##*/power-}.txt
flow/energy.sh print "$result.json" "$LIB" "$MULT" "$D" "$W" "$EXT_PJ" "$NET" "$(date -r "$replay/power.json" +%F)" >"$work/energy" ||
  flow_die "no energy coefficients can be made of $result.json"
mv "$work/energy" "$energy"
cat "$work/power.txt"
echo "coefficients for axflow compile --objective energy --energy $energy"

# ---- the PE by OpenSTA: annotated with the measured activity, and vectorless with its default one
for way in annotated vectorless; do
  FLOW_BASE=$work/pe FLOW_LIB=$([ $way = annotated ] || echo "$library") FLOW_MHZ=$MHZ FLOW_OUT=$work/$way \
    flow_run "OpenSTA, $way" "$work/$way.log" sta -no_splash -exit flow/power/sta.tcl ||
    exit 1
done
awk -v way="$LIB" -v leaks="$(lib_get leakage)" '
  FILENAME ~ /\.txt$/ { x[$1] = $2; next }
  $NF ~ /^c[0-9]+$/ { file = FILENAME; sub(/.*\//, "", file); e[file, 1] += $1; e[file, 2] += $2; e[file, 3] += $3 }
  END {
    own = x["net"] + x["internal"] + x["clock"] - x["clock_net"]
    sta = e["annotated", 1] + e["annotated", 2]
    wild = e["vectorless", 1] + e["vectorless", 2]
    if (own <= 0 || sta <= 0) exit 1
    printf "one PE, dynamic, without its clock net: %.4g uW here, %.4g uW by OpenSTA with the same activity (%+.1f %%), %.4g uW vectorless (%+.0f %%)\n", \
      own * 1e6, sta * 1e6, 100 * (sta / own - 1), wild * 1e6, 100 * (wild / own - 1)
    if (leaks == "yes") printf "one PE, leakage: %.4g uW by state here, %.4g uW by OpenSTA\n", x["leakage"] * 1e6, e["annotated", 3] * 1e6
    d = sta / own - 1
    printf "PE own_uw=%.5g opensta_uw=%.5g difference=%.1f%% %s\n", own * 1e6, sta * 1e6, 100 * d, (d < 0.1 && d > -0.1) ? "PASS" : "FAIL"
  }' "$work/pe.txt" "$work/annotated" "$work/vectorless" >"$work/pe.report" || flow_die "OpenSTA reported no power"
cat "$work/pe.report"

# ---- beside the node of the library: 65 nm, scaled
awk -v node="$(lib_get node_nm)" -v v="$(lib_get voltage)" -v area="$(value logic_area_mm2 "$synth.txt")" -v nj="$(value logic_nj "$work/power.txt")" '
  function cap(k) { return (at[k, "cg"] + 2 * at[k, "cf"]) * k }
  $1 == "device" && $3 == "hp" { for (i = 4; i <= NF; i++) { split($i, p, "="); at[$2, p[1]] = p[2] } have[$2] = 1 }
  END {
    if (node == 65 || !have[node]) exit
    ratio = cap(65) * at[65, "vdd"] ^ 2 / (cap(node) * v ^ 2)
    printf "scaled to 65 nm, not measured: logic area x (65/%g)^2 = %.4g mm2; logic energy x %.3g = %.4g nJ (C V^2 of CACTI 7 hp devices, %.2g V)\n", \
      node, area * (65 / node) ^ 2, ratio, nj * ratio, at[65, "vdd"] }' flow/mem/tech.txt | tee "$work/scaled.txt"

verdict=PASS
grep -q 'PASS$' "$work/pe.report" || verdict=FAIL
{
  echo "INFERENCE net=$NET data=$DATA mhz=$MHZ glitch_nj=$(value glitch_nj "$work/power.txt") leakage=$(value leakage "$work/power.txt")"
  echo "SYNTH lib=$LIB mult=$MULT d=$D w=$W area_mm2=$(value ' *area_mm2' "$synth.txt") fmax_mhz=$fmax" \
    "power_mw=$(value power_mw "$work/power.txt") energy_nj_per_inference=$(value energy_nj_per_inference "$work/power.txt") $verdict"
} >"$work/lines"
cat "$synth.txt" "$work/power.txt" "$work/pe.report" "$work/scaled.txt" "$work/lines" >"$result.txt.$$"
mv "$result.txt.$$" "$result.txt"
cat "$work/lines"
[ $verdict = PASS ]
