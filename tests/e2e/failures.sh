#!/bin/bash
# Where nothing can be written, and numbers that make no sense: one sentence, a non-zero status, and what was there before is
# still there.
# SPDX-License-Identifier: Apache-2.0
# slow
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/failures.XXXXXX")
trap 'umount "$dir/small" 2>/dev/null; umount "$dir/fixed" 2>/dev/null; rm -rf "$dir"' EXIT
suite=failures
. tests/verdict.inc
. tests/e2e/tiny_mnist.inc
data=(--data mnist --data-dir "$dir/data")
net=(--net sw/experiments/mlp-small.net)
"$axflow" train "${net[@]}" "${data[@]}" --epochs 1 --quiet --out "$dir/float.axm" >/dev/null &&
  "$axflow" quantize --model "$dir/float.axm" "${data[@]}" --out "$dir/model.axm" >/dev/null
verdict $? "a model to begin with"
cp "$dir/model.axm" "$dir/before.axm"

# keeps WHAT FILE PATTERN COMMAND..: the command fails with one sentence, FILE has its old bytes and no neighbours are left.
keeps() {
  local what=$1 file=$2 pattern=$3 said status why=''
  shift 3
  cp "$dir/before.axm" "$file" 2>/dev/null
  said=$("$@" 2>&1 >/dev/null </dev/null)
  status=$?
  [ $status -ne 0 ] || why="it succeeded"
  [ $status -lt 124 ] || why="it ended with status $status"
  [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || why="it did not say one line"
  printf '%s\n' "$said" | grep -qE -e "$pattern" || why="the sentence is '$said'"
  cmp -s "$dir/before.axm" "$file" || why="$file has changed"
  ls "$(dirname "$file")" | grep -q '\.tmp\.' && why="it left $(ls "$(dirname "$file")")"
  [ -z "$why" ] || echo "  $why"
  [ -z "$why" ]
  verdict $? "$what"
}

# A full disk: files cannot grow beyond 8 KB (the signal is ignored, so writes fail as on a full disk).
full() { (trap '' XFSZ; ulimit -f 8; exec "$@"); }
mkdir -p "$dir/out"
keeps "quantize, full disk" "$dir/out/m.axm" 'm.axm.*disk full' full "$axflow" quantize --model "$dir/float.axm" "${data[@]}" --out "$dir/out/m.axm"
keeps "train, full disk" "$dir/out/m.axm" 'm.axm.*disk full' full "$axflow" train "${net[@]}" "${data[@]}" --epochs 1 --quiet --fresh --out "$dir/out/m.axm"
says() { # says TEXT COMMAND..: with standard output on a full disk
  text=$1
  shift
  said=$("$@" 2>&1 >/dev/full)
  [ $? -eq 1 ] && [ "$said" = "$text" ]
  verdict $? "standard output that cannot be written: axflow $2"
}
for command in "info $dir/model.axm" "multiplier list" --help --version "train --help"; do
  # shellcheck disable=SC2086 # words
  says "axflow: cannot write the results to standard output" "$axflow" $command
done
# The same on file systems of their own, where mounting is allowed.
mkdir -p "$dir/small" "$dir/fixed"
if mount -t tmpfs -o size=64k tmpfs "$dir/small" 2>/dev/null && mount -t tmpfs -o size=8m tmpfs "$dir/fixed" 2>/dev/null; then
  head -c 40000 /dev/zero >"$dir/small/filler"
  said=$("$axflow" quantize --model "$dir/float.axm" "${data[@]}" --out "$dir/small/m.axm" 2>&1 >/dev/null)
  [ $? -ne 0 ] && [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] && [ "$(ls "$dir/small")" = filler ]
  verdict $? "quantize, a file system that is full"
  cp "$dir/before.axm" "$dir/fixed/m.axm" && mount -o remount,ro "$dir/fixed"
  keeps "quantize, a file system that cannot be written" "$dir/fixed/m.axm" 'ead-only' "$axflow" quantize --model "$dir/float.axm" "${data[@]}" --out "$dir/fixed/m.axm"
  keeps "train, a file system that cannot be written" "$dir/fixed/m.axm" 'ead-only' "$axflow" train "${net[@]}" "${data[@]}" --epochs 1 --quiet --fresh --out "$dir/fixed/m.axm"
fi
printf 'experiment t\nnet sw/experiments/mlp-small.net\ndata mnist\nseeds 1\nall --epochs 1\ncase plain --method plain\nmeasure faults dies --ber 0.01 --dies 2\n' >"$dir/t.exp"
: >"$dir/file"
refuses "$dir/file" "$axflow" experiment "$dir/t.exp" --data-dir "$dir/data" --out "$dir/file/x"

# Every option that takes a number, by its help text, given what is none or absurd.
absurd() { # absurd COMMAND WORD..: COMMAND with the words, and each such option in turn
  local option value said status n=0 wrong=0
  while read -r option; do
    for value in -1 99999999999999999999 1e999 nan 0x10 ''; do
      said=$(timeout 60 "$axflow" "$@" "$option=$value" 2>&1 >/dev/null </dev/null)
      status=$?
      n=$((n + 1))
      if [ $status -eq 0 ] || [ $status -gt 123 ] || [ "$(printf '%s\n' "$said" | wc -l)" -ne 1 ]; then
        echo "  axflow $1 $option='$value': status $status, '$said'"
        wrong=1
      fi
    done
  done < <("$axflow" "$1" --help | sed -n 's/^ *\(--[a-z-]*\) [NREFVMP] .*/\1/p' | grep -v -x -e --method -e --pass -e --protect -e --chip -e --fault)
  [ $wrong = 0 ] && [ $n -gt 0 ]
  verdict $? "axflow $1: $n absurd numbers"
}
out=$dir/out/x.axm
absurd train "${net[@]}" "${data[@]}" --epochs 1 --quiet --fresh --out "$out"
absurd quantize --model "$dir/float.axm" "${data[@]}" --out "$out"
absurd dies --model "$dir/model.axm" "${data[@]}" --ber 0.1
absurd sensitivity --model "$dir/model.axm" "${data[@]}" --ber 0.1
absurd compile --model "$dir/model.axm"
absurd correct --model "$dir/model.axm" "${data[@]}" --mult drum4 --out "$out"
exit $failed
