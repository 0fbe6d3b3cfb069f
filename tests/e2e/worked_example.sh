#!/bin/sh
# docs/worked-example.md is what the RTL does, and a stale number, a wrong result and a place that is another row's are noticed.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
build=${BUILD:-build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/worked_example.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=worked_example
. tests/verdict.inc
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" D=16 W=8 STORY=3 axsim
verdict $? "the simulator that tells what row 3 does"
sim/story.sh --check
verdict $? "the page is what the RTL does"
sed 's/| 18949 | 18949 |/| 18948 | 18949 |/' docs/worked-example.md >"$dir/page.md"
! cmp -s docs/worked-example.md "$dir/page.md" && ! PAGE=$dir/page.md sim/story.sh --check 2>"$dir/said" && grep -q 'make worked-example' "$dir/said"
verdict $? "a stale number is noticed"
axsim=$build/sim/d16w8-exact-story3/axsim
"$axsim" --model sw/models/lenet-digits.axm --data digits --images 1 --story 0,6,7 --quiet >"$dir/story"
awk '/ product / && $2 == 315 && !n++ { $5++ } { print }' "$dir/story" >"$dir/wrong"
refuses "product in column" awk -v to="$dir" -v row=3 -f sim/story.awk "$dir/wrong"
awk '/ fact pixel 13 15 / { $6++ } { print }' "$dir/story" >"$dir/wrong"
refuses "pixel 13,15: RTL 157, model 158" awk -v to="$dir" -v row=3 -f sim/story.awk "$dir/wrong"
awk '/ fact place / { $6++ } { print }' "$dir/story" >"$dir/wrong"
refuses "another row has this result" awk -v to="$dir" -v row=3 -f sim/story.awk "$dir/wrong"
missing=$(sed -n "s|^axflow.*\\.\\([a-z0-9_]*\\)[^.]*\$|\\1|p" sim/worked-example.gtkw | sort -u | while read -r name; do grep -rqw -e "$name" rtl || echo "$name"; done)
[ -z "$missing" ] && [ "$(grep -c ^axflow sim/worked-example.gtkw)" -gt 30 ]
verdict $? "the signals of the committed view are in the RTL $missing"
refuses "MAP,ROW,COLUMN" "$axsim" --model sw/models/lenet-digits.axm --data digits --story 1,2 --quiet
refuses "6 maps of 14 x 14" "$axsim" --model sw/models/lenet-digits.axm --data digits --story 6,0,0 --quiet
refuses "go with --model" "$axsim" --random 1 --story 0,0,0
exit $failed
