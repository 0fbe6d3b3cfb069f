#!/bin/bash
# Sums up a run of mutate.sh: a line a folder, the survivors with their explanations, the last line, the JSON.
# usage: [BUILD=build] tests/mutate/summary.sh SEED MUTANTS     from the top; exit status 0 only if the last line is a PASS
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
  { if (!($1 in verdict)) ids[++idn] = $1; verdict[$1] = $2; by[$1] = $3 }
  function tally(id, v,   path, folder) {
    path = id; sub(/:.*/, "", path)
    folder = path; sub(/\/[^\/]*$/, "", folder)
    if (!(folder in seen)) { seen[folder]; order[++folders] = folder }
    count[folder, v]++; all[v]++; side[substr(path, 1, 3) == "rtl" ? "rtl" : "c", v]++
    if (v == "survived") survivor[++survivors] = id
    if (v == "equivalent") equal[++equals] = id "\t" by[id]
  }
  function score(k, s) { return k + s ? sprintf("%.1f", 100 * k / (k + s)) : "-" }
  END {
    for (i = 1; i <= idn; i++) tally(ids[i], verdict[ids[i]])
    for (i = 1; i <= folders; i++) {
      f = order[i]
      printf "mutants of %s: killed=%d survived=%d open=%d equivalent=%d stillborn=%d score=%s%%\n", f, count[f, "killed"], count[f, "survived"],
        count[f, "equivalent"], count[f, "stillborn"], score(count[f, "killed"], count[f, "survived"] + count[f, "open"])
    }
    for (i = 1; i <= equals; i++) { split(equal[i], e, "\t"); printf "equivalent (%s): %s  %s  in: %s\n", e[2], e[1], what[e[1]], text[e[1]] }
    for (i = 1; i <= survivors; i++) {
      id = survivor[i]
      path = id; sub(/:.*/, "", path)
      reason = ""
      for (k = 1; k <= n; k++) if (file[k] == path && change[k] == what[id] && index(text[id], line[k])) reason = why[k]
      if (reason == "") unexplained++
      printf "survived: %s  %s  in: %s\n  %s\n", id, what[id], text[id], reason == "" ? "not explained" : reason
    }
    rtl = side["rtl", "killed"] + side["rtl", "survived"] + side["rtl", "open"] + side["rtl", "equivalent"]
    c = side["c", "killed"] + side["c", "survived"] + side["c", "open"] + side["c", "equivalent"]
    s = score(all["killed"], all["survived"] + all["open"])
    ok = rtl + c >= mutants && s != "-" && s >= 95 && !unexplained && !all["open"]
    printf "MUTATE seed=%d rtl=%d c=%d killed=%d survived=%d open=%d equivalent=%d stillborn=%d unexplained=%d score_rtl=%s%% score_c=%s%% score=%s%%%s %s\n",
      seed, rtl, c, all["killed"], all["survived"], all["open"], all["equivalent"], all["stillborn"], unexplained,
      score(side["rtl", "killed"], side["rtl", "survived"] + side["rtl", "open"]), score(side["c", "killed"], side["c", "survived"] + side["c", "open"]), s,
      rtl + c < mutants ? sprintf(" of=%d", mutants) : "", ok ? "PASS" : "FAIL"
    printf "{\"seed\": %d, \"drawn\": %d, \"rtl\": %d, \"c\": %d, \"killed\": %d, \"survived\": %d, \"open\": %d, \"equivalent\": %d, \"stillborn\": %d, \"unexplained\": %d, \"score\": %s}\n",
      seed, mutants, rtl, c, all["killed"], all["survived"], all["open"], all["equivalent"], all["stillborn"], unexplained, s == "-" ? "null" : s > json
    exit !ok
  }' tests/mutate/survivors "$dir/drawn-$seed" "$dir/state-$seed"
status=$?
mv "$json.new" "$json" || exit 1
exit $status
