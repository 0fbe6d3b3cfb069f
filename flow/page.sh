#!/bin/bash
# The tables and figures of docs/pareto.md, from the rows in flow/results.
# usage: flow/page.sh rows          copy the rows of `make pareto` and `make headline` from BUILD/results into flow/results
#        flow/page.sh page [FILE]   write the tables into docs/pareto.md (or a copy of it with them into FILE)
#        flow/page.sh figures       draw docs/figures/pareto-*.svg
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
here=flow/results page=docs/pareto.md
case ${1:-} in
rows)
  mkdir -p $here
  for f in "${BUILD:-build}"/results/{pareto,headline}-*-lenet-mnist.csv; do
    [ -r "$f" ] || continue
    cp "$f" $here/ && echo "$here/$(basename "$f")"
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
      flow/front.sh "$f" $level "docs/figures/$name-$level.svg" && echo "docs/figures/$name-$level.svg"
    done
  done
  ;;
*)
  sed -n '3,5p' "$0" | cut -c3- >&2
  exit 2
  ;;
esac
