#!/bin/sh
# Speed of the approximate matrix product by method and shape, one core, compared number by number with scalar look-ups.
# Environment: BUILD; CC; AXF_AGEMM_PATH (plain, avx2, avx512) for another path than the fastest.
# SPDX-License-Identifier: Apache-2.0
set -eu
build=${BUILD:-build}
make --no-print-directory -s "BUILD=$build" "$build/libaxflow.a" >&2
mkdir -p "$build/bench"
"${CC:-gcc}" -std=c11 -O3 -mavx2 -mfma -D_GNU_SOURCE -Isw tests/bench/bench_agemm.c "$build/libaxflow.a" -lopenblas -lz -lm -lpthread -o "$build/bench/agemm"
"$build/bench/agemm"
