#!/bin/bash
# The table and the picture of make utilisation, from its JSON files: how busy D x D elements are on each workload, on the
# rivals of the paper, by its equations, by its report, and here.
# usage: [BUILD=build] [D=16] [W=8] sim/utilisation_chart.sh      writes BUILD/results/utilisation-dD.{txt,svg} (dDw16 at
# W = 16); without gnuplot no svg
# SPDX-License-Identifier: Apache-2.0
set -eu
BUILD=${BUILD:-build} D=${D:-16} W=${W:-8}
of=d$D
[ "$W" = 8 ] || of=d${D}w$W
to=$BUILD/results/utilisation-$of
rows=$(mktemp)
trap 'rm -f "$rows" "$to".*.tmp.$$' EXIT
number() { # number FILE KEY [OBJECT]: the value of KEY, in object OBJECT if given
  awk -v key="\"$2\":" -v object="${3:-}" '
    object == "" || index($0, "\"" object "\": {") { inside = 1 }
    inside && $1 == key { gsub(/,/, "", $2); print $2; exit }' "$1"
}
while read -r name nets _ paper _; do
  case $name in '' | '#'*) continue ;; esac
  here=$BUILD/results/utilisation-$name-$of.json
  [ -e "$here" ] || continue
  rivals=$BUILD/results/baselines-$name-d$D.json
  "$BUILD/axflow" baselines --d "$D" --net "$(printf '%s' "$nets" | sed 's|[^,]*|sw/workloads/&.net|g')" --json "$rivals" >/dev/null
  printf '%s' "$name"
  for b in systolic 2d-mapping tiling output-stationary equations; do
    printf ' %s' "$(number "$rivals" utilisation_percent $b)"
  done
  [ "$D" = 16 ] || paper=- # the paper's chart is of 16 x 16 elements
  printf ' %s %s %s\n' "$paper" "$(number "$here" conv_utilisation_percent)" "$(grep -q '"rtl_cycles"' "$here" && echo rtl || echo model)"
done <sw/workloads/list.txt >"$rows"
[ -s "$rows" ] || { echo "sim/utilisation_chart.sh: no $BUILD/results/utilisation-*-$of.json; run make utilisation first" >&2; exit 1; }

awk -v D="$D" -v W="$W" 'BEGIN {
    printf "convolutions, per cent of %d x %d elements busy, %d-bit words; rivals and equations without any stall\n", D, D, W
    printf "%-9s %9s %11s %7s %18s %10s %15s %9s\n", "net", "systolic", "2D-mapping", "tiling", "output-stationary", "equations", "paper reports", "here"
  }
  { printf "%-9s %9.1f %11.1f %7.1f %18.1f %10.1f %15s %9.1f %s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9 == "rtl" ? "RTL" : "cycle model" }' \
  "$rows" >"$to.txt.tmp.$$"
mv "$to.txt.tmp.$$" "$to.txt"
cat "$to.txt"
if command -v gnuplot >/dev/null; then
  gnuplot <<EOF
set terminal svg size 900,420 font 'sans,12' background rgb 'white'
set output '$to.svg.tmp.$$'
set style data histograms
set style histogram clustered gap 1.5
set style fill solid 0.9 noborder
set yrange [0:100]
set ytics 20
set grid ytics lc rgb '#dddddd'
set ylabel 'elements busy, per cent'
set title 'Convolutions on $D x $D elements'
set key outside right top
plot '$rows' using 2:xtic(1) title 'systolic' lc rgb '#bbbbbb', '' using 3 title '2D-mapping' lc rgb '#999999', \
  '' using 4 title 'tiling' lc rgb '#777777', '' using 5 title 'output-stationary' lc rgb '#c9b18b', \
  '' using 6 title 'paper, equations' lc rgb '#8fb4d9', '' using 7 title 'paper, reported' lc rgb '#4a7fb5', \
  '' using 8 title 'here' lc rgb '#d1495b'
EOF
  mv "$to.svg.tmp.$$" "$to.svg"
  echo "drawn: $to.svg"
else
  echo "no picture: gnuplot is missing (apt-get install gnuplot-nox)"
fi
