#!/bin/bash
# Tests what the commands of the flow say to a library that cannot be used: one sentence with the file and the place in it, before
# anything is built.
# usage: [BUILD=build] tests/flow/library/run.sh      from the top. A line a case, ending in PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
top=${BUILD:-build}
export BUILD=$top/test/flow-library LC_ALL=C LIB=nangate45
unset MULT D W CLOCK_NS TOP
work=$BUILD/work
suite=flow/library
. tests/verdict.inc
command -v yosys >/dev/null || { verdict 1 "yosys is installed (run ./setup)"; exit 1; }
rm -rf "$BUILD"
mkdir -p "$work/pdk/nangate45"
packed=$work/pdk/nangate45/nangate45_typ.lib.gz
unpacked=$BUILD/pdk/nangate45/nangate45_typ.lib
export PDK_DIR=$work/pdk

# A library with all that is asked for: made up, a line a group.
cells() { # cells NAME..: gates of two inputs
  local c
  for c in "$@"; do
    printf '  cell (%s) {\n    area : 1.0;\n    pin (A1) { direction : input; capacitance : 1; }\n    pin (A2) { direction : input; capacitance : 1; }\n' "$c"
    # A character like } inside a comment or a text opens and closes nothing.
    printf '    pin (ZN) { /* } */\n      direction : output;\n      function : "(A1 & A2)"; /* { */\n      internal_power () {\n'
    printf '        rise_power (scalar) { values ("1 }"); }\n      }\n    }\n  }\n'
  done
}
{
  printf '/* A library\n   made up { */\nlibrary (made_up) {\n  time_unit : "1ns";\n  capacitive_load_unit (1,ff);\n  nom_voltage : 1.1;\n'
  printf '  leakage_power_unit : "1nW";\n'
  cells NAND2_X1 AND2_X1
  printf '  cell (BUF_X4) {\n    area : 1.0;\n    pin (A) { direction : input; capacitance : 1; }\n'
  printf '    pin (Z) { direction : output; function : "A"; }\n  }\n'
  printf '  cell (DFF_X1) {\n    area : 4.0;\n    ff ("IQ","IQN") { next_state : "D"; clocked_on : "CK"; }\n'
  printf '    pin (D) { direction : input; capacitance : 1; }\n    pin (CK) { direction : input; capacitance : 1; clock : true; }\n'
  printf '    pin (Q) { direction : output; function : "IQ"; }\n  }\n}\n'
} >"$work/whole.lib"
line_of() { grep -n -m 1 "$1" "$work/whole.lib" | cut -d: -f1; }
gzip -c "$work/whole.lib" >"$packed"
flow/library.sh test >"$work/said" 2>&1
status=$?
[ $status = 0 ] || cat "$work/said"
verdict $status "a whole library is taken"
lean=$(ls -d "$BUILD"/flow/cache/*/lean.lib)
[ "$(wc -l <"$work/whole.lib")" = "$(wc -l <"$lean")" ] && grep -q rise_power "$work/whole.lib" && ! grep -q rise_power "$lean"
verdict $? "without its power tables every line keeps its number"

# make COMMAND, without what make says itself.
asked() {
  { "${MAKE:-make}" -s BUILD="$BUILD" PDK_DIR="$PDK_DIR" LIB="$LIB" "$@" 2>&1 >&3 | grep -v '^make\(\[[0-9]*\]\)*: \*\*\*' >&2; } 3>/dev/null
  return "${PIPESTATUS[0]}"
}
refused() { # refused TEXT: by the check that all commands begin with
  refuses "make it: $1" flow/library.sh "make it"
}
everywhere() { # everywhere TEXT: by the commands themselves
  local sentence=$1 command
  for command in synth power pareto equivalence gate-simulation equivalence-faults; do refuses "make $command: $sentence" asked "$command"; done
}
file() { # file SED-SCRIPT: the library so changed
  sed "$1" "$work/whole.lib" | gzip >"$packed"
}
LIB=nosuch everywhere "there is no library 'nosuch'; there are: asap7 nangate45"
begin=$(line_of 'cell (AND2_X1)') last=$(wc -l <"$work/whole.lib")
file "$((begin + 1)),\$d"
everywhere "library nangate45: $unpacked:$begin: the file ends inside 'cell (AND2_X1)' of line $begin: not a complete Liberty file"
file '/time_unit/d'
everywhere "library nangate45: $unpacked:3: the library has no time_unit"
file "$((begin + 8)),\$d"
refused "library nangate45: $unpacked:$((begin + 7)): the file ends inside 'internal_power ()' of line $((begin + 7))"
file '$d' # between two cells
refused "library nangate45: $unpacked:$((last - 1)): the file ends inside 'library (made_up)' of line 3"
file '2,$d'
refused "library nangate45: $unpacked:1: the comment that begins here does not end"
for unit in capacitive_load_unit nom_voltage leakage_power_unit; do
  file "/$unit/d"
  refused "library nangate45: $unpacked:3: the library has no $unit"
done
file '/^  cell/,/^  }/d'
refused "library nangate45: $unpacked:3: the library has no cell"
file '/cell (NAND2/,/^  }/d'
refused "library nangate45: $unpacked has no cell NAND2_X1"
file '/ff (/d'
refused "library nangate45: $unpacked:3: the library has no flip-flop"
file '/cell (AND2_X1)/d' # its brace is missing, too
refused "library nangate45: $unpacked:$((begin + 1)): a pin outside a cell"
file "${begin}i }"
refused "library nangate45: $unpacked:$((begin + 1)): a group outside the library"
file '$a }'
refused "library nangate45: $unpacked:$((last + 1)): a } too many"
file "$((begin + 1))d"
refused "library nangate45: $unpacked:$begin: cell AND2_X1 has no area"
file "$((begin + 5))s/output//"
refused "yosys, library $unpacked: ERROR: Syntax error in liberty file on line $((begin + 5))."
file "s/^  nom_voltage.*/  nom_voltage : 1.8;/"
refused "library nangate45: time unit, capacitance unit and voltage of $unpacked are '1ns 1ff 1.8', expected '1ns 1ff 1.1'"
file "3s/ {/\\n&/" # Yosys does not read it so
refused "library nangate45: of the 4 cells of $unpacked Yosys finds 0"
file 'd'
refused "library nangate45: $unpacked: empty, not a Liberty file"
gzip -c docs/power.md >"$packed"
refused "library nangate45: $unpacked:1: not a Liberty file"
gzip -c flow/fanout.c >"$packed"
refused "library nangate45: $unpacked:$(grep -n -m 1 '{' flow/fanout.c | cut -d: -f1): a group outside the library"
head -c 100 <(gzip -c "$work/whole.lib") >"$packed"
refused "library nangate45: $packed is damaged, it cannot be unpacked"
rm "$packed" && mkdir "$packed"
refused "library nangate45: $packed is a folder, not a Liberty file"
rmdir "$packed" && ln -s nangate45_typ.lib.gz "$packed" # nobody can read a link to itself
refused "library nangate45: cannot read $packed"
rm "$packed"
# The file of today counts, whatever was unpacked before.
file '/time_unit/d'
touch -d 2001-01-01 "$packed"
refused "library nangate45: $unpacked:3: the library has no time_unit"
[ ! -e "$BUILD/results" ] && [ ! -e "$BUILD/axpower" ]
verdict $? "nothing was built for any of them"

# The description: each key is needed.
keys=(source node_nm voltage time_unit cap_unit nand2 buffer fanout load_ff clock_ns fo4_ps leakage memory)
missed=0
for key in "${keys[@]}"; do
  sed "/^$key /d" flow/libs/nangate45.lib.txt >"$work/short.lib.txt"
  LIB=$(realpath --relative-to=flow/libs "$work/short") flow/library.sh test >"$work/said" 2>&1
  [ $? = 1 ] && [ "$(wc -l <"$work/said")" = 1 ] && grep -q "/short.lib.txt: the key $key is missing$" "$work/said" || missed=1
done
verdict $missed "each of ${#keys[@]} keys of a description that is missing is named"
sed '/^fanout /d' flow/libs/nangate45.lib.txt >"$work/short.lib.txt"
LIB=$(realpath --relative-to=flow/libs "$work/short")
everywhere "flow/libs/$LIB.lib.txt: the key fanout is missing"
sed 's/^source .*/source url x/' flow/libs/nangate45.lib.txt >"$work/short.lib.txt"
refused "flow/libs/$LIB.lib.txt: a source is 'deb PACKAGE FILE' or 'pdk FILE'"
exit $failed
