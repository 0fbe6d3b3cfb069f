#!/bin/sh
# axflow import: weights written as .npz come back as the same model, under other names too; damaged or unfitting ones
# are refused with one sentence and leave nothing behind.
# SPDX-License-Identifier: Apache-2.0
set -u
build=${BUILD:-build}
axflow=$build/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/import.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=import
. tests/verdict.inc
"${MAKE:-make}" --no-print-directory -s "BUILD=$build" "$build/test/bin/sw/test_import" >"$dir/log" 2>&1 || cat "$dir/log"
mkdir -p "$dir/data/mnist" "$dir/out"
for part in images:idx3 labels:idx1; do
  awk -v part="${part%:*}" -v n=600 -v seed=1 -f tests/e2e/tiny_set.awk >"$dir/data/mnist/train-${part%:*}-${part#*:}-ubyte"
  awk -v part="${part%:*}" -v n=200 -v seed=2 -f tests/e2e/tiny_set.awk >"$dir/data/mnist/t10k-${part%:*}-${part#*:}-ubyte"
done
on="--data mnist --data-dir $dir/data"
map=c1=net.c1,c3=net.c3,f5=net.f5,f6=net.f6,f7=net.f7
# shellcheck disable=SC2086 # options
"$axflow" train --net lenet $on --epochs 2 --quiet --out "$dir/made.axm" >"$dir/log" 2>&1 &&
  "$build/test/bin/sw/test_import" "$dir/made.axm" "$dir/w.npz" &&
  "$axflow" import --net lenet --weights "$dir/w.npz" --map $map --out "$dir/got.axm" >"$dir/said" 2>"$dir/err"
verdict $? "weights of a trained LeNet are imported"
[ ! -s "$dir/err" ] && grep -q '^IMPORT net=lenet' "$dir/said"
verdict $? "all arrays are used, and it says so"
numbers() { sed -n '/^data /,$p' "$1" | sha256sum; }
[ -s "$dir/got.axm" ] && [ "$(numbers "$dir/made.axm")" = "$(numbers "$dir/got.axm")" ]
verdict $? "every number is the one that was trained"
# shellcheck disable=SC2086
"$axflow" eval --model "$dir/made.axm" $on >"$dir/eval1" && "$axflow" eval --model "$dir/got.axm" $on >"$dir/eval2" &&
  cmp "$dir/eval1" "$dir/eval2"
verdict $? "axflow eval finds the same accuracy"
# shellcheck disable=SC2086
"$axflow" quantize --model "$dir/got.axm" $on --images 100 --out "$dir/q.axm" >"$dir/log" 2>&1
verdict $? "the imported model can be quantised"

# refuses TEXT PATTERN ARGUMENTS..: one line on stderr that matches, status not 0, nothing in DIR/out
refuses() {
  text=$1 pattern=$2
  shift 2
  "$axflow" import --out "$dir/out/m.axm" "$@" >"$dir/stdout" 2>"$dir/said"
  result=$?
  [ $result -ne 0 ] && [ $result -le 2 ] && [ "$(wc -l <"$dir/said")" -eq 1 ] && grep -qE -e "$pattern" "$dir/said" &&
    [ -z "$(ls -A "$dir/out")" ]
  result=$?
  [ $result -eq 0 ] || cat "$dir/said"
  verdict $result "refused: $text"
}
size=$(wc -c <"$dir/w.npz")
head -c $((size - 300)) "$dir/w.npz" >"$dir/cut.npz"
{ head -c 5000 "$dir/w.npz"; printf 'XXXX'; tail -c +5005 "$dir/w.npz"; } >"$dir/bits.npz"
printf 'PK\003\004 hello, this is no archive' >"$dir/text.npz"
mkdir "$dir/none"
refuses "truncated archive" "cut.npz: truncated" --net lenet --weights "$dir/cut.npz" --map $map
refuses "changed bytes" "bits.npz .*damaged|bits.npz: .*" --net lenet --weights "$dir/bits.npz" --map $map
refuses "no archive" "text.npz" --net lenet --weights "$dir/text.npz"
refuses "missing file" "gone.npz: cannot open" --net lenet --weights "$dir/gone.npz"
refuses "folder without arrays" "none: holds no arrays" --net lenet --weights "$dir/none"
refuses "names that are not there" "no array 'c1.weight'" --net lenet --weights "$dir/w.npz"
refuses "another net" "f1" --net mlp-mnist --weights "$dir/w.npz" --map f1=net.f5
refuses "a shape that does not fit" "net.f6.weight.* 84 x 120, f5.weight needs 120 x 400" --net lenet --weights "$dir/w.npz" --map c1=net.c1,c3=net.c3,f5=net.f6
refuses "a map of no layer" "named 'c2'" --net lenet --weights "$dir/w.npz" --map c2=net.c1
refuses "no net" "--net is missing" --weights "$dir/w.npz"
exit $failed
