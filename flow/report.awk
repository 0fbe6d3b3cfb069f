# Sums up synthesis and timing. Input files: blocks.txt; `areas` of the library; every block's netlist; `endpoints`.
# -v top=axflow -v clock=8 -v nand2=NAND2X1 tools and the settings lib, mult, d, w, node, voltage, leakage, fo4; json=FILE.
# An endpoint belongs to the innermost block that holds it. SPDX-License-Identifier: Apache-2.0

function die(text) {
  print "report: " text > "/dev/stderr"
  failed = 1
  exit 1
}

function ceil_log2(n,    k) {
  for (k = 0; 2 ^ k < n; k++) {}
  return k
}

# Adds up block `b` below `copies` instances of its parent.
function walk(b, copies,    k, child) {
  used[b] = 1
  count[b] += copies
  for (k = 1; k <= children[b]; k++) walk(child_type[b, k], copies)
  for (k in size_in)
    if (split(k, child, SUBSEP) && child[1] == b) {
      macro[child[2]] += copies * size_in[k]
      if (index(" " holder[child[2]] " ", " " group_of[b] " ") == 0) holder[child[2]] = holder[child[2]] " " group_of[b]
      macro_area_in[group_of[b]] += copies * size_in[k] * m_area[child[2]]
    }
}

# The block an endpoint belongs to: follows its instance path from the top.
function owner(path,    n, part, k, b, name) {
  gsub(/\\/, "", path)
  n = split(path, part, "/")
  b = top
  for (k = 1; k <= n; k++) {
    name = part[k]
    if (!((b, name) in instance)) break
    b = instance[b, name]
  }
  return b
}

FNR == 1 { file++ }
FILENAME ~ /blocks\.txt$/ {
  if (/^#/ || NF == 0) next
  split($0, field, "|")
  gsub(/ /, "", field[1])
  gsub(/ /, "", field[2])
  group_of[field[1]] = field[2]
  next
}
FILENAME ~ /\/areas$/ { area_of[$1] = $2; next }
FILENAME ~ /\/memories$/ {
  m_area[$1] = $2
  m_access[$1] = $3
  m_cycle[$1] = $4
  m_leak[$1] = $8
  m_vdd[$1] = $9
  next
}
FILENAME ~ /\/leakages$/ { leak_of[$1] = $2; next }
FILENAME ~ /\/endpoints$/ {
  # `name (type) required actual slack (MET)`
  if ($NF == "(MET)" || $NF == "(VIOLATED)") {
    slack = $(NF - 1)
    b = owner($1)
    delay = clock - slack
    if (!(b in worst) || delay > worst[b]) {
      worst[b] = delay
      worst_name[b] = $1
    }
    endpoints++
  }
  next
}
# Netlists
/^module / {
  block = $2
  sub(/\(.*/, "", block)
  next
}
/^  [A-Za-z_][A-Za-z0-9_$]* .*\($/ && $1 != "module" {
  type = $1
  name = $2
  sub(/^\\/, "", name)
  if (type ~ /^sram_[0-9]+x[0-9]+(_[a-z]+)?$/) {
    size_in[block, substr(type, 6)]++
  } else if (type in group_of) {
    child_type[block, ++children[block]] = type
    instance[block, name] = type
  } else if (type in area_of) {
    cells[block]++
    area[block] += area_of[type]
    if (type in leak_of) leak[block] += leak_of[type]
    else unleaked++
    if (name ~ /^fo_buf_/) buffer_area[block] += area_of[type]
  } else die("the netlist of " block " uses " type ", which has no area")
}

END {
  if (failed) exit 1
  if (endpoints == 0) die("OpenSTA reported no endpoint")
  if (!(nand2 in area_of)) die("the library has no " nand2)
  walk(top, 1)
  # Lines in the order of blocks.txt
  while ((getline line < "flow/blocks.txt") > 0) {
    if (line ~ /^#/ || line !~ /\|/) continue
    split(line, field, "|")
    b = field[1]
    g = field[2]
    gsub(/ /, "", b)
    gsub(/ /, "", g)
    if (!(b in used)) continue
    if (!(g in seen)) {
      seen[g] = 1
      order[++groups] = g
    }
    n_area[g] += count[b] * area[b]
    n_cells[g] += count[b] * cells[b]
    n_buf += count[b] * buffer_area[b]
    if (b in worst && worst[b] > delay_of[g]) {
      delay_of[g] = worst[b]
      end_of[g] = worst_name[b]
    }
    total += count[b] * area[b]
    total_cells += count[b] * cells[b]
    total_leak += count[b] * leak[b]
  }
  for (k = 1; k <= groups; k++) if (delay_of[order[k]] > slowest) slowest = delay_of[order[k]]
  if (total == 0 || slowest <= 0) die("nothing was synthesised")
  printf "%-17s %10s %12s %7s %11s %10s %9s\n", "logic of", "cells", "area um2", "share", "gates", "path ns", "max MHz"
  printf("{\n  \"lib\": \"%s\", \"node_nm\": %d, \"mult\": \"%s\", \"d\": %d, \"w\": %d, \"top\": \"%s\", \"clock_ns\": %s,\n", \
    lib, node, mult, d, w, top, clock) > json
  printf("  \"tools\": \"%s\",\n  \"nand2_area_um2\": %g, \"nand2_fo4_ns\": %s,\n  \"blocks\": [\n", tools, area_of[nand2], fo4) > json
  for (k = 1; k <= groups; k++) {
    g = order[k]
    dg = delay_of[g]
    printf("%-17s %10d %12.0f %6.1f%% %11.0f %10s %9s\n", g, n_cells[g], n_area[g], 100 * n_area[g] / total, \
      n_area[g] / area_of[nand2], dg > 0 ? sprintf("%.3f", dg) : "-", dg > 0 ? sprintf("%.1f", 1000 / dg) : "-")
    printf("    {\"block\": \"%s\", \"cells\": %d, \"logic_area_um2\": %.4f, \"gate_equivalents\": %.1f, \"path_ns\": %s}%s\n", \
      g, n_cells[g], n_area[g], n_area[g] / area_of[nand2], dg > 0 ? sprintf("%.4f", dg) : "null", k < groups ? "," : "") > json
  }
  printf "%-17s %10d %12.0f %6.1f%% %11.0f %10.3f %9.1f\n", "all logic", total_cells, total, 100, total / area_of[nand2], \
    slowest, 1000 / slowest
  printf "  of which buffers that bound the fan-out: %.1f %% of the area\n", 100 * n_buf / total
  for (m in macro) {
    split(m, size, /[x_]/)
    bits += macro[m] * size[1] * size[2]
    macros += macro[m]
    if (!(m in m_area)) die("memory " m " has no area")
    mem_area += macro[m] * m_area[m]
    mem_leak += macro[m] * m_leak[m]
    if (m_cycle[m] > mem_cycle) mem_cycle = m_cycle[m]
    # A supply other than the logic's: shifters at the outputs of a lower one, at the inputs of a higher one.
    if (m_vdd[m] < 0.99 * voltage) shifters += macro[m] * size[2]
    if (m_vdd[m] > 1.01 * voltage) shifters += macro[m] * (2 + size[2] + 2 * ceil_log2(size[1]))
    for (k = kinds++; k > 0 && macro[list[k]] * m_area[list[k]] < macro[m] * m_area[m]; k--) list[k + 1] = list[k]
    list[k + 1] = m
  }
  shift_area = 4 * area_of[nand2] * shifters
  clock_min = mem_cycle > slowest ? mem_cycle : slowest
  printf "%-17s %10d %12.0f %6.1f%% %11s %10s %9s\n", "memories", macros, mem_area, 100 * mem_area / (total + mem_area), "of all", \
    macros ? sprintf("%.3f", mem_cycle) : "-", macros ? sprintf("%.1f", 1000 / mem_cycle) : "-"
  for (k = 1; k <= kinds; k++)
    printf "  %5d x %-9s %9.0f um2, access %.3g ns, cycle %.3g ns, leakage %.3g uW each at %.4g V; in%s\n", macro[list[k]], list[k], \
      m_area[list[k]], m_access[list[k]], m_cycle[list[k]], m_leak[list[k]], m_vdd[list[k]], holder[list[k]]
  if (macros) printf "  memories by the model of docs/memory-model.md (extrapolated below 8 KB): %s, leakage %.4g uW\n", mem, mem_leak
  if (shifters) printf "  level shifters, the logic being at %g V: %d, assumed four NAND2 each, %.0f um2\n", voltage, shifters, shift_area
  printf "  path: to an endpoint in the block from wherever it begins (-: holds no register); no wires, ideal clock\n"
  # Leakage: the sum of the cells' means over their states, if the library gives all of them.
  leaks = leakage == "yes" && !unleaked
  if (leaks) printf("  leakage of the logic: %.4g uW (mean over the states of each cell)\n", total_leak / 1000)
  else printf("  leakage: n/a (%s)\n", leakage == "no" ? "the library does not characterise it" : "not every cell has a mean value")
  printf "  a NAND2 of %s driving four: %.1f ps\n", lib, 1000 * fo4
  printf("  ],\n  \"logic_area_mm2\": %.6f, \"cells\": %d, \"gate_equivalents\": %.0f, \"buffer_area_um2\": %.2f,\n", \
    total / 1e6, total_cells, total / area_of[nand2], n_buf) > json
  printf("  \"critical_path_ns\": %.4f, \"fmax_mhz\": %.2f, \"memory_macros\": %d, \"memory_bits\": %d, \"memory_area_mm2\": %.6f,\n", \
    slowest, 1000 / clock_min, macros, bits, mem_area / 1e6) > json
  printf("  \"memory_model\": \"%s\", \"memory_cycle_ns\": %s, \"memory_leakage_uw\": %.5g, \"level_shifters\": %d, \"level_shifter_area_um2\": %.1f, \"area_mm2\": %.6f,\n", \
    mem, macros ? mem_cycle : "null", mem_leak, shifters, shift_area, (total + mem_area + shift_area) / 1e6) > json
  printf("  \"memories\": [") > json
  for (k = 1; k <= kinds; k++)
    printf("%s\n    {\"size\": \"%s\", \"count\": %d, \"area_um2\": %s, \"access_ns\": %s, \"cycle_ns\": %s, \"leakage_uw\": %s, \"vdd\": %s}", \
      k > 1 ? "," : "", list[k], macro[list[k]], m_area[list[k]], m_access[list[k]], m_cycle[list[k]], m_leak[list[k]], m_vdd[list[k]]) > json
  printf("],\n") > json
  printf("  \"logic_leakage_uw\": %s\n}\n", leaks ? sprintf("%.5g", total_leak / 1000) : "null") > json
  printf "LOGIC logic_area_mm2=%.5g gates=%.0f\n", total / 1e6, total / area_of[nand2]
  printf "SYNTH lib=%s mult=%s d=%d w=%d%s area_mm2=%.5g fmax_mhz=%.1f power_mw=n/a energy_nj_per_inference=n/a PASS\n", lib, mult, d, w, \
    top == "axflow" ? "" : " top=" top, (total + mem_area + shift_area) / 1e6, 1000 / clock_min
}
