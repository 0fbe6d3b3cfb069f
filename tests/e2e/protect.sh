#!/bin/sh
# Protections of the buffers' words on the RTL: every integer, every corrected and every wrong word is what the functional
# model says, on failing cells of each kind; LeNet-5 keeps its accuracy where it loses it without; the same in `axflow dies`.
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

# ---- in C alone: codes in the kernel buffer ----
set=$(sw/datasets/which.sh auto "${AXF_DATA_DIR:-$BUILD/data}" "$BUILD/data")
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
refuses "--protect must be none, parity, secded or msb1 .. msb7, not 'msb8'" "$BUILD/axflow" dies --model x --ber 0.1 --protect msb8
exit $failed
