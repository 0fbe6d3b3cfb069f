#!/bin/bash
# How busy arrays of D = 4 .. 64 are on the workloads of sw/workloads/list.txt, and what the factors alone would allow, by the
# cycle model; the small nets on the RTL too where there is RTL.
# usage: [BUILD=build] [RTL="4 8 16 32"] [LIST=sw/workloads/list.txt] sim/scalability.sh
# from the top; RTL: the sizes whose simulators are built (BUILD/sim/dDw8-table/axsim). A line SCALE for each net and size ends in
# PASS (RTL = model), MODEL (no RTL run) or FAIL; the exit status is 1 only for FAIL. Writes
# BUILD/results/scalability.txt, .json and, with gnuplot, .svg.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
build=${BUILD:-build} list=${LIST:-sw/workloads/list.txt} sizes='4 8 16 32 64' rtl=" ${RTL-4 8 16 32} " batch=16
to=$build/results/scalability
for d in $rtl; do
  [ -x "$build/sim/d${d}w8-table/axsim" ] || { echo "sim/scalability.sh: $build/sim/d${d}w8-table/axsim is missing: make scalability builds it" >&2; exit 1; }
done
mkdir -p "$build/results"
rows=$(mktemp -d "${TMPDIR:-/tmp}/scalability.XXXXXX")
trap 'rm -rf "$rows"; rm -f "$to".*.tmp.$$' EXIT
status=0
key() { sed -n "s/.* $1=\([^ %]*\).*/\1/p"; } # key NAME: of a line NAME=VALUE
while read -r name nets images paper _; do
  case $name in '' | '#'*) continue ;; esac
  files=$(printf '%s' "$nets" | sed 's|[^,]*|sw/workloads/&.net|g')
  small=1
  [ "$images" != 1 ] || small=0
  for d in $sizes; do
    n=$((small ? batch : 1))
    line=$("$build/axflow" predict --net "$files" --d "$d" --batch $n) || exit 1
    cycles=$(key model_cycles <<<"$line") got=n/a verdict=MODEL
    case $small$rtl in "1"*" $d "*)
      got=$("$build/sim/d${d}w8-table/axsim" --stream "$files" --batch $n --quiet | tail -n 1)
      verdict=FAIL
      [ "$(key mismatches <<<"$got")" != 0 ] || [ "$(key rtl_cycles <<<"$got")" != "$cycles" ] || verdict=PASS
      got=$(key rtl_cycles <<<"$got")
      ;;
    esac
    [ $verdict != FAIL ] || status=1
    printf 'SCALE net=%s d=%s utilisation=%s%% steps=%s%% model_cycles=%s rtl_cycles=%s batch=%s %s\n' "$name" "$d" \
      "$(key utilisation <<<"$line")" "$(key steps <<<"$line")" "$cycles" "$got" $n $verdict | tee -a "$rows/lines"
  done
done <"$list"

# The paper: its figure of AlexNet, read off.
paper='93 93 86 83'
awk -v paper="$paper" -v txt="$to.txt.tmp.$$" -v json="$to.json.tmp.$$" -v points="$rows/points" '
  function value(name,   i, p) {
    for (i = 2; i <= NF; i++) { split($i, p, "="); if (p[1] == name) { sub(/%$/, "", p[2]); return p[2] } }
  }
  BEGIN {
    split("pv fr lenet5 hg alexnet vgg11", column, " ")
    printf "{\n  \"lines\": [" >json
  }
  {
    net = value("net"); d = value("d")
    if (!(net in known)) { known[net] = 1; order[++nets] = net }
    if (!(d in size)) { size[d] = 1; sizes[++ds] = d }
    u[net, d] = value("utilisation"); s[net, d] = value("steps"); rtl[net, d] = value("rtl_cycles")
    printf "%s\n    {\"net\": \"%s\", \"d\": %d, \"utilisation_percent\": %s, \"steps_percent\": %s, \"model_cycles\": %s%s}",
      (NR > 1 ? "," : ""), net, d, u[net, d], s[net, d], value("model_cycles"),
      rtl[net, d] == "n/a" ? "" : ", \"rtl_cycles\": " rtl[net, d] >json
  }
  END {
    split(paper, p, " ")
    printf "\n  ],\n  \"paper_alexnet_percent\": {\"8\": %s, \"16\": %s, \"32\": %s, \"64\": %s}\n}\n",
      p[1], p[2], p[3], p[4] >json
    printf "per cent of D x D elements busy, stalls in / by the factors alone; * on the RTL too\n%-10s", "net" >txt
    for (k = 1; k <= ds; k++) printf "%17s", "D = " sizes[k] >txt
    printf "\n" >txt
    for (n = 1; n <= nets; n++) {
      printf "%-10s", order[n] >txt
      for (k = 1; k <= ds; k++) {
        d = sizes[k]
        printf "%17s", u[order[n], d] " / " s[order[n], d] (rtl[order[n], d] == "n/a" ? " " : "*") >txt
      }
      printf "\n" >txt
    }
    printf "%-10s%17s%17s%17s%17s%17s\n", "paper", "", p[1] " ", p[2] " ", p[3] " ", p[4] " " >txt
    for (k = 1; k <= ds; k++) {
      printf "%d", sizes[k] >points
      for (n = 1; n <= 6; n++) printf " %s", ((column[n], sizes[k]) in u ? u[column[n], sizes[k]] : "nan") >points
      printf " %s %s\n", s["alexnet", sizes[k]], (k > 1 ? p[k - 1] : "nan") >points
    }
  }' "$rows/lines"
mv "$to.txt.tmp.$$" "$to.txt"
mv "$to.json.tmp.$$" "$to.json"
cat "$to.txt"
if command -v gnuplot >/dev/null; then
  gnuplot <<EOF
set terminal svg size 760,420 font 'sans,12' background rgb 'white'
set output '$to.svg.tmp.$$'
set style data linespoints
set logscale x 2
set xrange [3.5:73]
set xtics ('4' 4, '8' 8, '16' 16, '32' 32, '64' 64)
set yrange [0:100]
set grid ytics lc rgb '#dddddd'
set xlabel 'D'
set ylabel 'elements busy, per cent'
set title 'D x D elements behind a 128-bit bus, 64 KB of buffers'
set key outside right top
plot '$rows/points' using 1:2 title 'PV', '' using 1:3 title 'FR', '' using 1:4 title 'LeNet-5', '' using 1:5 title 'HG', \
  '' using 1:6 title 'AlexNet' lc rgb '#d1495b' lw 2, '' using 1:7 title 'VGG-11', \
  '' using 1:8 title 'AlexNet, factors alone' lc rgb '#d1495b' dt 2, '' using 1:9 title 'AlexNet, paper' lc rgb 'black' dt 3
EOF
  mv "$to.svg.tmp.$$" "$to.svg"
  echo "drawn: $to.svg"
else
  echo "no picture: gnuplot is missing (apt-get install gnuplot-nox)"
fi
exit $status
