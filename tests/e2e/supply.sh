#!/bin/sh
# axflow supply: the published points either way round, and refusals.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
suite=supply
. tests/verdict.inc
axflow=$build/axflow

[ "$("$axflow" supply | awk '!/^#/ { printf "%s %s %s %s;", $1, $2, $3, $4 }')" = "1 1.0000 0 1;0.55 0.5500 0.0023 0.125;0.5 0.5000 0.0156 0.1;" ]
verdict $? "the nominal supply and the points of the default table"
[ "$("$axflow" supply --ber 0.0156,0.0023,0 | awk '!/^#/ { printf "%s ", $1 }')" = "0.5 0.55 1 " ]
verdict $? "supplies of given rates"
[ "$("$axflow" supply --tech 14nm --vdd 0.75 | awk '!/^#/ { print $3, $4 }')" = "0.206 0.5625" ]
verdict $? "another technology"
refuses "below 0.5 V" "$axflow" supply --vdd 0.49
refuses "above 0.0156" "$axflow" supply --ber 0.2
refuses "exclude each other" "$axflow" supply --vdd 1 --ber 0.01
refuses "there are: 65nm" "$axflow" supply --tech 3nm
refuses "number, found" "$axflow" supply --vdd 1,x
exit $failed
