#!/bin/bash
# Changes one token of the RTL or of its bit-exact C model at a time and sees whether a check notices: make mutate.
# usage: [BUILD=build] tests/mutate/mutate.sh     from the top; environment:
#   MUTANTS=300 SEED=1   how many are drawn (every third of the C model, two of rtl/), by which seed
#   JOBS=1               at a time
#   LIST=1               shows the drawn ones and ends;  MUTANT=ID: runs this one and says what found it
#   AGAIN=1              tries those that survived or are open once more, from the start (there are new tests)
#   PLANTED='mem/* ..'   instead: the faults of tests/mutate/planted, by module, which the module's own test must find
# The state is BUILD/mutate/state-SEED, a line a mutant; killed, the run goes on there. Survivors must be explained, one by one,
# in tests/mutate/survivors. Last line: MUTATE seed=.. rtl=.. c=.. killed=.. survived=.. equivalent=.. score=..% PASS or FAIL;
# PASS: all done, score at least 95 %, no survivor without explanation. The same in BUILD/results/mutate-SEED.json.
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C
[ -n "${MUTANTS:-}" ] || MUTANTS=300
[ -n "${SEED:-}" ] || SEED=1
[ -n "${JOBS:-}" ] || JOBS=1
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
for n in MUTANTS SEED JOBS; do
  case ${!n} in '' | *[!0-9]* | ??????????*) echo "mutate: $n must be a number, not '${!n}'" >&2; exit 2 ;; esac
done
[ "$MUTANTS" -gt 0 ] || { echo "mutate: MUTANTS must be a number from 1 on, not '$MUTANTS'" >&2; exit 2; }
. tests/mutate/settings.inc
dir=$BUILD/mutate
mutants=$dir/mutants
"${MAKE:-make}" --no-print-directory -s BUILD="$BUILD" "$mutants" || exit 1

# Twice as many as asked for: those that do not build are drawn again.
drawn=$dir/drawn-$SEED
# shellcheck disable=SC2046 # a list of files
"$mutants" draw "$SEED" $((2 * MUTANTS)) 3 $(mutate_files) >"$drawn" || exit 1
if [ -n "${LIST:-}" ]; then
  head -n "$MUTANTS" "$drawn" | cut -c1-200
  exit
fi
if [ -n "${MUTANT:-}" ]; then
  "$mutants" make "$MUTANT" /dev/null || exit 1
  tests/mutate/prepare.sh base && tests/mutate/one.sh "$MUTANT"
  exit
fi
if [ -n "${PLANTED:-}" ]; then
  set -f
  # shellcheck disable=SC2086 # patterns
  exec tests/mutate/planted.sh $PLANTED
fi

export STATE=$dir/state-$SEED DRAWN=$drawn MUTANTS
touch "$STATE" || exit 1
# A state of other sources says nothing about these.
cut -f1 "$STATE" | grep -qvxFf <(cut -f1 "$drawn") &&
  { echo "mutate: $STATE is of other sources or another number of mutants: remove it to start anew" >&2; exit 1; }
if [ -n "${AGAIN:-}" ]; then
  awk -F '\t' '{ verdict[$1] = $2; line[$1] = $0; if (!($1 in at)) { at[$1]; id[++n] = $1 } }
    END { for (i = 1; i <= n; i++) if (verdict[id[i]] !~ /^(survived|open)$/) print line[id[i]] }' "$STATE" >"$STATE.new" &&
    mv "$STATE.new" "$STATE"
fi
# Simulators of other sources are built anew.
for right in "$dir"/sim/*/right; do
  [ -e "$right" ] && [ -n "$(find rtl sim sw -name '*.[chv]*' -newer "$right" -print -quit)" ] && rm "$right"
done
tests/mutate/prepare.sh base || exit 1
export MUTATE_START MUTATE_BEFORE
MUTATE_START=$(date +%s)
MUTATE_BEFORE=$(wc -l <"$STATE")
# The last line of a mutant counts.
left() { # left VERDICT: the mutants of this verdict
  awk -F '\t' -v want="$1" '{ verdict[$1] = $2 } END { for (id in verdict) if (verdict[id] == want) print id }' "$STATE" | sort
}
run() { # run [deep]: the mutants on stdin
  tr '\n' '\0' | xargs -0 -r -P "$JOBS" -I{} tests/mutate/one.sh {} "$@"
}
while :; do
  # In the order in which they were drawn, as many as are missing.
  missing=$((MUTANTS - $(cut -f1 "$STATE" | sort -u | wc -l) + $(left stillborn | wc -l)))
  [ "$missing" -gt 0 ] || break
  list=$(awk -F '\t' 'FILENAME == ARGV[1] { known[$1]; next } !($1 in known) { print $1 }' "$STATE" "$drawn" | head -n "$missing")
  [ -n "$list" ] || break
  run <<<"$list" || exit 1
done
# Then what is dear, for those that are still there.
left open | run deep || exit 1
tests/mutate/summary.sh "$SEED" "$MUTANTS"
