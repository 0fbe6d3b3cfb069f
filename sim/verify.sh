#!/bin/sh
# Puts the VERIFY line together from the last EVAL line of one file, the last SIM line of another and the last lines of `make power`.
# usage: verify.sh EVAL_OUTPUT SIM_OUTPUT [POWER_OUTPUT]     exit status 0 only if the RTL agreed with the C model
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -eq 2 ] || [ $# -eq 3 ] || { echo "usage: verify.sh EVAL_OUTPUT SIM_OUTPUT [POWER_OUTPUT]" >&2; exit 2; }
eval_line=$(grep "^EVAL " "$1" | tail -n 1)
sim_line=$(grep "^SIM " "$2" | tail -n 1)
[ -n "$eval_line" ] || { echo "verify.sh: $1 has no EVAL line" >&2; exit 1; }
[ -n "$sim_line" ] || { echo "verify.sh: $2 has no SIM line" >&2; exit 1; }
value() { # value LINE KEY
  v=$(printf '%s\n' "$1" | tr ' ' '\n' | sed -n "s/^$2=//p")
  [ -n "$v" ] || { echo "verify.sh: $2 is missing in: $1" >&2; exit 1; }
  printf '%s\n' "$v"
}
line=VERIFY
for key in net data mult; do
  v=$(value "$eval_line" $key)
  [ "$v" = "$(value "$sim_line" $key)" ] || { echo "verify.sh: $1 and $2 are of different $key" >&2; exit 1; }
  line="$line $key=$v"
done
for key in float_accuracy accuracy; do v=$(value "$eval_line" $key) && line="$line $key=$v"; done
images=$(value "$sim_line" images)
mismatches=$(value "$sim_line" mismatches)
cycles=$(value "$sim_line" cycles_per_image)
verdict=FAIL
case $sim_line in *" PASS") [ "$mismatches" = 0 ] && [ "$images" -gt 0 ] && verdict=PASS ;; esac
# With failing cells: at which supply, if one was given, how many, and what the images on the RTL came to with them.
supply=
for key in vdd_nb vdd_kb die ber; do
  case $sim_line in *" $key="*) supply="$supply $key=$(value "$sim_line" $key)" ;; esac
done
case $sim_line in *" ber="*) supply="$supply rtl_accuracy=$(value "$sim_line" accuracy)" ;; esac
energy=
if [ $# = 3 ]; then
  synth_line=$(grep "^SYNTH .* energy_nj_per_inference=" "$3" | tail -n 1)
  [ "$(value "$synth_line" mult)" = "$(value "$eval_line" mult)" ] || { echo "verify.sh: $1 and $3 are of different mult" >&2; exit 1; }
  energy=" lib=$(value "$synth_line" lib) mhz=$(value "$(grep "^INFERENCE " "$3")" mhz)$(sed -n 's/^SUPPLIES//p' "$3" | tr 'A-Z\n' 'a-z ' | sed 's/ *$//')"
  energy="$energy energy_nj_per_inference=$(value "$synth_line" energy_nj_per_inference)"
  case $synth_line in *" PASS") ;; *) verdict=FAIL ;; esac
fi
echo "$line rtl_images=$images mismatches=$mismatches cycles_per_image=$cycles$supply$energy $verdict"
[ $verdict = PASS ]
