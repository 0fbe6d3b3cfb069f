#!/bin/sh
# Feature tables: a set and a net of one's own, by path, train and quantise; and where the original files are, the shipped
# models of tables reach the accuracy that stands in them, the 8-bit one within half a point of the float one.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/tables.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=tables
. tests/verdict.inc
value() { # value KEY FILE: of KEY=VALUE% in a line of results
  tr ' ' '\n' <"$2" | sed -n "s/^$1=\([0-9.]*\)%\$/\1/p" | tail -n 1
}

# Three kinds of leaves: a header, names of classes, gaps, a column that is no feature.
awk 'BEGIN {
  srand(7); split("oak,birch,fir", kind, ",")
  print "number;kind;long;wide;holes"
  for (i = 0; i < 600; i++) {
    k = i % 3
    wide = k == 2 ? 1 : 4 + 2 * rand()
    if (i % 50 == 0) wide = "NA"
    printf "%d;\"%s\";%.3f;%s;%.3f\n", i, kind[k + 1], k == 0 ? 9 + rand() : 5 + rand(), wide, rand()
  }
}' >"$dir/leaves.csv"
cat >"$dir/leaves.set" <<'END'
set leaves
classes 3
train data=leaves.csv
table separator=semicolon header=yes label=kind skip=0 missing=mean
names oak birch fir
split test=0.25 seed=3
normalise minmax
END
printf 'net leaves\ninput 3 1 1\nfc f1 out=8 relu\nfc f2 out=3\ntrain lr=0.1 batch=16 epochs=20\n' >"$dir/leaves.net"
"$axflow" train --net "$dir/leaves.net" --data "$dir/leaves.set" --quiet --out "$dir/f.axm" >"$dir/log" 2>&1 &&
  "$axflow" quantize --model "$dir/f.axm" --data "$dir/leaves.set" --out "$dir/q.axm" >>"$dir/log" 2>&1
verdict $? "a table and a net given by their paths"
got=$(value accuracy "$dir/log")
awk "BEGIN { exit !(${got:-0} >= 97) }"
verdict $? "the net tells the leaves apart ($got %)"

# The same features as a map that is convolved.
printf 'net maps\ninput 1 3 1\nconv c1 maps=6 kernel=2x1 relu\nfc f2 out=3\ntrain lr=0.1 batch=16 epochs=20\n' >"$dir/maps.net"
"$axflow" train --net "$dir/maps.net" --data "$dir/leaves.set" --quiet --out "$dir/maps.axm" >"$dir/log2" 2>&1 &&
  "$axflow" quantize --model "$dir/maps.axm" --data "$dir/leaves.set" --out "$dir/maps8.axm" >>"$dir/log2" 2>&1 &&
  "$axflow" correct --model "$dir/maps8.axm" --data "$dir/leaves.set" --mult exact --out "$dir/maps9.axm" >>"$dir/log2" 2>&1
verdict $? "features as a map"
awk -v a="$(value accuracy "$dir/log2" | tail -n 1)" 'BEGIN { exit !(a >= 97) }'
verdict $? "a convolution of features tells the leaves apart"
printf 'net maps\ninput 2 2 1\nfc f2 out=3\n' >"$dir/maps.net"
! "$axflow" train --net "$dir/maps.net" --data "$dir/leaves.set" --quiet --out "$dir/maps.axm" 2>"$dir/log2" && grep -q 'takes inputs of 2 x 2 x 1, leaves has 3 x 1 x 1' "$dir/log2"
verdict $? "another number of features is refused"

described=$(tr '\n' ';' <"$dir/leaves.set" | sed "s|data=|data=$dir/|")
"$axflow" eval --model "$dir/q.axm" --data "$described" >"$dir/log2" 2>&1 && [ "$(value accuracy "$dir/log2")" = "$got" ]
verdict $? "the description given on the command line means the same"
# What make calls things whose network is a path and whose data are a path or a description, and the models it looks for.
mkdir -p "${BUILD:-build}/models" && cp "$dir/q.axm" "${BUILD:-build}/models/leaves-leaves.axm" &&
  for data in "$dir/leaves.set" "$described"; do
    sim/settings.sh "$dir/leaves.net" "$data" exact 4 1 0 table
    make -s --no-print-directory --eval 'label: ; @echo $(BUILT_MODEL)' label NET="$dir/leaves.net" DATA="$data"
  done | awk -v m="${BUILD:-build}/models/leaves-leaves.axm" '$0 != m { bad = 1 } END { exit bad || NR != 4 }'
verdict $? "make finds the model of a network and of data given by paths or in words"
rm -f "${BUILD:-build}/models/leaves-leaves.axm"

for set in isolet har265 pendigits; do
  model=sw/models/$set-$set.axm
  if ! "$axflow" eval --model "$model" --data $set >"$dir/log" 2>&1; then
    grep -q "were not found" "$dir/log"
    verdict $? "$set is not here, its model is not checked"
    continue
  fi
  float=$(value float_accuracy "$dir/log") got=$(value accuracy "$dir/log")
  grep -aq "^accuracy 0*$got" "$model"
  verdict $? "$set: the shipped model has the $got % that stand in it"
  awk "BEGIN { exit !(\"$float\" != \"\" && $float - $got <= 0.5) }"
  verdict $? "$set: 8 bits lose no more than half a point of $float %"
  [ $set != isolet ] || awk "BEGIN { exit !($float >= 95.5) }"
  verdict $? "$set: at least what is expected of it"
done
exit $failed
