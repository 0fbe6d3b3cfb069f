#!/bin/bash
# Prints how far a run of mutate.sh is, with the line of the last mutant.  usage: tests/mutate/progress.sh LINE
# SPDX-License-Identifier: Apache-2.0
now=$(date +%s)
awk -F '\t' -v last="$1" -v all="$MUTANTS" -v spent="$((now - MUTATE_START))" -v before="$MUTATE_BEFORE" '
  { n++; verdict[$1] = $2 }
  END {
    for (id in verdict) count[verdict[id]]++
    ids = 0
    for (id in verdict) ids++
    split(last, l, "\t")
    right = ids - count["stillborn"]
    tried = count["killed"] + count["survived"] + count["open"]
    left = n > before ? (all - right + count["open"]) * spent / (n - before) : 0
    printf "%3d/%d %-10s %s%s, %d s; %.1f %% of %d killed; %d:%02d:%02d left\n", right, all, l[2], l[1],
      l[3] == "-" ? "" : " by " l[3], l[4],
      tried ? 100 * count["killed"] / tried : 0, tried, left / 3600, left / 60 % 60, left % 60
  }' "$STATE"
