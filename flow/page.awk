# A table of docs/pareto.md from rows. -v kind=pareto: of pareto.sh, by energy; kind=headline: of headline.sh.
# SPDX-License-Identifier: Apache-2.0
BEGIN { FS = "," }
/^#/ { next }
!head {
  head = 1
  for (k = 1; k <= NF; k++) c[$k] = k
  if (kind == "pareto") {
    print "| multiplier | area um2 | delay ns | energy a cycle fJ | MRED % | accuracy % | retrained % | element nJ | accelerator nJ | saved % |"
    print "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  } else {
    print "| what | how | multiplier | kernel buffer V | cells that fail % | clock MHz | accuracy % | points lost | nJ an inference | saved % |"
    print "|---|---|---|---:|---:|---:|---:|---:|---:|---:|"
  }
  next
}
kind == "pareto" {
  n++
  if ($c["name"] == "exact") all = $c["accelerator_nj"]
  energy[n] = $c["energy_fj"]
  total[n] = $c["accelerator_nj"]
  row[n] = sprintf("| `%s` | %.0f | %.2f | %.1f | %s | %.2f | %s | %.1f | %.1f |", $c["name"], $c["area_um2"], $c["delay_ns"], $c["energy_fj"], $c["mred"],
    $c["accuracy"], $c["trained"] == "" ? "-" : sprintf("%.2f", $c["trained"]), $c["element_nj"], $c["accelerator_nj"])
  next
}
{
  printf "| %s | %s | `%s` | %.2f | %s | %s | %.2f | %.2f | %.0f | %.1f |\n", label($1), $2, $3, $4, $5 == 0 ? "0" : sprintf("%.2g", 100 * $5), $6, $7, $8, $9, $10
}
function label(text) {
  gsub("_", " ", text)
  return text
}
END {
  if (kind != "pareto") exit
  for (k = 1; k <= n; k++) { # by energy
    best = 0
    for (j = 1; j <= n; j++) if (!(j in done) && (!best || energy[j] < energy[best])) best = j
    done[best] = 1
    printf "%s %.2f |\n", row[best], 100 * (1 - total[best] / all)
  }
}
