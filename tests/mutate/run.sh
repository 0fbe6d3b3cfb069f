#!/bin/bash
# The mutation run in short: what is drawn is drawn again by the same seed; every mutant of a file differs from it in one place;
# mutants of the RTL and of the C model are killed, planted faults found, an equal one is proved and an unequal one is not; the
# lists of planted faults and of survivors fit the sources.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build} LC_ALL=C
suite=mutate
. tests/verdict.inc
. tests/mutate/settings.inc
work=$BUILD/test/mutate
mutants=$BUILD/mutate/mutants
rm -rf "$work"
mkdir -p "$work"
tests/mutate/prepare.sh none || exit 1

n=0
for seed in 1 1 2; do
  n=$((n + 1))
  # shellcheck disable=SC2046 # a list of files
  "$mutants" draw $seed 60 3 $(mutate_files) >"$work/drawn-$seed-$n"
done
cmp -s "$work/drawn-1-1" "$work/drawn-1-2" && ! cmp -s "$work/drawn-1-1" "$work/drawn-2-3" &&
  [ "$(cut -f1 "$work/drawn-1-1" | sort -u | wc -l)" = 60 ] && [ "$(grep -c ^rtl/ "$work/drawn-1-1")" = 40 ]
verdict $? "a seed draws the same mutants, two thirds of them of rtl/, another seed others"

for file in rtl/ctrl/fetch.v sw/faults/cells.c; do
  wrong=0
  while IFS=$'\t' read -r id change _; do
    "$mutants" make "$id" "$work/copy" && [ "$(diff "$file" "$work/copy" | grep -c '^<')" -ge 1 ] &&
      [ "$(diff "$file" "$work/copy" | grep -c '^[0-9]')" = 1 ] || { wrong=1 && echo "$id $change"; }
  done < <("$mutants" list "$file" | awk 'NR % 12 == 0')
  verdict $wrong "mutants of $file differ from it in one place"
done
refuses 'rtl/mult/mult_exact.v has no place for a mutation' "$mutants" list rtl/mult/mult_exact.v
refuses 'there is no mutant rtl/ctrl/fetch.v:1:1:add-sub' "$mutants" make rtl/ctrl/fetch.v:1:1:add-sub "$work/copy"
refuses 'cannot read rtl/none.v' "$mutants" list rtl/none.v
MUTANTS=many refuses "MUTANTS must be a number" tests/mutate/mutate.sh
MUTANTS=0 refuses "MUTANTS must be a number from 1 on" tests/mutate/mutate.sh
PLANTED=nosuch refuses "no module of tests/mutate/planted is like: nosuch" tests/mutate/mutate.sh
for text in 'if (D != 4 ' 'wire unused' 'parameter SEGS'; do
  file=$(grep -lF -- "$text" rtl/*.v rtl/*/*.v | head -n 1)
  ! "$mutants" list "$file" | cut -f3 | grep -qF -- "$text"
  verdict $? "no mutation where '$text' stands"
done

find_id() { # find_id FILE CHANGE LINE: the last such mutant
  "$mutants" list "$1" | awk -F '\t' -v change="$2" -v line="$3" '$2 == change && index($3, line) { id = $1 } END { print id }'
}
said=$(tests/mutate/one.sh "$(find_id rtl/ctrl/watchdog.v '>= -> >' 'silent_q >= limit_i')")
[ "$(cut -f2,3 <<<"$said")" = "killed"$'\t'"rtl ctrl/watchdog" ]
verdict $? "killed by its module's test: watchdog"
said=$(tests/mutate/one.sh "$(find_id sw/refmodel/refmodel.c '0x7f -> 0x7e' 'int axf_code_value')")
[ "$(cut -f2 <<<"$said")" = killed ]
verdict $? "killed by the C model's tests: $(cut -f3 <<<"$said")"

said=$(tests/mutate/one.sh "$(find_id sw/faults/cells.c '>> -> <<' 'z >> 30')")
[ "$(cut -f2,3 <<<"$said")" = "killed"$'\t'"sw/test_faults" ]
verdict $? "killed by the published values of the hash of failing cells"
# One planted fault each of what must never break unnoticed; all of them: make mutate PLANTED='*'.
for module in mem/sram_faults mem/protected_sram mem/hsiao_check ctrl/watchdog; do
  tests/mutate/planted.sh --one "$(grep -m 1 "^$module |" tests/mutate/planted)"
done

equal() { # equal FILE CHANGE LINE
  "$mutants" make "$(find_id "$@")" "$work/copy.v" &&
    PROVE_SECONDS=20 tests/mutate/prove.sh "$1" "$work/copy.v" "$work/proof" >"$work/how"
}
equal rtl/ctrl/semaphores.v '< -> <=' 's < 16'
verdict $? "proved equal: a seventeenth semaphore that nothing reaches"
PROVE_SETS='store_engine D=4 W=8' equal rtl/dma/store_engine.v '128 -> 129' "localparam SW "
grep -qx sequence "$work/how"
verdict $? "proved equal: a register with one bit more, which nothing reads"
equal rtl/ctrl/semaphores.v '&& -> ||' "8'hff && post_i[s]"
verdict $((! $?)) "not proved: another condition of the overflow"

# Lists that name texts of the sources.
. tests/plant.inc
wrong=0
while IFS= read -r line; do
  line=${line//\\|/$'\001'}
  from=${line#* | } from=${from%% | *}
  plant "${from//$'\001'/|}" x "rtl/${line%% | *}.v" /dev/null || { wrong=1 && echo "planted: not there: $line"; }
done < <(grep -v '^#' tests/mutate/planted)
verdict $wrong "the planted faults are of these sources"
wrong=0
while IFS= read -r line; do
  file=${line%% @@ *} rest=${line#* @@ }
  change=${rest%% @@ *} rest=${rest#* @@ }
  [ -n "$(find_id "$file" "$change" "${rest%% @@ *}")" ] || { wrong=1 && echo "survivors: not there: $line"; }
done < <(grep -v '^#' tests/mutate/survivors)
verdict $wrong "the explained survivors are of these sources"
exit $failed
