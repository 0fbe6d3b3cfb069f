#!/bin/sh
# Failing memory cells on the RTL: every kind of fault, supply and die gives the integers the functional model of the
# program predicts, on random nets (tiled, streamed, with partial sums) and on LeNet-5. Uses the data that is found.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
BUILD=${BUILD:-build}
make=${MAKE:-make}
axsim=$BUILD/sim/d8w8-table/axsim
status=0
verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "$2 PASS"; else
    echo "$2 FAIL"
    status=1
  fi
}
value() { # value KEY LINE
  printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}
"$make" --no-print-directory -s "BUILD=$BUILD" D=8 RTL_MULT=table axsim >/dev/null || exit 1

# ---- random nets ----
random() { # random CASES OPTION..
  n=$1
  shift
  out=$("$axsim" --random "$n" --seed 7000 --quiet "$@" 2>&1)
  line=$(printf '%s\n' "$out" | tail -n 1)
  case $line in "RANDOM "*" mismatches=0 "*PASS) [ "$(value faulty_reads "$line")" -gt 0 ] ;; *) false ;; esac
  code=$?
  [ $code -eq 0 ] || printf '%s\n' "$out" | tail -n 8
  verdict $code "random nets $*"
}
random 60 --vdd 0.5 --die 3
random 60 --ber 0.02 --fault stuck --die 4
random 60 --ber 0.01 --fault transient --die 5
random 60 --ber 0.02 --clustered --die 9
random 30 --vdd-nb 0.5
random 30 --vdd-kb 0.8 --tech 14nm --die 1
random 30 --ber 1 --fault stuck
random 30 --vdd 0.5 --back-pressure 40

# ---- LeNet-5: the published rates of the 65 nm array on three dies; nominal is faultless ----
lenet() { # lenet IMAGES VARIABLE=VALUE..: sets $line
  images=$1
  shift
  out=$("$make" --no-print-directory -s "BUILD=$BUILD" sim NET=lenet MULT=exact D=8 RTL_MULT=table "IMAGES=$images" "$@" 2>&1)
  line=$(printf '%s\n' "$out" | tail -n 1)
  case $line in
  "SIM net=lenet "*" images=$images "*" mismatches=0 "*PASS) echo "$line" ;;
  *)
    printf '%s\n' "$out" | tail -n 8
    verdict 1 "lenet $*"
    ;;
  esac
}
lenet 6
clean=$line
lenet 6 VDD=1.0
[ "$(value ber "$line") $(value faulty_reads "$line")" = "0 0" ] && [ "$(value accuracy "$line")" = "$(value accuracy "$clean")" ]
verdict $? "1.0 V is faultless"
before=0
for die in 1 2 3; do
  lenet 4 VDD=0.55 DIE=$die
  high=$(value faulty_reads "$line")
  [ "$(value ber "$line")" = 0.0023 ] && [ "$high" -gt 0 ] && [ "$high" != "$before" ]
  verdict $? "0.55 V, die $die"
  before=$high
  lenet 4 VDD=0.50 DIE=$die FAULT=stuck
  [ "$(value ber "$line")" = 0.0156 ] && [ "$(value faulty_reads "$line")" -gt "$high" ]
  verdict $? "0.50 V, die $die"
done

# ---- a net that was trained through failing cells, on one die at a low supply ----
dir=$(mktemp -d "${TMPDIR:-/tmp}/faults.XXXXXX")
trap 'rm -rf "$dir"' EXIT
out=$("$BUILD/axflow" train --net sw/experiments/mlp-small.net --data digits --method passive --ber 0.01 --epochs 1 --validate 55000 --quiet \
  --out "$dir/robust.axm" 2>&1 &&
  "$make" --no-print-directory -s "BUILD=$BUILD" sim NET=sw/experiments/mlp-small.net DATA=digits "MODEL=$dir/robust.axm" D=8 RTL_MULT=table \
    IMAGES=20 VDD=0.55 DIE=7 2>&1)
line=$(printf '%s\n' "$out" | tail -n 1)
case $line in "SIM net=mlp-small "*" images=20 "*" mismatches=0 "*PASS) [ "$(value faulty_reads "$line")" -gt 0 ] ;; *) false ;; esac
code=$?
[ $code -eq 0 ] || printf '%s\n' "$out" | tail -n 8
verdict $code "a net trained at 1 % bit errors, 0.55 V, die 7"

# ---- the same bytes with any number of workers, transient faults included ----
for jobs in 1 3; do
  "$axsim" --model "$(sim/settings.sh lenet "$(sw/datasets/which.sh auto "${AXF_DATA_DIR:-$BUILD/data}" "$BUILD/data")" exact 8 6 0 table)" \
    --images 6 --ber 0.001 --fault transient --jobs $jobs --quiet 2>&1 | sed 's/images_per_s=[0-9.]*//'
done | uniq | wc -l | grep -qx 1
verdict $? "transient faults do not depend on the number of workers"

# ---- refused with one sentence ----
refused() { # refused TEXT OPTION..
  text=$1
  shift
  out=$("$axsim" --random 1 "$@" 2>&1)
  [ $? -ne 0 ] && [ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] && case $out in *"$text"*) true ;; *) false ;; esac
  verdict $? "refused: $*"
}
refused 'below 0.5 V' --vdd 0.4
refused 'does not go with' --vdd 0.6 --ber 0.1
refused 'there are: 65nm' --vdd 0.6 --tech 7nm
refused 'flip, stuck or transient' --vdd 0.6 --fault sticky
refused 'must be a finite decimal number' --ber one
refused 'go with --vdd' --die 3
exit $status
