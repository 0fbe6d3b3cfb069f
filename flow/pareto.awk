# What each multiplier is worth: adds the energy of a processing element and of the accelerator to the rows of pareto.sh.
# -v json=FILE: power of the accelerator with the exact multiplier, -v d=D. In that inference all multipliers took M (dynamic) and L
# (leakage); another one takes M e / e(exact) and L l / l(exact), e being its energy a cycle under the recorded operands. All else
# is left as it is: the rest of the logic sees the same operands but for the low bits of the products. After json.awk.
# SPDX-License-Identifier: Apache-2.0
BEGIN {
  FS = ","
  while ((getline line < json) > 0) {
    if (line ~ /"block":/) {
      block = name_of(line)
    }
    if (line ~ /"size":/) {
      size = line
      gsub(/.*: *"|",?$/, "", size)
    }
    if (line ~ /"(net|internal|clock)_nj":/) part[block] += number(line)
    if (line ~ /"leakage_nj":/) leak[block] += number(line)
    if (line ~ /"reads":/) reads = number(line)
    if (line ~ /"writes":/) writes = number(line)
    if (line ~ /"read_pj":/) read_nj = reads * number(line) * 1e-3
    if (line ~ /"write_pj":/ && size ~ /_(ns|ks)$/) stores += read_nj + writes * number(line) * 1e-3
    if (line ~ /"energy_nj_per_inference":/) all = number(line)
  }
  if (all <= 0 || part["multiplier"] <= 0) {
    print "pareto: " json " has no energy of multipliers" > "/dev/stderr"
    failed = 1
    exit 1
  }
  element = part["pe_logic"] + leak["pe_logic"] + stores
}
{
  row[++n] = $0
  if ($1 == "exact") {
    e_exact = $4
    l_exact = $5 + 0
  }
}
END {
  if (failed) exit 1
  if (e_exact <= 0) {
    print "pareto: the exact multiplier is missing" > "/dev/stderr"
    exit 1
  }
  print "name,area_um2,delay_ns,energy_fj,leakage_uw,accuracy,trained,error_rate,nmed,mred,bias,element_nj,accelerator_nj"
  for (k = 1; k <= n; k++) {
    split(row[k], f, ",")
    m = part["multiplier"] * f[4] / e_exact + (l_exact > 0 ? leak["multiplier"] * f[5] / l_exact : 0)
    printf "%s,%.4f,%.2f\n", row[k], (element + m) / (d * d), all - part["multiplier"] - leak["multiplier"] + m
  }
}
