#!/bin/bash
# Builds the fuzzer BUILD/fuzz/fuzz: the parsers under libFuzzer, the address and the undefined-behaviour sanitizer. Where
# clang's runtime is missing, the same with gcc, which can only feed files.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build} dir=${BUILD:-build}/fuzz
flags=(-std=c11 -D_GNU_SOURCE -Isw -Itests -O1 -g -mavx2 -mfma -ffp-contract=off -w -fno-sanitize-recover=all)
mkdir -p "$dir"
if echo 'int LLVMFuzzerTestOneInput(const char *b, unsigned long n); int LLVMFuzzerTestOneInput(const char *b, unsigned long n) { return !b && n; }' |
  clang -x c -fsanitize=fuzzer,address,undefined - -o "$dir/probe" 2>/dev/null; then
  cc=clang sanitize=-fsanitize=fuzzer-no-link,address,undefined link=-fsanitize=fuzzer,address,undefined drive=
else
  echo "fuzz: clang or its runtime is missing (apt-get install clang libclang-rt-14-dev): the corpus is replayed, nothing more" >&2
  cc=${CC:-gcc} sanitize=-fsanitize=address,undefined link=-fsanitize=address,undefined drive=tests/fuzz/replay.c
fi
[ "$(cat "$dir/compiler" 2>/dev/null)" = "$cc" ] || { rm -rf "$dir/obj"; echo "$cc" >"$dir/compiler"; }
# Parsers and what they stand on; what else they mention comes from the library as it is.
sources=(sw/core/*.c sw/data/csv.c sw/data/idx.c sw/data/set.c sw/data/dataset.c sw/data/prepare.c sw/nn/*.c sw/mult/table.c
  sw/mult/list.c sw/mult/user.c sw/import/*.c sw/experiment/parse.c sw/experiment/rows.c sw/faults/tech.c
  sw/progmodel/*.c sw/compile/factors.c tests/fuzz/program.c tests/fuzz/fuzz.c)
objects=()
stale=()
for c in "${sources[@]}" $drive; do
  o=$dir/obj/${c//\//-}.o
  objects+=("$o")
  [ "$o" -nt "$c" ] && [ -z "$(find sw -name '*.h' -newer "$o" -print -quit)" ] || stale+=("$c")
done
mkdir -p "$dir/obj"
if [ ${#stale[@]} -gt 0 ]; then
  # shellcheck disable=SC2016 # for the shell inside
  printf '%s\0' "${stale[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c '
    o=$0/obj/${@: -1}; c=${@: -1}; n=${c//\//-}; "${@:1:$#-1}" -c "$c" -o "$0/obj/$n.o.new" && mv "$0/obj/$n.o.new" "$0/obj/$n.o"' \
    "$dir" "$cc" "${flags[@]}" "$sanitize" || exit 1
fi
"$cc" -g "$link" "${objects[@]}" "$build/libaxflow.a" -lopenblas -lz -lm -lpthread -o "$dir/fuzz"
