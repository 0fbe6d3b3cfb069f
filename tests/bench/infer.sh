#!/bin/sh
# Inference of LeNet through multiplier tables: images a second on one core, against plain look-ups with the same codes.
# Environment: BUILD; CC; MODEL, a quantised model of byte images (sw/models/lenet-*.axm).
# SPDX-License-Identifier: Apache-2.0
set -eu
build=${BUILD:-build}
make --no-print-directory -s "BUILD=$build" "$build/libaxflow.a" >&2
mkdir -p "$build/bench"
"${CC:-gcc}" -std=c11 -O3 -mavx2 -mfma -D_GNU_SOURCE -Isw tests/bench/bench_infer.c "$build/libaxflow.a" -lopenblas -lz -lm -lpthread -o "$build/bench/infer"
set -- ${MODEL:-sw/models/lenet-*.axm}
"$build/bench/infer" "$1"
