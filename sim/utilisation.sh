#!/bin/bash
# How busy the array is on the paper's workloads (sw/workloads/list.txt): one UTIL line a net, JSON below BUILD/results.
# usage: [BUILD=build] [D=16] [QUICK=1] sim/utilisation.sh      from the top, the simulator built; QUICK=1: the cycle model
# alone for the nets that take minutes (MODEL). A line ends in PASS, in BELOW when the floor is not reached, in FAIL when RTL, C
# model and cycle model differ; the exit status is 1 only for FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
BUILD=${BUILD:-build} D=${D:-16}
axsim=$BUILD/sim/d${D}w8-table/axsim
mkdir -p "$BUILD/results"
status=0
while read -r name nets batch paper floor; do
  case $name in '' | '#'*) continue ;; esac
  files=$(printf '%s' "$nets" | sed 's|[^,]*|sw/workloads/&.net|g')
  more=()
  [ "${QUICK:-}" != 1 ] || [ "$batch" != 1 ] || more=(--predict)
  "$axsim" --stream "$files" --batch "$batch" --paper "$paper" --floor "$floor" "${more[@]}" \
    --json "$BUILD/results/utilisation-$name-d$D.json" || status=1
done <sw/workloads/list.txt
BUILD=$BUILD D=$D sim/utilisation_chart.sh || status=1
exit $status
