#!/bin/sh
# Writes the table of measured errors between the markers of docs/multipliers.md, and prints it.
# usage: page.sh [--check]     --check: write nothing, fail if the page is not what it should be
# Environment: AXFLOW, the command (build/axflow); AXF_MULT_DIR, the tables.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
page=${PAGE:-docs/multipliers.md}
begin='<!-- begin generated -->' end='<!-- end generated -->'
work=$(mktemp -d "${TMPDIR:-/tmp}/page.XXXXXX")
trap 'rm -rf "$work"' EXIT
"${AXFLOW:-build/axflow}" multiplier list --markdown >"$work/table"
[ "$(grep -cxF -e "$begin" "$page")" = 1 ] && [ "$(grep -cxF -e "$end" "$page")" = 1 ] || {
  echo "page.sh: $page must hold the lines '$begin' and '$end' once each" >&2
  exit 1
}
awk -v begin="$begin" -v end="$end" -v table="$work/table" '
  $0 == end { inside = 0 }
  !inside { print }
  $0 == begin { inside = 1; while ((getline line < table) > 0) print line }' "$page" >"$work/page"
if [ "${1:-}" = --check ]; then
  cmp -s "$page" "$work/page" && exit
  echo "page.sh: $page does not hold the measured errors: run make multipliers" >&2
  exit 1
fi
if ! cmp -s "$page" "$work/page"; then
  cp "$work/page" "$page.tmp.$$" && mv "$page.tmp.$$" "$page"
fi
cat "$work/table"
