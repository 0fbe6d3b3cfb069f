#!/bin/sh
# The page of results. SPDX-License-Identifier: Apache-2.0
# ROWS_DIR: another folder of rows.
# RUNS: folders of runs, each with one folder an experiment (default BUILD/experiments).
# usage: page.sh rows [NAME..]   collect the finished runs in RUNS into sw/experiments/results/NAME.csv; rows that are there
#                                stay if no such run has been made since and their run is still what the experiment says
#        page.sh page [FILE]     write docs/results.md (or FILE) from these rows
#        page.sh figures         draw docs/figures/results-*.svg from them
set -eu
here=sw/experiments
rows=${ROWS_DIR:-$here/results}
build=${BUILD:-build}
axflow=${AXFLOW:-$build/axflow}
head=case,config,seed,float,clean,mean,sd,min,q10,own,quiet,rise,cost,run
names() { ls $here/*.exp | sed 's|.*/||; s|\.exp$||'; }
# Rows of experiment $1 as `axflow plot` wants them: awk program $2 prints point and value of a line.
long() {
  echo "experiment,case,seed,measure,point,metric,value"
  awk -F, -v e="$1" '
    function row(measure, point, metric, v) { if (v != "") printf "%s,%s,%s,%s,%s,%s,%s\n", e, $1, $3, measure, point, metric, v }
    NR > 1 { '"$2"' }' "$rows/$1.csv"
}
draw() { # draw NAME OPTIONS..
  name=$1
  shift
  "$axflow" plot --rows "$work/rows" --out "docs/figures/results-$name.svg" "$@" && echo "docs/figures/results-$name.svg"
}
case ${1:-} in
rows)
  shift
  [ -z "${RUNS:-}" ] || [ -n "$(ls -d $RUNS 2>/dev/null)" ] ||
    { echo "page.sh: RUNS: there is no folder $RUNS" >&2; exit 1; }
  for e in ${*:-$(names)}; do
    to=$rows/$e.csv
    set --
    for dir in ${RUNS:-$build/experiments}; do
      for f in "$dir/$e"/*-*.csv; do
        [ -e "$f" ] && set -- "$@" "$f"
      done
    done
    [ $# -gt 0 ] || continue
    "$axflow" experiment $here/$e.exp --identities >"$to.ids" || { rm -f "$to.ids"; exit 1; }
    [ -e "$to" ] || echo $head >"$to"
    {
      echo $head
      awk -f $here/collect.awk "$@" | cat - "$to" | awk -F, '
        FNR == NR { run[$1, $2, $3] = $4; next }
        NF == 14 && $14 != "" && !(($1, $2, $3) in seen) && (run[$1, $2, $3] == $14 || run[$1, "*", $3] == $14) {
          seen[$1, $2, $3]
          print
        }' "$to.ids" - | LC_ALL=C sort
    } >"$to.tmp" && mv "$to.tmp" "$to"
    rm -f "$to.ids"
    echo "$to: $(($(wc -l <"$to") - 1)) rows"
  done
  ;;
page)
  to=${2:-docs/results.md}
  plan=
  for e in $(names); do
    [ "$e" = quick ] || plan="$plan $e:$("$axflow" experiment $here/$e.exp --dry-run | sed 's/.* rows=//')"
  done
  awk -v plan="$plan" -v template=$here/page.md -f $here/page.awk $rows/*.csv >"$to.tmp" && mv "$to.tmp" "$to"
  ;;
figures)
  work=$(mktemp -d "${TMPDIR:-/tmp}/figures.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p docs/figures
  for e in $(names); do
    [ -e "$rows/$e.csv" ] || continue
    case $e in
    grid-*)
      long "$e" 'if ($2 ~ /^b/ && $1 != "die") row("dies", "ber=" substr($2, 2), "accuracy", $6)' >"$work/rows"
      draw "${e#grid-}" --measure dies --metric accuracy --x ber --log-x \
        --title "${e#grid-}: accuracy over 20 dies, bit errors in per cent"
      ;;
    surface)
      for c in plain passive; do
        long surface 'split($2, c, "-"); row("dies", "mult=" c[1] " ber=" c[2], "accuracy", $6)' >"$work/rows"
        draw "surface-$c" --measure dies --metric accuracy --x ber --y mult --case $c \
          --title "LeNet-5 on MNIST, $c: accuracy over 20 dies, bit errors in per cent"
      done
      ;;
    esac
  done
  ;;
*)
  echo "usage: page.sh rows|page|figures" >&2
  exit 2
  ;;
esac
