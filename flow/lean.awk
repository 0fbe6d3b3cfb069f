# Makes the Liberty file that synthesis and timing read: without power tables (they are most of a file) and without cells
# whose name matches -v dont_use=REGEXP; what is left out becomes empty lines, so that a line keeps its number. -v units=FILE:
# writes `time_unit capacitance_unit nom_voltage` there, like `1ns 1pf 1.8`; -v areas=FILE: lines `cell area`; -v leakages=FILE:
# lines `cell nanowatts` (mean over its states) of the cells that have one; -v leakage=yes: they must have a unit. A file that
# is no complete library ends it with one sentence. SPDX-License-Identifier: Apache-2.0

function die(line, text) {
  print ARGV[1] (line ? ":" line : "") ": " text > "/dev/stderr"
  failed = 1
  exit 1
}

# The groups that are open, innermost last: what they are and where they begin.
function nest(line,   at, name) {
  gsub(/"[^"]*"/, "", line)
  gsub(/\/\*[^*]*\*\//, "", line)
  while (at = match(line, /[{}]/)) {
    if (substr(line, at, 1) == "}") {
      if (--deep < 0) die(FNR, "a } too many: not a complete Liberty file")
    } else {
      name = substr(line, 1, at - 1)
      sub(/.*[;}]/, "", name)
      if (name !~ /[^ \t\r]/) name = above
      gsub(/^[ \t]+|[ \t\r]+$/, "", name)
      if (deep == 0 && name !~ /^library[ \t]*\(/) die(FNR, "a group outside the library: not a Liberty file")
      if (deep == 0) library = FNR
      if (deep == 1 && name ~ /^pin[ \t]*\(/) die(FNR, "a pin outside a cell: not a complete Liberty file")
      open[++deep] = FNR
      what[deep] = name
    }
    line = substr(line, at + 1)
  }
}

# The text between the parentheses or after the colon, without quotes and blanks.
function value(line) {
  sub(/^[^:(]*[:(]/, "", line)
  sub(/[;){].*/, "", line)
  gsub(/[" \t\r]/, "", line)
  return line
}

# Nanowatts of a unit like 1nW or 100pW.
function unit_nw(text) {
  return text * (text ~ /mW/ ? 1e6 : text ~ /uW/ ? 1e3 : text ~ /nW/ ? 1 : text ~ /pW/ ? 1e-3 : 1e9)
}

function area_known() {
  if (cell != "") die(cell_line, "cell " cell " has no area")
}

# Comments that stand on lines of their own; what is left of a comment inside a line does no harm.
in_comment {
  if (/\*\//) in_comment = 0
  print ""
  next
}
/^[ \t]*\/\*/ {
  if (!/\*\//) in_comment = FNR
  if (!/\*\/./ || /\*\/[ \t\r]*$/) {
    print ""
    next
  }
}

{ outside = deep }
/[{}]/ { nest($0) }
/[^ \t\r]/ { above = $0 }

# Left out up to the end of the group that began at the depth `skip`, from 1 on.
skip {
  if (deep < skip) skip = 0
  print ""
  next
}
/^[ \t]*(internal_power|leakage_power|power_lut_template)[ \t]*\(/ {
  if (deep > outside) skip = deep
  print ""
  next
}
/^[ \t]*cell[ \t]*\(/ {
  area_known()
  name = value($0)
  if (dont_use != "" && name ~ dont_use) {
    if (deep > outside) skip = deep
    print ""
    next
  }
  cell = leaking = name
  cell_line = FNR
  cells++
}
/^[ \t]*ff[ \t]*\(/ { flip_flops++ }
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
  if (failed) exit 1
  if (in_comment) die(in_comment, "the comment that begins here does not end: not a complete Liberty file")
  if (!library) die(NR + 0 ? 1 : 0, (NR ? "" : "empty, ") "not a Liberty file: it has no group 'library'")
  if (deep) die(NR, "the file ends inside '" what[deep] "' of line " open[deep] ": not a complete Liberty file")
  area_known()
  if (time == "") die(library, "the library has no time_unit")
  if (cap == "") die(library, "the library has no capacitive_load_unit")
  if (voltage == 0) die(library, "the library has no nom_voltage")
  if (leakage == "yes" && nanowatt == 0) die(library, "the library has no leakage_power_unit")
  if (!cells) die(library, "the library has no cell that may be used")
  if (!flip_flops) die(library, "the library has no flip-flop (group ff) that may be used")
  print time, cap, voltage > units
}
