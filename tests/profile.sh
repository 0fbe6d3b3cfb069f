#!/bin/sh
# Where the time of training and of inference goes: one table, a line a function, from samples of perf on one thread.
# The inference run also times its peer, agemm_product_plain. Without perf (apt-get install linux-perf) only the speed of each run is told.
# usage: tests/profile.sh     Environment: BUILD; CC; NET (lenet), TABLE (random): the multiplier's table
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build} net=${NET:-lenet} table=${TABLE:-random}
export AXF_THREADS=1
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" "$build/libaxflow.a" >&2
mkdir -p "$build/bench" "$build/results"
for name in train infer; do
  "${CC:-gcc}" -std=c11 -O3 -mavx2 -mfma -D_GNU_SOURCE -Isw "tests/bench/bench_$name.c" "$build/libaxflow.a" \
    -lopenblas -lz -lm -lpthread -o "$build/bench/$name"
done
set -- "sw/models/$net-"*.axm
model=$1
[ -e "$model" ] || { echo "profile.sh: there is no sw/models/$net-*.axm to infer with" >&2; exit 1; }

# run KIND: one of the three programs under "$@"
run() {
  kind=$1
  shift
  case $kind in
  train) yes '' | "$@" "$build/bench/train" "$net" 64 12800 6 ;;
  "train through $table") yes '' | "$@" "$build/bench/train" "$net" 64 12800 4 "$table" ;;
  infer*) "$@" "$build/bench/infer" "$model" "$table" ;;
  esac
}
data=$build/results/profile.data
perf=0
perf record -q -o "$data" true >/dev/null 2>&1 && perf=1
[ $perf = 1 ] || echo "profile.sh: perf cannot be used here (apt-get install linux-perf): speeds only" >&2
printf '%-24s %7s  %-28s %s\n' run share function where
for kind in train "train through $table" "infer through $table"; do
  if [ $perf = 0 ]; then
    printf '%-24s %7s  %s\n' "$kind" - "$(run "$kind" env | tail -n 1)"
    continue
  fi
  run "$kind" perf record -q -F 2000 -o "$data" >/dev/null
  perf report -i "$data" --stdio --no-children --percent-limit 1 -F overhead,symbol,dso 2>/dev/null |
    awk -v kind="$kind" '!/^#/ && NF >= 4 { printf "%-24s %7s  %-28s %s\n", kind, $1, $3, $4 }'
done
rm -f "$data" "$data.old"
