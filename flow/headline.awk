# The table of headline.sh. Files: supplies of the kernel buffer, nominal first (`SHARE BER SIZE um2 access cycle read write idle
# leakage V`, BER being that of a cell at SHARE of the nominal supply), power JSON, CSV of pareto.sh, CSV of trained nets.
# E = E(accelerator, multiplier) - kernel buffer at nominal + at the supply, and leakage for the longer cycle if the buffer at that
# supply, with what follows it in -v after=NS, is slower than the clock. A net whose accuracy was measured at a failure rate may
# take any supply with at most that rate. After json.awk. SPDX-License-Identifier: Apache-2.0

# nJ of the accelerator with a multiplier and the kernel buffer at supply s.
function energy(mult, s,    period, slow, buffer) {
  period = 1000 / mhz
  slow = cycle[s] > period ? cycle[s] : period
  buffer = (reads * (read_pj[s] - read_pj[1]) + writes * (write_pj[s] - write_pj[1])) * 1e-3 + \
    count * (leak[s] - leak[1]) * cycles * period * 1e-6
  return chip[mult] + buffer + (logic_leak + memory_leak + count * (leak[s] - leak[1])) * cycles * (slow - period) * 1e-6
}
# The cheapest supply that a net takes, measured at a failure rate.
function cheapest(mult, ber,    s, at) {
  at = 1
  for (s = 2; s <= supplies; s++)
    if (rate[s] <= ber * 1.0001 && energy(mult, s) < energy(mult, at)) at = s
  return at
}
function line(what, how, mult, s, acc,    e, within) {
  e = energy(mult, s)
  within = best - acc <= points + 1e-9 ? "within" : "beyond"
  printf "HEADLINE lib=%s d=%d net=%s what=%s how=%s mult=%s vdd_kb=%.3g ber=%.2g mhz=%.0f accuracy=%.2f lost=%.2f energy_nj_per_inference=%.1f saved=%.1f%% %s\n", \
    lib, d, net, what, how, mult, vdd[s], rate[s], 1000 / cycle_of(s), acc, best - acc, e, 100 * (1 - e / chip["exact"]), within
  printf "%s,%s,%s,%.4g,%.2g,%.0f,%.2f,%.2f,%.1f,%.2f,%s\n", what, how, mult, vdd[s], rate[s], 1000 / cycle_of(s), acc, best - acc, e, 100 * (1 - e / chip["exact"]), within > csv
}
function cycle_of(s) { return cycle[s] > 1000 / mhz ? cycle[s] : 1000 / mhz }
# A configuration of an experiment as multiplier and failure rate: K1, b0.1, joint, or MULT-PERCENT. Two's complement (t1, t10)
# needs a decoder that the RTL has not: not counted.
function configuration(text,    part) {
  c_mult = "exact"
  c_ber = 0
  if (text ~ /^b[0-9.]+$/) c_ber = substr(text, 2) / 100
  else if (text == "joint") {
    c_mult = "K2"
    c_ber = 0.01
  } else if (text ~ /^[a-zA-Z0-9_]+-[0-9.]+$/) {
    split(text, part, "-")
    c_mult = part[1]
    c_ber = part[2] / 100
  } else if (text ~ /^K[123]$/) c_mult = text
  else return 0
  if (c_mult in alias) c_mult = alias[c_mult]
  return 1
}
BEGIN {
  while ((getline text < mults) > 0) # presets like K1 =bam5_9
    if (split(text, word, " ") > 1 && word[2] ~ /^=/) alias[word[1]] = substr(word[2], 2)
  # who is who among the methods of training
  n = split("active passive joint", word, " ")
  for (k = 1; k <= n; k++) group[word[k]] = "axtrain"
  group["plain"] = "plain"
  print "what,how,mult,vdd_kb,ber,mhz,accuracy,lost,energy_nj,saved,within" > csv
}
FNR == 1 { file++ }
file == 1 {
  supplies++
  rate[supplies] = $2
  cycle[supplies] = $5 + after > $6 ? $5 + after : $6
  read_pj[supplies] = $7
  write_pj[supplies] = $8
  leak[supplies] = $10
  vdd[supplies] = $11
  next
}
FILENAME ~ /\.json$/ {
  if (/"clock_mhz":/) mhz = number($0)
  if (/"cycles_per_inference":/) cycles = number($0)
  if (/"block":/) block = name_of($0)
  if (/"size":/) {
    size = name_of($0)
    block = ""
  }
  if (/"leakage_uw":/ && block == "all logic") logic_leak = number($0)
  if (/"leakage_uw":/ && block == "") memory_leak += number($0)
  if (size ~ /_kb$/ && /"count":/) count = number($0)
  if (size ~ /_kb$/ && /"reads":/) reads = number($0)
  if (size ~ /_kb$/ && /"writes":/) writes = number($0)
  next
}
{ split($0, f, ",") }
/^#/ || f[1] == "case" { next }
f[1] == "name" {
  for (k = 1; k in f; k++) column[f[k]] = k
  next
}
FILENAME ~ /pareto-/ {
  chip[f[1]] = f[column["accelerator_nj"]]
  accuracy[f[1]] = f[column["accuracy"]]
  if (f[column["trained"]] != "") retrained[f[1]] = f[column["trained"]]
  if (f[1] == "exact") best = f[column["accuracy"]]
  order[++n_rows] = f[1]
  next
}
configuration(f[2]) { # case, config, seed, float, clean, mean
  key = f[1] SUBSEP c_mult SUBSEP c_ber SUBSEP FILENAME # experiments differ in their recipes
  sum[key] += f[6]
  seeds[key]++
}
END {
  if (best == "" || mhz <= 0 || chip["exact"] <= 0) {
    print "headline: rows are missing" > "/dev/stderr"
    exit 1
  }
  line("exact", "-", "exact", 1, best)
  for (k = 7; k >= 4; k--) if (("exact" k) in chip) line("exact_" k "_bits", "-", "exact" k, 1, accuracy["exact" k])
  pick = "exact"
  for (k = 1; k <= n_rows; k++) if (best - accuracy[order[k]] <= points && chip[order[k]] < chip[pick]) pick = order[k]
  line("untrained_cheapest", "-", pick, 1, accuracy[pick])
  for (k = 7; k >= 4; k--) if (("exact" k) in retrained) line("exact_" k "_bits_retrained", "fine-tuned", "exact" k, 1, retrained["exact" k])
  pick = ""
  for (k = 1; k <= n_rows; k++)
    if (order[k] in retrained && best - retrained[order[k]] <= points && (pick == "" || chip[order[k]] < chip[pick])) pick = order[k]
  if (pick != "") line("retrained_cheapest", "fine-tuned", pick, 1, retrained[pick])
  for (key in sum) {
    split(key, part, SUBSEP)
    g = part[1] in group ? group[part[1]] : "rival"
    if (g == "plain" && part[2] == "exact") g = "plain_exact"
    seen[g] = 1
    a = sum[key] / seeds[key]
    if (!(part[2] in chip) || best - a > points + 1e-9) continue
    s = cheapest(part[2], part[3])
    e = energy(part[2], s)
    if (!(g in found) || e < found_e[g] || (e == found_e[g] && a > found_a[g])) {
      found[g] = part[1]
      found_m[g] = part[2]
      found_s[g] = s
      found_a[g] = a
      found_e[g] = e
    }
  }
  n = split("plain_exact plain axtrain rival", word, " ")
  for (k = 1; k <= n; k++) {
    g = word[k]
    if (g in found) line(g, found[g], found_m[g], found_s[g], found_a[g])
    else printf "HEADLINE lib=%s d=%d net=%s what=%s: %s\n", lib, d, net, g, g in seen ? "no configuration within " points " points" : "no rows"
  }
}
