#!/bin/bash
# The bus rules of sim/axi_rules.sv hold while nets run and while programs are stopped and broken, with random back-pressure
# on every channel; and every violation of tests/rtl/axi_violations, planted in a copy of the RTL, is named by its rule.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
suite=e2e/axi_rules
. tests/verdict.inc
BUILD=${BUILD:-build}
make=${MAKE:-make}
work=$BUILD/test/axi_rules
table=tests/rtl/axi_violations
axsim=$BUILD/sim/d4w8-table-rules/axsim

[ "$(sed -n 's/^  \([ms]_[a-z0-9_]*\): .*RULE.*/\1/p' sim/axi_rules.sv | sort)" = "$(sed -n '/^#/!s/ .*//p' $table | sort)" ]
verdict $? "there is a violation for each rule of the accelerator's side"
"$make" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table RULES=1 axsim >/dev/null || exit 1
"$axsim" --random 12 --seed 300 --quiet | tail -n 1 | grep -q ' failed=0 .*PASS$'
verdict $? "random nets keep the rules"
"$axsim" --random 6 --seed 320 --quiet --back-pressure 80 | tail -n 1 | grep -q ' failed=0 .*PASS$'
verdict $? "and at 80 % back-pressure"
"$axsim" --abuse 4 --seed 340 --quiet --back-pressure 60 | tail -n 1 | grep -q ' failed=0 .*PASS$'
verdict $? "so do programs that are stopped and broken"

# All violations in one copy: each module that has some gets a number that says which one is on.
rm -rf "$work/rtl"
mkdir -p "$work"
cp -r rtl "$work/rtl"
for module in $(sed -n '/^#/!s/[^|]*| *\([^ ]*\) |.*/\1/p' $table | sort -u); do
  awk -v module="$module" '
    FNR == NR {
      if (/^#/) next
      gsub(/\\\|/, "\001")
      split($0, part, / \| /)
      sub(/ *$/, "", part[1]); sub(/ *$/, "", part[2])
      if (part[2] != module) { number++; next }
      count++; number++
      from[count] = part[3]; to[count] = part[4]
      gsub(/BREAK/, "(axf_break == 6\x27d" number ")", to[count])
      gsub("\001", "|", to[count])
      next
    }
    { for (k = 1; k <= count; k++) if (!done[k] && (at = index($0, from[k]))) {
        $0 = substr($0, 1, at - 1) to[k] substr($0, at + length(from[k])); done[k] = 1 } }
    { print }
    /^\);/ && !declared++ {
      print "  reg [5:0] axf_break;"
      print "  initial if (!$value$plusargs(\"axf_break=%d\", axf_break)) axf_break = 6\x27d0;"
    }
    END { for (k = 1; k <= count; k++) if (!done[k]) { print module ": not there: " from[k] > "/dev/stderr"; exit 1 } }' \
    $table "rtl/$module.v" >"$work/rtl/$module.v" || { verdict 1 "violations of $module"; exit 1; }
done
"$make" --no-print-directory -s "BUILD=$BUILD" D=4 RTL_MULT=table RULES=1 "RTL_DIR=$work/rtl" "SIM_DIR=$work/sim" axsim >/dev/null ||
  { verdict 1 "the copy with violations builds"; exit 1; }
AXF_PLUSARG=+axf_break=0 "$work/sim/axsim" --random 6 --seed 320 --quiet --back-pressure 60 | tail -n 1 | grep -q ' failed=0 .*PASS$'
verdict $? "the copy keeps the rules while no violation is on"
number=0
while read -r rule _; do
  number=$((number + 1))
  said=$(AXF_PLUSARG=+axf_break=$number "$work/sim/axsim" --random 12 --seed 320 --jobs 1 --quiet --back-pressure 60 2>&1)
  [ $? -ne 0 ] && printf '%s\n' "$said" | grep -q "Assertion failed in [^ ]*\.$rule:"
  code=$?
  [ $code -eq 0 ] || printf '%s\n' "$said" | tail -n 3
  verdict $code "$rule is noticed"
done < <(grep -v '^#' $table)
exit $failed
