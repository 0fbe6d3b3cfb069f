#!/bin/bash
# Supplies of `make sim` as those of the flow: the same share of the nominal supply of the library's memories.
# usage: [LIB=osu018] [MEM_TYPE=..] AXFLOW=PROGRAM AXMEM=PROGRAM flow/supplies.sh TECH CLASS=V..     CLASS: NB, KB; V: of technology
# TECH; without V nothing. Prints MEM_VDD_CLASS=V for each. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
flow_name='make power'
LIB=${LIB:-osu018}
. flow/common.sh
lib_described
memory_options
[ $# -ge 1 ] || flow_die "usage: flow/supplies.sh TECH CLASS=V.."
tech=$1
shift
nominal=$(memory_nominal "$AXMEM")
for given in "$@"; do
  [ -n "${given#*=}" ] || continue
  share=$("$AXFLOW" supply --tech "$tech" --vdd "${given#*=}" | awk '!/^#/ { print $2 }')
  awk -v class="${given%%=*}" -v share="$share" -v nominal="$nominal" 'BEGIN { printf "MEM_VDD_%s=%.4g\n", class, (share < 1 ? share : 1) * nominal }'
done
