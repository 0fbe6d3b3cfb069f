#!/bin/bash
# Writes the tables of docs/worked-example.md from what the RTL did, every number held against the C model's (sim/story.awk).
# usage: [BUILD=build] [PAGE=docs/worked-example.md] sim/story.sh [--check]
# from the top, the simulator built with STORY=3. --check: writes nothing, fails if the page is not what it should be.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
case $#${1:-} in 0 | 1--check) ;; *) echo "usage: sim/story.sh [--check]" >&2; exit 2 ;; esac
build=${BUILD:-build} page=${PAGE:-docs/worked-example.md}
# The result that is followed: map, row, column; the row of the array that computes it.
result=0,6,7 row=3
work=$(mktemp -d "${TMPDIR:-/tmp}/story.XXXXXX")
trap 'rm -rf "$work"' EXIT
axsim=$build/sim/d16w8-exact-story$row/axsim
[ -x "$axsim" ] || { echo "sim/story.sh: $axsim is missing: make worked-example builds it" >&2; exit 1; }
"$axsim" --model sw/models/lenet-digits.axm --data digits --images 1 --story $result --quiet >"$work/story"
if ! tail -n 1 "$work/story" | grep -q " mismatches=0 .* PASS\$"; then
  echo "sim/story.sh: RTL and C model differ: $(tail -n 1 "$work/story")" >&2
  exit 1
fi
awk -v to="$work" -v row=$row -f sim/story.awk "$work/story"
awk -v dir="$work" -v page="$page" '
  function wrong(text) { print "sim/story.sh: " page ": " text >"/dev/stderr"; exit bad = 1 }
  /^<!-- end .* -->$/ { if ($3 != open) wrong($0 " closes " (open == "" ? "nothing" : open)); open = "" }
  open == "" { print }
  /^<!-- begin .* -->$/ {
    open = $3
    while ((more = (getline line < (dir "/" open ".md"))) > 0) print line
    if (more < 0) wrong("there is no table " open)
  }
  END { exit bad }' "$page" >"$work/page"
if [ "${1:-}" = --check ]; then
  cmp -s "$page" "$work/page" && exit
  echo "sim/story.sh: $page is not what the RTL does: run make worked-example" >&2
  exit 1
fi
cmp -s "$page" "$work/page" || { cp "$work/page" "$page.tmp.$$" && mv "$page.tmp.$$" "$page"; }
echo "$page is what the RTL does"
