#!/bin/sh
# Training and quantising give the same bytes for every number of threads and for another BLAS kernel in the environment;
# another seed gives others; and the trained net has learned something.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/train_bytes.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=train_bytes
. tests/verdict.inc
. tests/e2e/tiny_mnist.inc
# train NAME SEED [VARIABLE=VALUE..]: DIR/NAME.axm is the quantised model, NAME.float.axm the float one
train() {
  name=$1 seed=$2
  shift 2
  # shellcheck disable=SC2015,SC2086 # options; whatever fails is shown
  env "$@" "$axflow" train --net lenet --data mnist --data-dir "$dir/data" --epochs 3 --seed "$seed" --quiet --fresh $more \
    --out "$dir/$name.float.axm" >"$dir/$name.out" 2>&1 &&
    env "$@" "$axflow" quantize --model "$dir/$name.float.axm" --data mnist --data-dir "$dir/data" --images 100 \
      --out "$dir/$name.axm" >>"$dir/$name.out" 2>&1 || { cat "$dir/$name.out"; return 1; }
}
more='' # options of the training
same() { cmp "$dir/$1.float.axm" "$dir/$2.float.axm" && cmp "$dir/$1.axm" "$dir/$2.axm"; }

train one 1 AXF_THREADS=1
verdict $? "trains with 1 thread"
train two 1 AXF_THREADS=2
verdict $? "trains with 2 threads"
train three 1 AXF_THREADS=3 AXF_FLOAT_PATH=avx2 OPENBLAS_CORETYPE=Prescott OPENBLAS_NUM_THREADS=2
verdict $? "trains with 3 threads, vectors of 8 and another BLAS kernel wished for"
train other 2 AXF_THREADS=2
verdict $? "trains with another seed"
same one two
verdict $? "1 and 2 threads give the same bytes"
same one three
verdict $? "3 threads and another BLAS kernel wished for give the same bytes"
cmp -s "$dir/one.float.axm" "$dir/other.float.axm"
verdict $(($? == 1 ? 0 : 1)) "another seed gives other bytes"
more='--batch 300' # larger blocks
train wide1 1 AXF_THREADS=1 && train wide3 1 AXF_THREADS=3 AXF_FLOAT_PATH=avx2 && same wide1 wide3
verdict $? "1 and 3 threads give the same bytes in mini-batches of 300"
accuracy=$(sed -n 's/^QUANTIZE .* accuracy=\([0-9]*\).*/\1/p' "$dir/one.out")
[ "${accuracy:-0}" -ge 60 ]
verdict $? "the net learned the tiny set (${accuracy:-no} %)"
[ -z "$(find "$dir" -name '*.ckpt' -o -name '*.tmp.*')" ]
verdict $? "no checkpoint and no unfinished file is left"
exit $failed
