# Records real inferences on the RTL at its pins. Sourced after common.sh; AXSIM_PINS, MODEL, DATA, MULT are set.
# SPDX-License-Identifier: Apache-2.0

# Leaves FOLDER/0.pins, .. and sets pins, the options of axpower for them; they are removed when the script ends. The simulator
# compares every integer of every layer with the C model's on the way: FOLDER/sim.log ends in what it found.
pins_record() { # pins_record FOLDER IMAGES
  local k
  rm -rf "$1"
  mkdir -p "$1"
  # shellcheck disable=SC2064 # this folder
  trap "rm -f '$1'/*.pins" EXIT
  pins=()
  for ((k = 0; k < $2; k++)); do
    AXF_PIN_LOG=$1/$k.pins "$AXSIM_PINS" --model "$MODEL" --data "$DATA" --mult "$MULT" --images 1 --seed "$k" --jobs 1 --quiet \
      >"$1/sim.log" 2>&1 || flow_die "the simulation failed: $(tail -n 1 "$1/sim.log")"
    pins+=(--pins "$1/$k.pins")
  done
}
