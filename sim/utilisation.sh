#!/bin/bash
# How busy the array is on the paper's workloads (sw/workloads/list.txt): one UTIL line a net, JSON below BUILD/results.
# Then the fully connected nets of sw/workloads/fc.txt, an FC line each: one input alone, inputs streaming, and 16 side by side.
# usage: [BUILD=build] [D=16] [W=8] [QUICK=1] [OBJECTIVE=cycles] [COUPLING=1] sim/utilisation.sh
# from the top, the simulator built; QUICK=1: the cycle model alone for the nets that take minutes (MODEL). A line ends in PASS,
# in BELOW when the floor is not reached, in FAIL when RTL, C
# model and cycle model differ; the exit status is 1 only for FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
BUILD=${BUILD:-build} D=${D:-16} W=${W:-8}
case $W in 8) axsim=$BUILD/sim/d${D}w8-table/axsim of=d$D ;; *) axsim=$BUILD/sim/d${D}w$W-exact/axsim of=d${D}w$W ;; esac
[ -x "$axsim" ] || { echo "sim/utilisation.sh: $axsim is missing: make utilisation builds it" >&2; exit 1; }
mkdir -p "$BUILD/results"
status=0
how=(--objective "${OBJECTIVE:-cycles}")
[ "${COUPLING:-}" != 1 ] || how+=(--coupling)
while read -r name nets batch paper floor; do
  case $name in '' | '#'*) continue ;; esac
  files=$(printf '%s' "$nets" | sed 's|[^,]*|sw/workloads/&.net|g')
  more=("${how[@]}")
  [ "${QUICK:-}" != 1 ] || [ "$batch" != 1 ] || more=(--predict)
  "$axsim" --stream "$files" --batch "$batch" --paper "$paper" --floor "$floor" "${more[@]}" \
    --json "$BUILD/results/utilisation-$name-$of.json" || status=1
done <sw/workloads/list.txt
while read -r name net floor; do
  case $name in '' | '#'*) continue ;; esac
  for run in 'alone --batch 1' "stream --batch 2 --floor $floor" 'columns --batch 1 --columns 16'; do
    set -- $run
    "$axsim" --quiet --stream "$net" "${how[@]}" "${@:2}" --json "$BUILD/results/utilisation-$name-$1-$of.json" || status=1
  done
done <sw/workloads/fc.txt
BUILD=$BUILD D=$D W=$W sim/utilisation_chart.sh || status=1
exit $status
