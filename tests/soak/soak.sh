#!/bin/bash
# Random nets without end: nets x factors x memories x images x D x latency x back-pressure x multiplier x failing cells, all
# drawn from one seed, RTL = C models. A case that fails is printed as a command, and shrunk.
# usage: tests/soak/soak.sh [--batch N]    from the top; SOAK_CASES (2000), SOAK_SEED (1), SOAK_HOURS (0: no limit),
#   SOAK_D ("4 8 16 32"), SOAK_DIR (BUILD/soak). Killed, it goes on where it was when it is called again with the same seed.
# The last line: SOAK seed=.. cases=.. failed=.. PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C BUILD=${BUILD:-build}
cases=${SOAK_CASES:-2000} seed=${SOAK_SEED:-1} hours=${SOAK_HOURS:-0} dims=${SOAK_D:-4 8 16 32} dir=${SOAK_DIR:-$BUILD/soak}
batch=10
[ "${1:-}" != --batch ] || batch=$2
number() { # number NAME VALUE MOST
  case $2 in '' | *[!0-9]*) ;; *) [ "${#2}" -gt 9 ] || [ "$2" -gt "$3" ] || return 0 ;; esac
  echo "soak: $1 must be a number from 0 to $3, not '$2'" >&2
  exit 2
}
number SOAK_CASES "$cases" 100000000
number SOAK_SEED "$seed" 1000
number SOAK_HOURS "$hours" 10000
number --batch "$batch" 1000
[ "$batch" -gt 0 ] || batch=1
for d in $dims; do
  case $d in 4 | 8 | 16 | 32) ;; *) echo "soak: SOAK_D is made of 4, 8, 16 and 32, not '$d'" >&2; exit 2 ;; esac
done
mkdir -p "$dir" || exit 1
state=$dir/state-$seed

# Done so far: cases, failed, seconds. The file is replaced as a whole, after a batch.
done_cases=0 failed=0 spent=0
if [ -e "$state" ]; then
  read -r asked_dims done_cases failed spent rest <"$state"
  [ "$asked_dims" = "${dims// /,}" ] || { echo "soak: $state was begun with SOAK_D='${asked_dims//,/ }'" >&2; exit 2; }
  [ "${rest:-}" = end ] || { echo "soak: $state is damaged: remove it to start anew" >&2; exit 1; }
  [ "$done_cases" = 0 ] || echo "soak: goes on behind case $done_cases ($failed failed)"
fi
save() {
  echo "${dims// /,} $done_cases $failed $spent end" >"$state.new" && mv "$state.new" "$state" && return
  echo "soak: cannot write $state" >&2
  exit 1
}

# Number N of a stream that the seed and the batch name, below a limit: the same for every run.
draw() { # draw BATCH NAME LIMIT
  local h
  h=$(printf '%s %s %s' "$seed" "$1" "$2" | cksum)
  echo $((${h%% *} % $3))
}
pick() { # pick BATCH NAME WORD..
  local b=$1 n=$2
  shift 2
  local at=$(($(draw "$b" "$n" $#) + 1))
  echo "${!at}"
}
# Options that make cells of the buffers fail: in half of the batches none.
supply() {
  case $(draw "$1" supply 6) in
  0) echo "--vdd $(pick "$1" volts 0.5 0.55 0.6) --die $(draw "$1" die 1000) --fault $(pick "$1" kind flip stuck transient)" ;;
  1) echo "--ber 0.0$(draw "$1" rate 90) --die $(draw "$1" die 1000) --fault $(pick "$1" kind flip stuck transient)" ;;
  2) echo "--vdd-$(pick "$1" side nb kb) 0.5 --die $(draw "$1" die 1000)$(pick "$1" gather '' ' --clustered')" ;;
  esac
}

for d in $dims; do
  for kind in "" "-signed"; do
    [ -n "${SOAK_AXSIM:-}" ] || ${MAKE:-make} --no-print-directory -s "BUILD=$BUILD" "D=$d" RTL_MULT=table \
      ${kind:+MULT=s_exact} axsim >/dev/null || exit 1
    [ "$d" = 4 ] || break # a core in two's complement: at D = 4 only, to keep the number of builds small
  done
done

begin=$SECONDS
while [ "$done_cases" -lt "$cases" ]; do
  [ "$hours" = 0 ] || [ $((spent + SECONDS - begin)) -lt $((hours * 3600)) ] || break
  b=$((done_cases / batch))
  n=$((cases - done_cases < batch ? cases - done_cases : batch))
  # shellcheck disable=SC2086 # a list of words
  d=$(pick $b d $dims)
  kind=table
  [ "$d" != 4 ] || kind=$(pick $b core table table-signed)
  axsim=${SOAK_AXSIM:-$BUILD/sim/d${d}w8-$kind/axsim}
  first=$((1000000 * seed + done_cases))
  # shellcheck disable=SC2046 # a list of words
  set -- $(supply $b)
  latency=$(draw $b latency 8)
  [ "$latency" != 0 ] || set -- "$@" --latency $((200 + $(draw $b slow 500)))
  said=$("$axsim" --random "$n" --seed "$first" --jobs "${SOAK_JOBS:-2}" --quiet --shrink "$dir/case-$first" "$@" 2>"$dir/errors")
  status=$?
  case $(printf '%s\n' "$said" | grep '^RANDOM') in
  *" failed=0 "*PASS) [ $status = 0 ] && bad=0 || bad=1 ;;
  *" failed="*) bad=$(printf '%s\n' "$said" | sed -n 's/^RANDOM.* failed=\([0-9]*\) .*/\1/p') ;;
  *) bad=1 ;;
  esac
  if [ "$bad" != 0 ]; then
    echo "soak: $bad of these fail: $axsim --random $n --seed $first $*"
    printf '%s\n' "$said" | grep -v '^RANDOM' | sed "s|axsim --random|$axsim --random|"
    cat "$dir/errors"
  fi
  failed=$((failed + bad))
  done_cases=$((done_cases + n))
  spent=$((spent + SECONDS - begin))
  begin=$SECONDS
  save
  if [ -t 2 ] || [ $((b % 20)) = 19 ]; then
    printf 'soak: %d of %d cases, %d failed, %d s, about %d s to go\n' "$done_cases" "$cases" "$failed" "$spent" \
      $((spent * (cases - done_cases) / done_cases)) >&2
  fi
done
verdict=PASS
[ "$failed" = 0 ] && [ "$done_cases" -gt 0 ] || verdict=FAIL
echo "SOAK seed=$seed cases=$done_cases d=${dims// /,} seconds=$spent failed=$failed $verdict"
[ $verdict = PASS ]
