#!/bin/sh
# docs/multipliers.md holds the measured errors of the library as it is, and a stale number would be noticed.
# SPDX-License-Identifier: Apache-2.0
set -u
export AXFLOW="${BUILD:-build}/axflow"
dir=$(mktemp -d "${TMPDIR:-/tmp}/multiplier_page.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=multiplier_page
. tests/verdict.inc
rtl/mult/page.sh --check
verdict $? "the table of docs/multipliers.md is up to date"
sed 's/^| `drum4` | 97/| `drum4` | 96/' docs/multipliers.md >"$dir/page.md"
! cmp -s docs/multipliers.md "$dir/page.md" && ! PAGE=$dir/page.md rtl/mult/page.sh --check 2>"$dir/said" && grep -q 'make multipliers' "$dir/said"
verdict $? "a stale number is noticed"
PAGE=$dir/page.md rtl/mult/page.sh >"$dir/table" && cmp -s docs/multipliers.md "$dir/page.md" && grep -q '^| `roba` ' "$dir/table"
verdict $? "it is written anew and printed"
exit $failed
