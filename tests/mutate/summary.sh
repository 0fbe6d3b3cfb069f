#!/bin/bash
# Sums up a run of mutate.sh: a line a folder, the equal ones, the survivors with their explanations, the last line, the JSON.
# usage: [BUILD=build] tests/mutate/summary.sh SEED MUTANTS     from the top; exit status 0 only if the last line is a PASS
# Of open mutants the dear checks are left; they count as not found.
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C
seed=$1 mutants=$2
dir=$BUILD/mutate
mkdir -p "$BUILD/results" || exit 1
json=$BUILD/results/mutate-$seed.json
# In survivors: FILE @@ FROM -> TO @@ text of the line @@ why. The drawn list has the same, which line numbers do not change.
awk -F '\t' -v seed="$seed" -v mutants="$mutants" -v json="$json.new" '
  FILENAME ~ /survivors$/ {
    if (/^#/ || !NF) next
    split($0, part, / @@ /)
    n++
    file[n] = part[1]; change[n] = part[2]; line[n] = part[3]; why[n] = part[4]
    next
  }
  FILENAME ~ /drawn-/ { what[$1] = $2; text[$1] = $3; next }
  { if (!($1 in verdict)) ids[++idn] = $1; verdict[$1] = $2; by[$1] = $3 } # the last line of a mutant counts
  function tally(id, v,   folder) {
    folder = id; sub(/:.*/, "", folder); sub(/\/[^\/]*$/, "", folder)
    if (!(folder in seen)) { seen[folder]; order[++folders] = folder }
    count[folder, v]++
    count["all", v]++
    count[id ~ /^rtl/ ? "rtl side" : "c side", v]++
  }
  function killed(p) { return count[p, "killed"] + 0 }
  function others(p) { return count[p, "survived"] + count[p, "open"] }
  function valid(p) { return killed(p) + others(p) + count[p, "equivalent"] }
  function score(p) { return killed(p) + others(p) ? sprintf("%.1f", 100 * killed(p) / (killed(p) + others(p))) : "-" }
  function counts(p, format) {
    return sprintf(format, killed(p), count[p, "survived"], count[p, "open"], count[p, "equivalent"], count[p, "stillborn"])
  }
  function reason(id,   k, path, found) {
    path = id; sub(/:.*/, "", path)
    for (k = 1; k <= n; k++) if (file[k] == path && change[k] == what[id] && index(text[id], line[k])) found = why[k]
    return found
  }
  END {
    plain = "killed=%d survived=%d open=%d equivalent=%d stillborn=%d"
    quoted = "\"killed\": %d, \"survived\": %d, \"open\": %d, \"equivalent\": %d, \"stillborn\": %d"
    for (i = 1; i <= idn; i++) tally(ids[i], verdict[ids[i]])
    for (i = 1; i <= folders; i++) printf "mutants of %s: %s score=%s%%\n", order[i], counts(order[i], plain), score(order[i])
    for (i = 1; i <= idn; i++) if (verdict[ids[i]] == "equivalent")
      printf "equivalent (%s): %s  %s  in: %s\n", by[ids[i]], ids[i], what[ids[i]], text[ids[i]]
    for (i = 1; i <= idn; i++) if (verdict[ids[i]] == "survived" || verdict[ids[i]] == "open") {
      id = ids[i]
      if (verdict[id] == "survived" && reason(id) == "") unexplained++
      printf "%s: %s  %s  in: %s\n", verdict[id], id, what[id], text[id]
      if (reason(id) != "") printf "  %s\n", reason(id)
    }
    ok = valid("all") >= mutants && score("all") != "-" && score("all") >= 95 && !unexplained && !count["all", "open"]
    printf "MUTATE seed=%d rtl=%d c=%d %s unexplained=%d score_rtl=%s%% score_c=%s%% score=%s%%%s %s\n", seed, valid("rtl side"),
      valid("c side"), counts("all", plain), unexplained, score("rtl side"), score("c side"), score("all"),
      valid("all") < mutants ? " of=" mutants : "", ok ? "PASS" : "FAIL"
    printf "{\"seed\": %d, \"asked\": %d, \"rtl\": %d, \"c\": %d, %s, \"unexplained\": %d, \"score\": %s}\n", seed, mutants,
      valid("rtl side"), valid("c side"), counts("all", quoted), unexplained, score("all") == "-" ? "null" : score("all") > json
    exit !ok
  }' tests/mutate/survivors "$dir/drawn-$seed" "$dir/state-$seed"
status=$?
mv "$json.new" "$json" || exit 1
exit $status
