#!/bin/bash
# The table of `make coverage` on made-up data counted by hand: what was reached, what was not, and exclusions
# that have no reason or no use; and the command on a small module. SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build} LC_ALL=C
suite=coverage
. tests/verdict.inc
work=$BUILD/test/coverage
rm -rf "$work"
mkdir -p "$work/rtl/a" || exit 1
at=$PWD
cd "$work" || exit 1
# Ten lines; 3 to 9 are in blocks. The register has two bits.
printf '%s\n' 'module one (input wire x_i);' '  reg [1:0] q;' '  always @(posedge x_i) begin' '    if (q[0])' '      q <= 2;' \
  '    else' '      q <= 1; // odd' '    q <= 3;' '  end' 'endmodule' >rtl/a/one.v
point() { # point PAGE LINE COLUMN NAME LINES COUNT: one line of Verilator's data
  printf "C '\001f\002../x/rtl/a/one.v\001l\002%s\001n\002%s\001page\002v_%s/one\001o\002%s%s\001h\002TOP.one' %s\n" \
    "$2" "$3" "$1" "$4" "${5:+$'\001'S$'\002'$5}" "$6"
}
run() { # run ELSE_COUNT BIT1_COUNT: one run's data
  printf '# SystemC::Coverage-3\n'
  point line 3 3 block 3,8 9
  point branch 4 5 if 4-5 5
  point branch 4 6 else 7 "$1"
  point toggle 2 13 'q[0]' '' 4
  point toggle 2 13 'q[1]' '' "$2"
  printf "C '\001f\002sim/top.v\001l\0021\001n\0021\001page\002v_line/top\001o\002block\001S\0021\001h\002TOP' 0\n" # not of rtl/
}
table() { # table EXCLUSION FILE..: the table of the data of some runs
  printf '%s' "$1" >exclusions
  shift
  awk -f "$at/tests/coverage/points.awk" "$@" >points &&
    awk -v exclusions=exclusions -v json=out.json -v missing=1 -f "$at/tests/coverage/table.awk" points 2>&1
}
says() { # says STATUS TEXT COMMAND..
  local want=$1 text=$2
  shift 2
  local said status
  said=$("$@")
  status=$?
  [ $status -eq "$want" ] && case $said in *"$text"*) true ;; *) printf '%s\n' "$said"; false ;; esac
}
run 0 1 >a.dat
run 3 1 >b.dat
run 0 2 >c.dat
says 1 'missing line rtl/a/one.v:7       q <= 1; // odd' table '' a.dat
verdict $? "a line that was not reached is named"
says 1 'COVERAGE modules=1 line=80.00 branch=50.00 toggle=50.00 excluded=0,0 floors=98,90 FAIL' table '' a.dat
verdict $? "4 of 5 lines, 1 of 2 branches, 1 of 2 toggles"
grep -q '"module": "a/one", "lines": \[4, 5\], "branches": \[1, 2\], "toggles": \[1, 2\], "excluded": \[0, 0\]' out.json
verdict $? "the same in JSON"
says 1 'line=100.00 branch=100.00 toggle=50.00' table '' a.dat b.dat
verdict $? "what another run reached counts; a bit that only rose does not, in two runs neither"
says 0 'line=100.00 branch=100.00 toggle=100.00 excluded=0,0 floors=98,90 PASS' table '' a.dat b.dat c.dat
verdict $? "all three reach everything"
awk -f "$at/tests/coverage/points.awk" a.dat >pa && awk -f "$at/tests/coverage/points.awk" b.dat c.dat >pb
says 0 ' PASS' table '' pa pb
verdict $? "points of points are their union"
says 0 'line=100.00 branch=50.00 toggle=100.00 excluded=1,1' \
  table $'rtl/a/one.v line //.odd # why\nrtl/a/one.v toggle q\\[1\\] # why' a.dat
verdict $? "excluded points do not count"
says 1 'exclusions:1: no reason: rtl/a/one.v line odd' table 'rtl/a/one.v line odd' a.dat
verdict $? "an exclusion needs a reason"
says 1 'exclusions:1: excludes nothing: rtl/a/one.v toggle q' table 'rtl/a/one.v toggle q # why' c.dat b.dat
verdict $? "one that excludes nothing is an error"
says 1 'exclusions:1: all that it excludes was reached: * toggle q.*' table '* toggle q.* # why' c.dat b.dat
verdict $? "one that is not needed is an error"
says 1 'exclusions:1: not FILE KIND PATTERN # REASON' table 'rtl/a/one.v lines odd # why' a.dat
verdict $? "one that cannot be read is an error"
says 1 'no points' table '' /dev/null
verdict $? "no data is an error"
cd "$at" && says 0 '' awk -v exclusions=tests/coverage/exclusions \
  'BEGIN { while ((getline line < exclusions) > 0) if (line !~ /^#/ && line ~ /./ && line !~ / # .../) exit 1 }'
verdict $? "every exclusion of the RTL has a reason"
# The command itself: a small module from its test to the table, once; in a folder of its own.
case $BUILD in /*) ;; *) BUILD=$at/$BUILD ;; esac
mkdir -p "$BUILD/test/coverage/build" && ln -s "$BUILD/libaxflow.a" "$BUILD/axflow" "$BUILD/test/coverage/build"
measure() { BUILD=$BUILD/test/coverage/build JOBS=1 tests/coverage/coverage.sh "$@" 2>&1; }
says 0 'COVERAGE modules=1 line=100.00 branch=100.00 toggle=100.00 excluded=0,0 floors=98,90 PASS' measure 'module ctrl/semaphores'
verdict $? "a module, its test run on a model that counts"
! measure 'module ctrl/semaphores' | grep -q ' points, '
verdict $? "the same again does not run it again"
says 1 "there is no workload 'module ctrl/none'" measure 'module ctrl/none'
verdict $? "a workload that there is not is refused"
exit $failed
