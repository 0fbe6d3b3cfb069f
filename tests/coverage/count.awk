# Coverage by file of rtl/ from Verilator's data files: a point counts as reached if any instance in any run reached it (a
# toggle has two directions, each a point). Lines of the exclusions file, FILE KIND PATTERN # REASON, take points out: KIND is
# line or toggle, PATTERN of line numbers' text (a part of the source line) or of signal names (a regular expression).
# usage: awk -v exclusions=FILE [-v missing=1] -v line_floor=98 -v toggle_floor=90 -f count.awk FILE.dat ..
# SPDX-License-Identifier: Apache-2.0
function source_line(f, l,    text, n) {
  if (!(f in read_in)) {
    read_in[f] = 1
    for (n = 1; (getline text < f) > 0; n++) source[f, n] = text
    close(f)
  }
  return source[f, l]
}
function excluded(f, kind, what,    i) {
  for (i = 1; i <= rules; i++)
    if ((rule_file[i] == f || rule_file[i] == "*") && rule_kind[i] == kind && what ~ rule_pattern[i]) {
      used[i]++
      return 1
    }
  return 0
}
BEGIN {
  while ((getline text < exclusions) > 0) {
    if (text ~ /^#/ || text !~ /[^ ]/) continue
    sub(/ +# .*/, "", text)
    rules++
    split(text, part, " ")
    rule_file[rules] = part[1]
    rule_kind[rules] = part[2]
    sub(/^[^ ]+ +[^ ]+ +/, "", text)
    rule_pattern[rules] = text
  }
}
/^C / {
  n = split($0, field, "\001")
  file = line = page = comment = ""
  for (i = 1; i <= n; i++) {
    at = index(field[i], "\002")
    key = substr(field[i], 1, at - 1)
    value = substr(field[i], at + 1)
    if (key == "f") file = value
    else if (key == "l") line = value
    else if (key == "page") page = value
    else if (key == "o") comment = value
  }
  sub(/.*\/rtl\//, "rtl/", file)
  if (file !~ /^rtl\// || file ~ /^rtl\/mult\//) next
  count = $0
  sub(/.* /, "", count)
  kind = page ~ /^v_toggle/ ? "toggle" : "line"
  id = kind SUBSEP file SUBSEP line SUBSEP comment
  if (!(id in hits)) order[++points] = id
  hits[id] += count
}
END {
  for (p = 1; p <= points; p++) {
    split(order[p], part, SUBSEP)
    kind = part[1]
    f = part[2]
    if (excluded(f, kind, kind == "line" ? source_line(f, part[3]) : part[4])) {
      out[f, kind]++
      continue
    }
    files[f] = 1
    all[f, kind]++
    sum[kind]++
    if (hits[order[p]] > 0) {
      got[f, kind]++
      sum_got[kind]++
    } else if (missing) printf "missing %s %s:%d %s %s\n", kind, f, part[3], part[4], kind == "line" ? source_line(f, part[3]) : ""
  }
  for (f in files) {
    l = all[f, "line"] ? 100 * got[f, "line"] / all[f, "line"] : 100
    t = all[f, "toggle"] ? 100 * got[f, "toggle"] / all[f, "toggle"] : 100
    printf "COVERAGE file=%s line=%.1f (%d of %d) toggle=%.1f (%d of %d) excluded=%d\n", f, l, got[f, "line"], all[f, "line"], t, got[f, "toggle"], all[f, "toggle"], out[f, "line"] + out[f, "toggle"] | "sort"
  }
  close("sort")
  for (i = 1; i <= rules; i++)
    if (!used[i]) {
      printf "coverage: the exclusion `%s %s %s` excludes nothing\n", rule_file[i], rule_kind[i], rule_pattern[i]
      bad = 1
    }
  l = sum["line"] ? 100 * sum_got["line"] / sum["line"] : 0
  t = sum["toggle"] ? 100 * sum_got["toggle"] / sum["toggle"] : 0
  if (l < line_floor || t < toggle_floor) bad = 1
  printf "COVERAGE line=%.2f toggle=%.2f points=%d floors=%s,%s %s\n", l, t, points, line_floor, toggle_floor, bad ? "FAIL" : "PASS"
  exit bad
}
