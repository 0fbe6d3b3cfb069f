#!/bin/sh
# The table of docs/reliability.md: a net on the RTL at several supplies on several dies, a row a die and supply.
# usage: sim/supply_table.sh [VARIABLE=VALUE..]     of make sim; NET=lenet IMAGES=1000 D=16 RTL_MULT=table by default
# VOLTS='1.0 0.55 0.50' DIES='1 2 3' in the environment. SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
echo "| die | supply, V | failing cells | accuracy | faulty reads | mismatches |"
echo "|---|---|---|---|---|---|"
failed=0
for die in ${DIES:-1 2 3}; do
  for volts in ${VOLTS:-1.0 0.55 0.50}; do
    "${MAKE:-make}" --no-print-directory -s sim NET=lenet IMAGES=1000 RTL_MULT=table "$@" "VDD=$volts" "DIE=$die" | tail -n 1 |
      awk -v die="$die" -v volts="$volts" '
        { for (i = 2; i <= NF; i++) if (split($i, part, "=") == 2) x[part[1]] = part[2] }
        END {
          printf "| %s | %s | %.2f %% | %s | %s | %s |\n", die, volts, 100 * x["ber"], x["accuracy"], x["faulty_reads"], x["mismatches"]
          exit !($1 == "SIM" && $NF == "PASS")
        }' || failed=1
  done
done
exit $failed
