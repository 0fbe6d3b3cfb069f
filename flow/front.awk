# What flow/pareto.gp draws, from the rows of pareto.sh: -v level=multiplier|element|accelerator -v after=0|1 (as shipped, or
# retrained) -v cap=POINTS. A line each: NAME ENERGY LOST KIND FRONT. LOST: points of accuracy below the exact multiplier as
# shipped, at most cap; KIND 1: exact on fewer bits; FRONT 1: none takes less energy and loses no more. SPDX-License-Identifier: Apache-2.0
BEGIN { FS = "," }
/^#/ { next }
$1 == "name" {
  for (k = 1; k <= NF; k++) column[$k] = k
  x = column[level == "multiplier" ? "energy_fj" : level == "element" ? "element_nj" : "accelerator_nj"]
  next
}
$1 == "exact" { best = $column["accuracy"] }
{
  accuracy = $column[after ? "trained" : "accuracy"]
  if (accuracy == "") next
  name[++n] = $1
  energy[n] = $x
  reached[n] = accuracy
}
END {
  for (k = 1; k <= n; k++) {
    lost = best - reached[k]
    front = 1
    for (j = 1; j <= n; j++)
      if (energy[j] <= energy[k] && reached[j] >= reached[k] && (energy[j] < energy[k] || reached[j] > reached[k])) front = 0
    printf "%s %s %.2f %d %d\n", name[k], energy[k], (lost > cap ? cap : lost), (name[k] ~ /^exact[4-8]?$/), front
  }
}
