#!/bin/bash
# A multiplier's table as a pin log for axpower: all 65,536 pairs of operands as inputs of axf_mult, the table's products as what its
# output must be. Replaying it on a netlist compares the netlist with the table that the C model uses, exhaustively.
# usage: flow/table_pins.sh TABLE.axt >LOG.pins      SPDX-License-Identifier: Apache-2.0
set -euo pipefail
export LC_ALL=C
[ $# = 1 ] || { sed -n '4p' "$0" | cut -c3- >&2; exit 2; }
grep -aqm 1 '^tensor table u16 1 65536$' "$1" || { echo "flow/table_pins.sh: $1 is no table of 65,536 products" >&2; exit 1; }
printf 'i a 8\ni w 8\no p 16\no running 1\nend\n'
# Entry 256 w + a, little-endian, at the end of the file.
tail -c 131072 "$1" | od -An -v -tu1 -w2 | awk '{ printf "%c%c%c%c%c", k % 256, int(k / 256), $1, $2, 1; k++ }'
