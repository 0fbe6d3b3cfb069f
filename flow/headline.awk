# The table of headline.sh. Files: supplies of the kernel buffer (`BER SIZE um2 access cycle read write idle leakage V`), power JSON, CSV of
# pareto.sh, CSV of trained nets. E = E(accelerator, multiplier) - kernel buffer at nominal + at the supply, and leakage for the longer
# cycle if the buffer at that supply is slower than the clock. SPDX-License-Identifier: Apache-2.0
function number(text) {
  sub(/^[^:]*: */, "", text)
  sub(/,$/, "", text)
  return text + 0
}
function name_of(text) {
  gsub(/.*: *"|",?$/, "", text)
  return text
}
# nJ of the accelerator with a multiplier and the kernel buffer at the supply of a failure rate.
function energy(mult, ber,    period, slow, buffer) {
  period = 1000 / mhz
  slow = cycle[ber] > period ? cycle[ber] : period
  buffer = (reads * (read_pj[ber] - read_pj[0]) + writes * (write_pj[ber] - write_pj[0])) * 1e-3 + \
    count * (leak[ber] - leak[0]) * cycles * period * 1e-6
  return chip[mult] + buffer + (logic_leak + memory_leak + count * (leak[ber] - leak[0])) * cycles * (slow - period) * 1e-6
}
function line(what, mult, ber, acc, e) {
  printf "HEADLINE lib=%s d=%d net=%s what=%s mult=%s vdd_kb=%.3g ber=%g accuracy=%.2f lost=%.2f energy_nj_per_inference=%.1f saved=%.1f%% %s\n", \
    lib, d, net, what, mult, vdd[ber], ber, acc, best - acc, e, 100 * (1 - e / chip["exact"]), best - acc <= points + 1e-9 ? "within" : "beyond"
  print what "," mult "," vdd[ber] "," ber "," acc "," best - acc "," e "," (best - acc <= points + 1e-9) > csv
}
BEGIN {
  while ((getline text < mults) > 0) # presets like K1 =bam5_9
    if (split(text, word, " ") > 1 && word[2] ~ /^=/) alias[word[1]] = substr(word[2], 2)
  print "what,mult,vdd_kb,ber,accuracy,lost,energy_nj,within" > csv
}
FNR == 1 { file++ }
file == 1 {
  read_pj[$1] = $6
  write_pj[$1] = $7
  cycle[$1] = $5
  leak[$1] = $9
  vdd[$1] = $10
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
/^#/ || f[1] == "name" || f[1] == "case" { next }
FILENAME ~ /pareto-/ {
  chip[f[1]] = f[12]
  accuracy[f[1]] = f[6]
  if (f[1] == "exact") best = f[6]
  order[++n] = f[1]
  next
}
f[2] ~ /^(K[123]|b1|joint)$/ { # case, config, seed, float, clean, mean; two's complement needs a decoder that the RTL has not
  sum[f[1], f[2]] += f[6]
  seeds[f[1], f[2]]++
  cases[f[1]] = 1
}
END {
  if (best == "" || mhz <= 0 || chip["exact"] <= 0) {
    print "headline: rows are missing" > "/dev/stderr"
    exit 1
  }
  line("exact", "exact", 0, best, chip["exact"])
  for (k = 7; k >= 4; k--) if (("exact" k) in chip) line("exact_" k "_bits", "exact" k, 0, accuracy["exact" k], chip["exact" k])
  pick = "exact"
  for (k = 1; k <= n; k++) if (best - accuracy[order[k]] <= points && chip[order[k]] < chip[pick]) pick = order[k]
  line("untrained_cheapest", pick, 0, accuracy[pick], chip[pick])
  for (c in cases) {
    found = ""
    for (key in sum) {
      split(key, part, SUBSEP)
      if (part[1] != c) continue
      a = sum[key] / seeds[key]
      m = part[2] in alias ? alias[part[2]] : part[2] == "joint" ? "exact4" : "exact"
      b = part[2] == "b1" || part[2] == "joint" ? 0.01 : 0
      if (!(m in chip) || !(b in vdd)) continue
      e = energy(m, b)
      if (best - a <= points && (found == "" || e < found_e)) {
        found = key
        found_e = e
        found_m = m
        found_b = b
        found_a = a
      }
    }
    if (found != "") line("trained_" c, found_m, found_b, found_a, found_e)
    else printf "HEADLINE lib=%s d=%d net=%s what=trained_%s: no configuration within %g points\n", lib, d, net, c, points
  }
}
