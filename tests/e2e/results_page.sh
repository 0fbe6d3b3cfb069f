#!/bin/sh
# docs/results.md holds what the committed rows say, and nothing else; a row that is changed would be noticed.
# SPDX-License-Identifier: Apache-2.0
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/results_page.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=results_page
. tests/verdict.inc
export AXFLOW="${BUILD:-build}/axflow"
rows=sw/experiments/results
sw/experiments/page.sh page "$dir/page.md" && cmp docs/results.md "$dir/page.md"
verdict $? "docs/results.md is what \`make results\` makes of the rows"
awk -F, 'FNR == 1 { ok = $0 == "case,config,seed,float,clean,mean,sd,min,q10,own,quiet,rise,cost,run" }
  FNR > 1 && ($14 ~ /[^0-9a-f]/ || ($14 != "" && length($14) != 16) || $6 < 0 || $6 > 100 || $8 > $6) { ok = 0 }
  !ok || NF != 14 || seen[FILENAME, $1, $2, $3]++ { print FILENAME ": " $0; bad = 1 }
  END { exit bad }' $rows/*.csv
verdict $? "every row has its 14 columns, accuracies are per cents, and no run stands twice"
mkdir "$dir/rows" && cp $rows/*.csv "$dir/rows/"
awk -F, -v OFS=, '$1 == "plain" && $2 == "K1" && $3 == 1 { $6 -= 1 } { print }' $rows/grid-pendigits-pendigits.csv >"$dir/rows/grid-pendigits-pendigits.csv"
! cmp -s $rows/grid-pendigits-pendigits.csv "$dir/rows/grid-pendigits-pendigits.csv" &&
  ROWS_DIR=$dir/rows sw/experiments/page.sh page "$dir/other.md" && ! cmp -s docs/results.md "$dir/other.md"
verdict $? "another accuracy makes another page"
grep -o '(figures/[^)]*)' docs/results.md | tr -d '()' | while read -r f; do grep -q '</svg>' "docs/$f" || exit 1; done
verdict $? "the figures that the page shows are there"
# Collecting: a run made since replaces its row, a row of a run that is another by now goes, all others stay.
mkdir -p "$dir/runs/quick"
awk -F, -v OFS=, '$1 == "active" && $2 == "K1" && $3 == 2 { $14 = "0123456789abcdef" } { print }' $rows/quick.csv >"$dir/rows/quick.csv"
id=$(awk -F, '$1 == "passive" && $2 == "K1" && $3 == 1 { print $14 }' $rows/quick.csv)
cat >"$dir/runs/quick/passive.K1-1.csv" <<END
# ${id}0123
experiment,case,seed,measure,point,metric,value
quick,passive,1,train,config=K1 mult=K1,cost,3
quick,passive,1,dies,config=K1 mult=K1 ber=0,mean,50
END
RUNS="$dir/none $dir/runs" ROWS_DIR=$dir/rows sw/experiments/page.sh rows quick >/dev/null &&
  [ "$(grep -c '^passive,K1,1,,,50,,,,,,,3,' "$dir/rows/quick.csv")" = 1 ] && ! grep -q '^active,K1,2,' "$dir/rows/quick.csv" &&
  [ "$(diff $rows/quick.csv "$dir/rows/quick.csv" | grep -c '^[<>]')" = 3 ]
verdict $? "collected rows replace those of the same run, rows of changed runs go, the others stay"
RUNS="$dir/none" ROWS_DIR=$dir/rows refuses "there is no folder $dir/none" sw/experiments/page.sh rows quick
exit $failed
