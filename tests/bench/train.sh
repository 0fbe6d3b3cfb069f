#!/bin/bash
# Training against PyTorch: images a second of LeNet-5 and the MLP, batches of 64 and 256, one core and two; in float, and
# both also through the accelerator's integers and a random multiplier table, against PyTorch's exact float training.
# Ours and the peer take turns; each figure is the median of RUNS timed epochs after one that warms up. One core: CPU
# time; two cores: elapsed time, for which the machine must be idle: PyTorch's threads wait for each other, by spinning or
# (OMP_WAIT_POLICY=PASSIVE) asleep; both are run, and the faster one is the peer.
# `avx2` is ours without AVX-512.
# Without python3-torch (apt-get install python3-torch) the peer's figures are left out.
# Environment: BUILD; CC; BENCH_NETS (lenet mlp-mnist lenet:random mlp-mnist:random, NET or NET:TABLE), BENCH_BATCHES (64 256), BENCH_CORES (1 2), BENCH_RUNS (5), PYTHON (/usr/bin/python3).
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
build=${BUILD:-build} runs=${BENCH_RUNS:-5}
make --no-print-directory -s "BUILD=$build" "$build/libaxflow.a" >&2
mkdir -p "$build/bench"
"${CC:-gcc}" -std=c11 -O3 -mavx2 -mfma -D_GNU_SOURCE -Isw tests/bench/bench_train.c "$build/libaxflow.a" \
  -lopenblas -lz -lm -lpthread -o "$build/bench/train"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python=${PYTHON:-$(ls /usr/bin/python3 2>/dev/null || echo python3)}
peer=$("$python" -c 'import torch; print("pytorch-" + torch.__version__)' 2>/dev/null || true)
[ -n "$peer" ] || echo "bench train: no PyTorch here, its figures are left out (apt-get install python3-torch)" >&2

# Starts WHO (ours, avx2, active or passive) with pipes DIR/WHO.in and DIR/WHO.out, and waits until it is warm.
# It is stopped but for its turns: threads that wait by spinning would take a core from the others.
declare -A to from pid
# shellcheck disable=SC1083,SC2086,SC2093 # exec opens the pipes under numbers kept in the arrays
start() { # start WHO CORES NET BATCH IMAGES [TABLE]
  local who=$1 cores=$2 word
  local -a args=("${@:3:3}" $((runs + 1)))
  rm -f "$dir/$who".*
  mkfifo "$dir/$who.in" "$dir/$who.out"
  case $who in
  ours) AXF_THREADS=$cores "$build/bench/train" "${args[@]}" "${@:6}" <"$dir/$who.in" >"$dir/$who.out" & ;;
  avx2) AXF_FLOAT_PATH=avx2 AXF_AGEMM_PATH=avx2 AXF_THREADS=$cores "$build/bench/train" "${args[@]}" "${@:6}" <"$dir/$who.in" >"$dir/$who.out" & ;;
  active) OMP_NUM_THREADS=$cores "$python" tests/bench/peer_torch.py "${args[@]}" "$cores" <"$dir/$who.in" >"$dir/$who.out" & ;;
  passive) OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=$cores "$python" tests/bench/peer_torch.py "${args[@]}" "$cores" <"$dir/$who.in" >"$dir/$who.out" & ;;
  esac
  pid[$who]=$!
  exec {to[$who]}>"$dir/$who.in" {from[$who]}<"$dir/$who.out"
  read -r word <&"${from[$who]}"
  [ "$word" = ready ]
  kill -STOP "${pid[$who]}"
}
# shellcheck disable=SC1083,SC2093
finish() { { kill -CONT "${pid[$1]}" 2>/dev/null || :; } && exec {to["$1"]}>&- {from["$1"]}<&-; }
median() { # median WHO COLUMN
  awk -v c="$2" '{ print $c }' "$dir/$1.log" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for entry in ${BENCH_NETS:-lenet mlp-mnist lenet:random mlp-mnist:random}; do
  net=${entry%:*} table=()
  [ "$net" = "$entry" ] || table=("${entry#*:}")
  for batch in ${BENCH_BATCHES:-64 256}; do
    for cores in ${BENCH_CORES:-1 2}; do
      who=(ours avx2)
      [ -z "$peer" ] || who+=(active)
      [ -z "$peer" ] || [ "$cores" = 1 ] || who+=(passive)
      for w in "${who[@]}"; do
        : >"$dir/$w.log"
        start "$w" "$cores" "$net" "$batch" 12800 "${table[@]}"
      done
      for ((i = 0; i < runs; i++)); do
        for w in "${who[@]}"; do
          kill -CONT "${pid[$w]}"
          echo >&"${to[$w]}"
          head -n 1 <&"${from[$w]}" >>"$dir/$w.log"
          kill -STOP "${pid[$w]}" 2>/dev/null || : # it may be through
        done
      done
      for w in "${who[@]}"; do finish "$w"; done
      wait
      column=$((cores == 1 ? 2 : 1))
      line="BENCH name=train_${entry/:/_}_b${batch}_${cores}core ours=$(median ours $column)"
      line+=" avx2=$(median avx2 $column) ours_peak_mb=$(($(median ours 3) / 1024))"
      if [ -n "$peer" ]; then
        # The faster way of waiting stands for the peer.
        best=active
        if [ "$cores" != 1 ] && awk "BEGIN { exit !($(median passive $column) > $(median active $column)) }"; then
          best=passive
        fi
        cp "$dir/$best.log" "$dir/peer.log"
        line+=" peer=$(median peer $column) peer_peak_mb=$(($(median peer 3) / 1024)) peer_is=$peer peer_waits=$best"
        line+=" ratio=$(awk "BEGIN { printf \"%.2f\", $(median ours $column) / $(median peer $column) }")"
        line+=" avx2_ratio=$(awk "BEGIN { printf \"%.2f\", $(median avx2 $column) / $(median peer $column) }")"
      fi
      echo "$line unit=images/s clock=$([ "$cores" = 1 ] && echo cpu || echo elapsed)"
    done
  done
done
