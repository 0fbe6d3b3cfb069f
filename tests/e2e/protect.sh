#!/bin/sh
# Protections of the buffers' words on the RTL: every integer, every corrected and every wrong word is what the functional
# model says, on failing cells of each kind; LeNet-5 keeps its accuracy where it loses it without; the same in `axflow dies`;
# records in three copies.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
suite=e2e/protect
. tests/verdict.inc
BUILD=${BUILD:-build}
make=${MAKE:-make}
value() { # value KEY LINE
  printf '%s\n' "$2" | tr ' ' '\n' | sed -n "s/^$1=//p"
}
build() { # build SUFFIX VARIABLE=VALUE..: sets $axsim
  axsim=$BUILD/sim/d4w8-table$1/axsim
  shift
  "$make" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table "$@" axsim >/dev/null || exit 1
}
random() { # random CORRECTED DETECTED OPTION..: the counts are above 0 (1), 0 (0)
  corrected=$1 detected=$2
  shift 2
  out=$("$axsim" --random 30 --seed 8000 --quiet "$@" 2>&1)
  line=$(printf '%s\n' "$out" | tail -n 1)
  case $line in
  "RANDOM "*" mismatches=0 "*PASS)
    [ "$(value faulty_reads "$line")" -gt 0 ] && [ $(($(value corrected "$line") > 0)) -eq "$corrected" ] &&
      [ $(($(value detected "$line") > 0)) -eq "$detected" ]
    ;;
  *) false ;;
  esac
  code=$?
  [ $code -eq 0 ] || printf '%s\n' "$out" | tail -n 8
  verdict $code "$name, random nets $*"
}

name=secded
build -secded PROTECT=secded
random 1 1 --vdd 0.5 --die 3
random 1 1 --ber 0.02 --fault stuck --clustered
random 1 1 --ber 0.01 --fault transient --back-pressure 40
out=$("$make" --no-print-directory -s "BUILD=$BUILD" sim NET=lenet MULT=exact D=4 RTL_MULT=table PROTECT=secded IMAGES=20 VDD=0.65 DIE=7 2>&1)
safe=$(printf '%s\n' "$out" | tail -n 1)
echo "$safe"
case $safe in *" mismatches=0 protect_nb=secded protect_kb=secded "*PASS) [ "$(value corrected "$safe")" -gt 1000 ] ;; *) false ;; esac
verdict $? "LeNet-5 at 0.65 V with SECDED"

name='parity and upper bits'
build -nb_parity-kb_msb3 PROTECT_NB=parity PROTECT_KB=msb3
random 0 1 --vdd 0.5 --die 3
random 0 1 --ber 0.01 --fault transient
random 0 0 --vdd-kb 0.5

# ---- parameter records in three copies ----
name='records by vote'
build -rec_vote PROTECT_REC=vote
random 0 0 --vdd 0.5 --die 3
random 0 0 --ber 0.02 --fault stuck --clustered
random 0 0 --ber 0.01 --fault transient --back-pressure 40
random 0 0 --vdd-kb 0.5
set=$(sw/datasets/which.sh auto "${AXF_DATA_DIR:-$BUILD/data}" "$BUILD/data")
lenet() { # lenet PROTECT_REC: 20 images with the kernel buffer at 0.55 V
  "$make" --no-print-directory -s "BUILD=$BUILD" sim NET=lenet MULT=exact D=4 RTL_MULT=table "PROTECT_REC=$1" IMAGES=20 VDD_KB=0.55 DIE=103 2>&1 | tail -n 1
}
plain=$(lenet none) voted=$(lenet vote)
printf '%s\n' "$plain" "$voted"
case $plain in *protect*) false ;; *" mismatches=0 "*PASS) true ;; *) false ;; esac &&
  case $voted in *" mismatches=0 protect_rec=vote tech="*PASS) true ;; *) false ;; esac &&
  awk "BEGIN { exit !($(value accuracy "$voted" | tr -d %) >= 90 && $(value accuracy "$plain" | tr -d %) < 80) }"
verdict $? "LeNet-5 with the kernel buffer at 0.55 V keeps its accuracy with a vote on its records"
compiled=$("$BUILD/axflow" compile --model "$(sim/settings.sh lenet "$set" exact 4 20 0 table)" --d 4 --protect-rec vote | sed -n 's/^COMPILE .* model_cycles=\([0-9]*\) .*/\1/p')
[ -n "$compiled" ] && [ "$(value cycles_per_image "$voted")" = "$compiled.0" ] && [ "$(value cycles_per_image "$plain")" != "$compiled.0" ]
verdict $? "LeNet-5 with a vote takes the $compiled cycles that axflow compile predicts"

# ---- in C alone: codes in the kernel buffer ----
mean() { # mean PROTECTION
  line=$("$BUILD/axflow" dies --model "$(sim/settings.sh lenet "$set" exact 8 6 0 table)" --ber 0.05 --dies 2 --protect "$1" 2>&1)
  value mean "$line" | tr -d %
}
none=$(mean none) parity=$(mean parity) secded=$(mean secded) msb=$(mean msb3)
echo "mean accuracy at 5 %: none $none, parity $parity, secded $secded, msb3 $msb"
awk "BEGIN { exit !($none < $secded - 1 && $secded < $msb && $parity < $secded && $parity > 0) }"
verdict $? "protections on dies: safe upper bits before SECDED, SECDED before nothing"

# ---- refused with one sentence ----
said=$("$make" -s sim "BUILD=$BUILD" PROTECT_KB=triple 2>&1)
[ $? -ne 0 ] && case $said in *"PROTECT is 'triple', expected none, parity, secded or msb1 .. msb7"*) true ;; *) false ;; esac
verdict $? "refused: an unknown protection"
said=$("$make" -s sim "BUILD=$BUILD" PROTECT_REC=secded 2>&1)
[ $? -ne 0 ] && case $said in *"PROTECT_REC is 'secded', expected none or vote"*) true ;; *) false ;; esac
verdict $? "refused: an unknown protection of the records"
refuses "--protect-rec must be none or vote, not 'secded'" "$BUILD/axflow" compile --model x --protect-rec secded
refuses "--protect must be none, parity, secded or msb1 .. msb7, not 'msb8'" "$BUILD/axflow" dies --model x --ber 0.1 --protect msb8
exit $failed
