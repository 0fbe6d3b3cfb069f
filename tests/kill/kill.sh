#!/bin/bash
# Kills (SIGKILL) at random moments of a training, of one with Adam and of an experiment, the first of each behind its first
# checkpoint, goes on, and compares with an undisturbed run, byte for byte. usage: tests/kill/kill.sh    from the top
#   KILLS (100): in all, the jobs take equal parts; KILL_SEED (1): of the moments; KILL_JOBS ("train adam experiment");
#   AXFLOW: another axflow, KILL_DIR: another folder to work in
# The last line: KILL kills=.. runs=.. differ=.. PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C BUILD=${BUILD:-build}
kills=${KILLS:-100}
case $kills in '' | *[!0-9]* | ??????*) echo "kill-test: KILLS must be a number from 0 to 99999, not '$kills'" >&2; exit 2 ;; esac
RANDOM=${KILL_SEED:-1}
axflow=${AXFLOW:-$BUILD/axflow} dir=${KILL_DIR:-$BUILD/test/kill}
rm -rf "$dir"
mkdir -p "$dir"
. tests/e2e/tiny_mnist.inc
cat >"$dir/t.exp" <<'EXP'
experiment tiny
net sw/experiments/mlp-small.net
data mnist
seeds 1 2
all --epochs 3
case plain --method plain
case fine  from=plain --method randbet --ber 0.05 --lr 0.02
measure faults dies --ber 0.01,0.1 --dies 2
EXP
# What a job leaves behind is $dir/out, or the files in it.
train() { # train OPTION..
  mkdir -p "$dir/out" || exit 1
  exec "$axflow" train --net sw/experiments/mlp-small.net --data mnist --data-dir "$dir/data" --epochs 12 --quiet \
    --out "$dir/out/model.axm" "$@"
}
start_train() { train; }
start_adam() { train --optimiser adam --lr 0.002; }
start_experiment() { exec "$axflow" experiment "$dir/t.exp" --data-dir "$dir/data" --out "$dir/out"; }
bytes() { # bytes JOB: a digest of what counts
  case $1 in
  train | adam) sha256sum <"$dir/out/model.axm" ;;
  experiment) cat "$dir"/out/results.csv "$dir"/out/*.axm | sha256sum ;;
  esac
}
now() { date +%s%N; }
read -r -a jobs <<<"${KILL_JOBS:-train adam experiment}"
total=0 runs=0 differ=0 number=0
for job in "${jobs[@]}"; do
  rm -rf "$dir/out"
  begin=$(now)
  ("start_$job") >"$dir/log" 2>&1 || { cat "$dir/log"; echo "KILL $job does not run FAIL"; exit 1; }
  long=$((($(now) - begin) / 1000000 + 1)) # milliseconds of an undisturbed run
  right=$(bytes $job)
  count=0
  most=$(((kills + ${#jobs[@]} - 1 - number++) / ${#jobs[@]}))
  while [ $count -lt $most ]; do
    rm -rf "$dir/out"
    # One run: killed until it is through, or until there have been enough kills; then to the end. One that is through is not
    # started again: a training would be made anew, and hide what its resumed one has left.
    through=0
    while [ $count -lt $most ]; do
      ("start_$job") >"$dir/log" 2>&1 &
      pid=$!
      if [ $count = 0 ]; then # however fast or slow the machine is now, one kill is followed by a checkpoint's being read
        until compgen -G "$dir/out/*.ckpt" >/dev/null || ! kill -0 $pid 2>/dev/null; do sleep 0.002; done
      else
        wait_ms=$((RANDOM * 32768 + RANDOM))
        sleep "$(awk -v ms=$((wait_ms % (long * 6 / 5) + 1)) 'BEGIN { printf "%.3f", ms / 1000 }')"
      fi
      # The whole family: an experiment's command may be running.
      children=$(pgrep -P $pid 2>/dev/null | tr '\n' ' ')
      # shellcheck disable=SC2086 # numbers
      if kill -9 $pid $children 2>/dev/null; then :; fi
      wait $pid 2>/dev/null
      status=$?
      if [ $status != 137 ]; then
        [ $status = 0 ] || { cat "$dir/log"; differ=$((differ + 1)); }
        through=1
        break
      fi
      count=$((count + 1))
    done
    [ $through = 1 ] || ("start_$job") >"$dir/log" 2>&1 || { cat "$dir/log"; differ=$((differ + 1)); }
    runs=$((runs + 1))
    if [ "$(bytes $job)" != "$right" ]; then
      differ=$((differ + 1))
      echo "kill-test: $job ends with other bytes after $count kills (KILLS=$kills KILL_SEED=${KILL_SEED:-1})"
    fi
    [ ! -t 2 ] || printf '\rkill-test: %s %d of %d kills ' $job $count $most >&2
  done
  total=$((total + count))
done
verdict=PASS
[ $differ = 0 ] && [ $total = "$kills" ] || verdict=FAIL
echo "KILL kills=$total runs=$runs differ=$differ $verdict"
[ $verdict = PASS ]
