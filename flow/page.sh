#!/bin/bash
# The tables and figures of docs/pareto.md, from the rows in flow/results.
# usage: flow/page.sh rows          copy the rows that the page shows from BUILD/results into flow/results
#        flow/page.sh page [FILE]   write the tables into docs/pareto.md (or a copy of it with them into FILE)
#        flow/page.sh figures       draw docs/figures/pareto-*.svg
#        flow/page.sh check         is every figure drawn from the rows as they are?
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
here=flow/results page=docs/pareto.md
sum() { sha256sum "$1" | cut -c1-64; }
case ${1:-} in
rows)
  mkdir -p $here
  for f in $(awk '/^<!-- begin / { print $4 }' $page); do
    [ -r "${BUILD:-build}/results/$f" ] || { echo "${BUILD:-build}/results/$f is missing: the rows in $here stay" >&2; continue; }
    cp "${BUILD:-build}/results/$f" $here/ && echo "$here/$f"
  done
  ;;
page)
  to=${2:-$page}
  trap 'rm -f "$to.tmp"' EXIT
  # A line `<!-- begin KIND FILE -->` is followed by the table of that file, up to `<!-- end -->`.
  awk -v here=$here '
    /^<!-- begin / {
      print
      print ""
      skip = 1
      file = here "/" $4
      command = "awk -v kind=" $3 " -f flow/page.awk " file
      while ((command | getline line) > 0) { print line; lines++ }
      if (close(command) != 0 || !lines) { print "flow/page.sh: no rows in " file > "/dev/stderr"; exit failed = 1 }
      lines = 0
      print ""
    }
    /^<!-- end / { skip = 0 }
    !skip { print }
    END { exit failed }' $page >"$to.tmp"
  mv "$to.tmp" "$to"
  ;;
figures)
  for f in $here/pareto-*.csv; do
    name=$(basename "$f" -lenet-mnist.csv)
    for level in multiplier element accelerator; do
      svg=docs/figures/$name-$level.svg
      flow/front.sh "$f" $level "$svg.new"
      # The checksum of the rows, by which a test finds a stale picture.
      sed "0,/^<svg/s|^<svg|<!-- source $(sum "$f") SPDX-License-Identifier: Apache-2.0 -->\n&|" "$svg.new" >"$svg"
      rm "$svg.new"
      echo "$svg"
    done
  done
  ;;
check)
  for f in $here/pareto-*.csv; do
    for level in multiplier element accelerator; do
      svg=docs/figures/$(basename "$f" -lenet-mnist.csv)-$level.svg
      grep -q "source $(sum "$f")" "$svg" 2>/dev/null || { echo "$svg is not drawn from $f as it is: make pareto-page" >&2; exit 1; }
    done
  done
  ;;
*)
  sed -n '3,6p' "$0" | cut -c3- >&2
  exit 2
  ;;
esac
