#!/bin/sh
# Checks what an array is to be built of, before Verilator is asked. Silent if there is such an array, else one sentence.
# usage: [GOAL=sim] array.sh D [W [SEGS [RTL_MULT [ZERO_SKIP [ISOLATE [PROTECT_NB [PROTECT_KB [PROTECT_REC]]]]]]]]      GOAL: what make was asked for
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 1 ] || { echo "usage: array.sh D [W [SEGS [RTL_MULT [ZERO_SKIP [ISOLATE [PROTECT_NB [PROTECT_KB [PROTECT_REC]]]]]]]]" >&2; exit 2; }
die() {
  echo "make ${GOAL:-sim}: $*" >&2
  exit 1
}
d=$1
case $d in 4 | 8 | 16 | 32) ;; *) die "D is '$d', expected 4, 8, 16 or 32" ;; esac
case ${2:-8} in 8 | 16) ;; *) die "W is '$2', expected 8 or 16" ;; esac
case ${3:-4} in 1 | 2 | 4 | 8 | 16 | 32) [ "${3:-4}" -le "$d" ] ;; *) false ;; esac || die "SEGS is '$3', expected 1, 2, 4 .. D = $d"
case ${4:-verilog} in verilog | table) ;; *) die "RTL_MULT is '$4', expected verilog or table" ;; esac
case ${5:-0} in 0 | 1) ;; *) die "ZERO_SKIP is '$5', expected 0 or 1" ;; esac
case ${6:-0} in 0 | 1) ;; *) die "ISOLATE is '$6', expected 0 or 1" ;; esac
for name in "${7:-none}" "${8:-none}"; do
  case $name in none | parity | secded | msb[1-7]) ;; *) die "PROTECT is '$name', expected none, parity, secded or msb1 .. msb7" ;; esac
done
case ${9:-none} in none | vote) ;; *) die "PROTECT_REC is '$9', expected none or vote" ;; esac
