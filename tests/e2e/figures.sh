#!/bin/sh
# The figures of the documentation are drawn from the text that stands beside them, and a stale one would be noticed.
# SPDX-License-Identifier: Apache-2.0
set -u
suite=figures
. tests/verdict.inc
dir=$(mktemp -d "${TMPDIR:-/tmp}/figures.XXXXXX")
trap 'rm -rf "$dir"' EXIT
docs/figures/generate.sh --check
verdict $? "all figures are those of their text"
cp -r docs/figures "$dir/figures"
echo '// changed' >>"$dir/figures/row.dot"
refuses "row.svg is not drawn from row.dot" "$dir/figures/generate.sh" --check
for figure in docs/figures/*.svg; do
  grep -q "$(basename "$figure")" docs/*.md
  verdict $? "$(basename "$figure") is shown on a page"
done
exit $failed
