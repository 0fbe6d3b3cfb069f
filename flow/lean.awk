# Makes the Liberty file that synthesis and timing read: without power tables (they are most of a file) and without cells
# whose name matches -v dont_use=REGEXP. -v units=FILE: writes `time_unit capacitance_unit nom_voltage` there, like
# `1ns 1pf 1.8`; -v areas=FILE: lines `cell area`; -v leakages=FILE: lines `cell nanowatts` (mean over its states) of the
# cells that have one. SPDX-License-Identifier: Apache-2.0

function braces(line,    open, close_) {
  gsub(/"[^"]*"/, "", line)
  open = gsub(/{/, "", line)
  close_ = gsub(/}/, "", line)
  return open - close_
}

# The text between the parentheses or after the colon, without quotes and blanks.
function value(line) {
  sub(/^[^:(]*[:(]/, "", line)
  sub(/[;){].*/, "", line)
  gsub(/[" \t]/, "", line)
  return line
}

# Comments that stand on lines of their own; what is left of a comment inside a line does no harm.
in_comment {
  if (/\*\//) in_comment = 0
  next
}
/^[ \t]*\/\*/ {
  if (!/\*\//) in_comment = 1
  else if (/\*\/[ \t\r]*$/) {}
  next
}

skip {
  depth += braces($0)
  if (depth <= 0) skip = 0
  next
}
/^[ \t]*(internal_power|leakage_power|power_lut_template)[ \t]*\(/ {
  depth = braces($0)
  if (depth > 0) skip = 1
  next
}
/^[ \t]*cell[ \t]*\(/ {
  name = value($0)
  if (dont_use != "" && name ~ dont_use) {
    depth = braces($0)
    skip = 1
    next
  }
  cell = leaking = name
  cells++
}
/^[ \t]*area[ \t]*:/ && cell != "" {
  print cell, value($0) > areas
  cell = ""
}
/^[ \t]*leakage_power_unit[ \t]*:/ { nanowatt = unit_nw(value($0)) }
/^[ \t]*cell_leakage_power[ \t]*:/ && leaking != "" {
  print leaking, value($0) * nanowatt > leakages
  leaking = ""
}
/^[ \t]*time_unit[ \t]*:/ { time = value($0) }
/^[ \t]*nom_voltage[ \t]*:/ { voltage = value($0) + 0 }
/^[ \t]*capacitive_load_unit[ \t]*\(/ {
  cap = value($0)
  split(cap, part, ",")
  cap = part[1] + 0 tolower(part[2])
}
{ print }

END {
  if (skip || in_comment || cells == 0) {
    print FILENAME ": not a complete Liberty file (" cells + 0 " cells)" > "/dev/stderr"
    exit 1
  }
  print time, cap, voltage > units
}

# Nanowatts of a unit like 1nW or 100pW.
function unit_nw(text) {
  return text * (text ~ /mW/ ? 1e6 : text ~ /uW/ ? 1e3 : text ~ /nW/ ? 1 : text ~ /pW/ ? 1e-3 : 1e9)
}
