# The table of docs/verification.md: lines, branches and toggles by module from points (points.awk).
# A source line is covered if every block that it is in was entered; a toggle if the bit changed twice at least in one run, so
# rose and fell; a branch if it was taken. Each point counts once, whatever the instances and parameter sets.
# usage: awk -v exclusions=FILE [-v json=FILE] [-v missing=1] [-v partial=1] [-v line_floor=98] [-v toggle_floor=90]
#   -f table.awk POINTS
# Lines of the exclusions: FILE KIND PATTERN # REASON. FILE: of rtl/, or *; KIND: line or toggle; PATTERN: a regular expression,
# of a part of the source line, of the whole name of the signal's bit. Exit 1: a module or all below a floor, an exclusion
# without a reason, one that excludes nothing, or nothing that was not reached anyway; with partial the last two are allowed.
# SPDX-License-Identifier: Apache-2.0
BEGIN {
  FS = "\t"
  if (line_floor == "") line_floor = 98
  if (toggle_floor == "") toggle_floor = 90
  while ((got = (getline text < exclusions)) > 0) {
    where++
    if (text ~ /^#/ || text !~ /[^ ]/) continue
    if (!match(text, / # ./)) { complain(exclusions ":" where ": no reason: " text); continue }
    sub(/ +# .*/, "", text)
    if (split(text, part, / +/) != 3 || (part[2] != "line" && part[2] != "toggle")) {
      complain(exclusions ":" where ": not FILE KIND PATTERN # REASON: " text)
      continue
    }
    rules++
    rule_at[rules] = exclusions ":" where
    rule_file[rules] = part[1]
    rule_kind[rules] = part[2]
    rule_pattern[rules] = part[2] == "line" ? part[3] : "^(" part[3] ")$"
    rule_text[rules] = text
  }
  if (got < 0) complain("cannot read " exclusions)
}
function complain(text) {
  print "coverage: " text > "/dev/stderr"
  bad = 1
}
function source_line(file, line,    text, n) {
  if (!(file in is_read)) {
    is_read[file] = 1
    while ((getline text < file) > 0) source[file, ++n] = text
    close(file)
  }
  return source[file, line]
}
function excluded(file, kind, what, reached,    i, found) {
  for (i = 1; i <= rules; i++)
    if ((rule_file[i] == file || rule_file[i] == "*") && rule_kind[i] == kind && what ~ rule_pattern[i]) {
      used[i]++
      if (!reached) needed[i]++
      found = 1
    }
  return found
}
function count(file, kind, reached) {
  files[file] = 1
  all[file, kind]++
  all["all", kind]++
  if (reached) {
    hit[file, kind]++
    hit["all", kind]++
  }
}
function miss(kind, file, line, what) {
  if (missing) printf "missing %s %s:%d %s\n", kind, file, line, what
}
NF == 7 {
  files[$2] = 1
  points++
  if ($1 == "toggle") {
    if (excluded($2, "toggle", $5, $7 >= 2)) out[$2, "toggle"]++
    else {
      count($2, "toggle", $7 >= 2)
      if ($7 < 2) miss("toggle", $2, $3, $5)
    }
    next
  }
  # The lines of this block, and whether it was entered.
  spans = split($6, span, ",")
  for (s = 1; s <= spans; s++) {
    if (split(span[s], end, "-") < 2) end[2] = end[1]
    for (line = end[1] + 0; line <= end[2] + 0; line++) {
      if (!(($2, line) in entered)) { entered[$2, line] = 1; line_of[++lines] = $2 SUBSEP line }
      if ($7 < 1) entered[$2, line] = 0
    }
  }
  if ($1 == "branch") branch[++branches] = $2 SUBSEP $3 SUBSEP $5 SUBSEP $7
  next
}
{ complain(FILENAME ":" FNR ": not a point: " $0) }
function percent(file, kind) { return all[file, kind] ? 100 * hit[file, kind] / all[file, kind] : 100 }
function row(file, name,    low) {
  low = percent(file, "line") < line_floor || percent(file, "toggle") < toggle_floor
  if (low) bad = 1
  printf "%-28s %5d / %-5d %6.2f   %5d / %-5d %6.2f   %6d / %-6d %6.2f   %5d  %5d  %s\n",
    name, hit[file, "line"], all[file, "line"],
    percent(file, "line"), hit[file, "branch"], all[file, "branch"], percent(file, "branch"),
    hit[file, "toggle"], all[file, "toggle"], percent(file, "toggle"), out[file, "line"], out[file, "toggle"], low ? "FAIL" : "PASS"
  if (json) printf "%s    {\"module\": \"%s\", \"lines\": [%d, %d], \"branches\": [%d, %d], " \
    "\"toggles\": [%d, %d], \"excluded\": [%d, %d]}", first++ ? ",\n" : "", name, hit[file, "line"], all[file, "line"],
    hit[file, "branch"], all[file, "branch"], hit[file, "toggle"], all[file, "toggle"],
    out[file, "line"], out[file, "toggle"] > json
}
END {
  if (!points) complain("no points")
  for (i = 1; i <= lines; i++) {
    split(line_of[i], part, SUBSEP)
    text = source_line(part[1], part[2])
    reached = entered[line_of[i]]
    if (excluded(part[1], "line", text, reached)) {
      out[part[1], "line"]++
      gone[line_of[i]] = 1
    } else {
      count(part[1], "line", reached)
      if (!reached) miss("line", part[1], part[2], text)
    }
  }
  for (i = 1; i <= branches; i++) {
    split(branch[i], part, SUBSEP)
    if ((part[1], part[2]) in gone) continue
    count(part[1], "branch", part[4] > 0)
    if (part[4] < 1) miss("branch", part[1], part[2], part[3] ": " source_line(part[1], part[2]))
  }
  for (i = 1; i <= rules; i++)
    if (partial) continue
    else if (!used[i]) complain(rule_at[i] ": excludes nothing: " rule_text[i])
    else if (!needed[i]) complain(rule_at[i] ": all that it excludes was reached: " rule_text[i])
  n = 0
  for (file in files) {
    for (i = n++; i > 0 && name[i] > file; i--) name[i + 1] = name[i]
    name[i + 1] = file
    out["all", "line"] += out[file, "line"]
    out["all", "toggle"] += out[file, "toggle"]
  }
  printf "%-28s %13s %6s   %13s %6s   %15s %6s   %s\n", 
    "module", "lines", "%", "branches", "%", "toggles", "%", "excluded: lines, toggles"
  if (json) printf "{\n  \"modules\": [\n" > json
  for (i = 1; i <= n; i++) row(name[i], substr(name[i], 5, length(name[i]) - 6))
  row("all", "all")
  if (json) printf "\n  ],\n  \"floors\": {\"lines\": %s, \"toggles\": %s}\n}\n", line_floor, toggle_floor > json
  printf "COVERAGE modules=%d line=%.2f branch=%.2f toggle=%.2f excluded=%d,%d floors=%s,%s %s\n", n, percent("all", "line"),
    percent("all", "branch"), percent("all", "toggle"),
    out["all", "line"], out["all", "toggle"], line_floor, toggle_floor, bad ? "FAIL" : "PASS"
  exit bad
}
