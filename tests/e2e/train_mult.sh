#!/bin/sh
# Training through an approximate multiplier: the same bytes for every number of threads and after a kill, integers whose
# accuracy `axflow eval` confirms, a better net than the untrained one, batch normalisation folded, clear refusals.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/train_mult.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=train_mult
. tests/verdict.inc
. tests/e2e/tiny_mnist.inc
cat >"$dir/small.net" <<'E'
net small
input 1 28 28
conv c1 maps=4 kernel=5 bn relu
pool p2 max 4
fc f3 out=10
train lr=0.05 epochs=6
E
# run NAME VARIABLE=VALUE.. -- COMMAND OPTIONS: output in DIR/NAME.out
run() {
  name=$1
  shift
  vars=
  while [ "$1" != -- ]; do
    vars="$vars $1"
    shift
  done
  shift
  command=$1
  shift
  # shellcheck disable=SC2086 # one word a variable
  env $vars "$axflow" "$command" --data mnist --data-dir "$dir/data" "$@" >"$dir/$name.out" 2>&1
}
field() { sed -n "s/.* $2=\([0-9.]*\)%.*/\1/p" "$dir/$1.out" | tail -n 1; } # field NAME KEY
tune() { # tune NAME THREADS OPTIONS..: fine-tunes DIR/float.axm through a mixture
  name=$1 threads=$2
  shift 2
  run "$name" "AXF_THREADS=$threads" -- train --init "$dir/float.axm" --mult "bam4_8,f3=drum4" --epochs 12 --lr 0.01 \
    --quiet --out "$dir/$name.axm" "$@"
}

run float -- train --net "$dir/small.net" --epochs 1 --quiet --out "$dir/float.axm"
verdict $? "trains a float net with batch normalisation"
tune one 1
verdict $? "fine-tunes through multipliers with 1 thread"
tune two 2 && cmp "$dir/one.axm" "$dir/two.axm"
verdict $? "2 threads give the same bytes"
tune three 3 --calib range && ! cmp -s "$dir/one.axm" "$dir/three.axm"
verdict $? "another calibration gives others"

# Killed as soon as there is a checkpoint, then continued.
AXF_THREADS=2 "$axflow" train --data mnist --data-dir "$dir/data" --init "$dir/float.axm" --mult "bam4_8,f3=drum4" \
  --epochs 12 --lr 0.01 --quiet --out "$dir/killed.axm" >"$dir/killed.out" 2>&1 &
pid=$!
for _ in $(seq 2000); do
  [ -e "$dir/killed.axm.ckpt" ] || [ -e "$dir/killed.axm" ] && break
  sleep 0.01
done
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
tune killed 1 && cmp "$dir/one.axm" "$dir/killed.axm"
verdict $? "a run that was killed continues to the same bytes"

run eval -- eval --model "$dir/one.axm" --mult "bam4_8,f3=drum4"
[ -n "$(field one accuracy)" ] && [ "$(field one accuracy)" = "$(field eval accuracy)" ]
verdict $? "eval finds the accuracy that training reports ($(field one accuracy) and $(field eval accuracy))"
run plain -- quantize --model "$dir/float.axm" --images 100 --mult "bam4_8,f3=drum4" --out "$dir/plain.axm"
before=$(sed -n 's/^with multiplier .*: accuracy \(.*\)%/\1/p' "$dir/plain.out")
awk -v a="$(field one accuracy)" -v b="$before" 'BEGIN { exit !(b != "" && a > b && a >= 95) }'
verdict $? "the trained net is better than the untrained one ($(field one accuracy) and $before)"
run through -- quantize --model "$dir/float.axm" --images 100 --mult "bam4_8,f3=drum4" --through --out "$dir/through.axm"
after=$(sed -n 's/^with multiplier .*: accuracy \(.*\)%/\1/p' "$dir/through.out")
awk -v a="$after" -v b="$before" 'BEGIN { exit !(b != "" && a != "" && a >= b - 1) }' &&
  ! cmp -s "$dir/plain.axm" "$dir/through.axm" && grep -aq '^quantise.mult bam4_8,f3=drum4' "$dir/through.axm"
verdict $? "calibration through the multiplier gives other ranges, and does no harm ($after and $before)"
"$axflow" quantize --model "$dir/float.axm" --through --out "$dir/refused.axm" 2>&1 | grep -q -e '--through needs --mult'
verdict $? "refuses: --through needs --mult"
grep -aq '^provenance.command axflow train .*--method qat --mult bam4_8,f3=drum4' "$dir/one.axm" &&
  grep -aq '^provenance.init_sha256 [0-9a-f]*$' "$dir/one.axm" && ! grep -aq 'tensor c1.gamma' "$dir/one.axm" &&
  grep -aq 'tensor c1.gamma' "$dir/float.axm"
verdict $? "the model says how it was made, and its normalisation is folded"

refused() { # refused WORDS OPTIONS..: training must fail with them, and write nothing
  words=$1
  shift
  ! run refused -- train --quiet --out "$dir/refused.axm" "$@" && grep -q -e "$words" "$dir/refused.out" &&
    [ "$(wc -l <"$dir/refused.out")" -eq 1 ] && [ ! -e "$dir/refused.axm" ]
  verdict $? "refuses: $words"
}
refused "has batch normalisation" --net "$dir/small.net" --method qat
refused "there is no multiplier 'nothing'" --init "$dir/float.axm" --mult nothing
refused "no conv or fc layer 'c9'" --init "$dir/float.axm" --mult exact,c9=drum4
refused "its layers are not those of net lenet" --net lenet --init "$dir/float.axm"
refused "absent.axm" --init "$dir/absent.axm"
refused "--calib is 'wide'" --method qat --calib wide
[ -z "$(find "$dir" -name '*.ckpt' -o -name '*.tmp.*')" ]
verdict $? "no checkpoint and no unfinished file is left"
exit $failed
