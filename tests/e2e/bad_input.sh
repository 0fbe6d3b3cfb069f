#!/bin/sh
# Bad input: each case ends with one sentence that names what is wrong, a non-zero status, and no file left behind.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/bad_input.XXXXXX")
trap 'rm -rf "$dir"' EXIT
status=0

# refuses TEXT PATTERN COMMAND..: the command must fail, say one line that matches PATTERN, and leave DIR/out empty.
refuses() {
  text=$1 pattern=$2
  shift 2
  rm -rf "$dir/out" && mkdir "$dir/out"
  "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null
  result=$?
  grep -v '^make\(\[[0-9]*\]\)\?: ' "$dir/stderr" >"$dir/said"
  why=''
  if [ $result -eq 0 ]; then why="it succeeded"
  elif [ $result -gt 123 ]; then why="it ended with status $result"
  elif [ "$(wc -l <"$dir/said")" -ne 1 ]; then why="it did not say one line"
  elif ! grep -qE -e "$pattern" "$dir/said"; then why="the sentence does not match '$pattern'"
  elif [ -n "$(ls -A "$dir/out")" ]; then why="it left $(ls -A "$dir/out" | tr '\n' ' ')"
  fi
  if [ -z "$why" ]; then echo "bad_input: $text PASS"; else
    echo "bad_input: $text: $why; status $result, stderr:"
    cat "$dir/stderr"
    echo "bad_input: $text FAIL"
    status=1
  fi
}

# A tiny data set, and copies of it with one thing wrong in each.
mkdir -p "$dir/good/mnist"
for part in images:idx3 labels:idx1; do
  for name in train:120:1 t10k:60:2; do
    n=${name#*:}
    awk -v part="${part%:*}" -v n="${n%:*}" -v seed="${n#*:}" -f tests/e2e/tiny_set.awk \
      >"$dir/good/mnist/${name%%:*}-${part%:*}-${part#*:}-ubyte"
  done
done
copy() { rm -rf "${dir:?}/$1" && cp -r "$dir/good" "$dir/$1"; }
images=train-images-idx3-ubyte labels=train-labels-idx1-ubyte
copy cut && head -c 50000 "$dir/good/mnist/$images" >"$dir/cut/mnist/$images"
copy long && echo surplus >>"$dir/long/mnist/$images"
copy magic && { printf 'PNG!'; tail -c +5 "$dir/good/mnist/$images"; } >"$dir/magic/mnist/$images"
copy count && { head -c 7 "$dir/good/mnist/$labels"; printf '\001'; tail -c 1 "$dir/good/mnist/$labels"; } >"$dir/count/mnist/$labels"
copy label && { head -c 100 "$dir/good/mnist/$labels"; printf '\012'; tail -c +102 "$dir/good/mnist/$labels"; } >"$dir/label/mnist/$labels"
copy empty && : >"$dir/empty/mnist/$labels"
copy gz && gzip "$dir/gz/mnist/$images" && head -c 20000 "$dir/gz/mnist/$images.gz" >"$dir/part" && mv "$dir/part" "$dir/gz/mnist/$images.gz"
copy gone && rm "$dir/gone/mnist/t10k-labels-idx1-ubyte"

train() { "$axflow" train --net lenet --epochs 1 --quiet --out "$dir/out/model.axm" "$@"; }
on() { # on FOLDER: train on that copy
  train --data mnist --data-dir "$dir/$1"
}
refuses "truncated IDX images" "$images" on cut
refuses "surplus bytes after IDX images" "$images" on long
refuses "wrong magic number" "$images" on magic
refuses "fewer labels than images" "$labels" on count
refuses "a label that is no class" "$labels" on label
refuses "empty label file" "$labels" on empty
refuses "truncated gzip file" "$images.gz" on gz
refuses "a file is missing" "t10k-labels" on gone
refuses "no data at all" "'mnist' were not found.*make data" train --data mnist --data-dir "$dir/nowhere"
refuses "unknown data set" "nosuch.*digits" train --data nosuch

# Networks.
net() { # net TEXT PATTERN LINES: a net file with these lines
  printf '%s\n' "net bad" "$3" >"$dir/bad.net"
  refuses "$1" "$2" "$axflow" train --net "$dir/bad.net" --data mnist --data-dir "$dir/good" --out "$dir/out/model.axm" --quiet
}
refuses "unknown network" "nosuch.*lenet" "$axflow" train --net nosuch --data mnist --data-dir "$dir/good" --out "$dir/out/m.axm"
net "kernel larger than its input" "bad.net:3.*" "input 1 28 28
conv c1 maps=6 kernel=29 relu
fc f2 out=10"
net "pooling window larger than its input" "bad.net:4" "input 1 28 28
conv c1 maps=6 kernel=25 relu
pool p2 max 5
fc f3 out=10"
net "no output maps" "bad.net:3" "input 1 28 28
conv c1 maps=0 kernel=5
fc f2 out=10"
net "unknown word" "bad.net:3" "input 1 28 28
convolution c1 maps=6 kernel=5
fc f2 out=10"
net "input of another size than the data" "mnist|28" "input 1 32 32
fc f1 out=10"
net "fewer outputs than classes" "mnist|class|10" "input 1 28 28
fc f1 out=9"

# Output that cannot be written, wrong use.
: >"$dir/file"
refuses "output below a file" "$dir/file" "$axflow" train --net lenet --data mnist --data-dir "$dir/good" --epochs 1 --quiet --out "$dir/file/x/model.axm"
mkdir "$dir/taken.axm"
refuses "output is a folder" "taken.axm" timeout 60 "$axflow" train --net lenet --data mnist --data-dir "$dir/good" --epochs 10000 --quiet --fresh --out "$dir/taken.axm"
refuses "unknown option" "frobnicate" train --data mnist --data-dir "$dir/good" --frobnicate 1
refuses "no epochs" "epochs" "$axflow" train --net lenet --data mnist --data-dir "$dir/good" --epochs 0 --out "$dir/out/m.axm"
refuses "a rate that is no number" "lr" train --data mnist --data-dir "$dir/good" --lr fast
refuses "unknown command" "nosuch" "$axflow" nosuch
refuses "no command" "axflow --help" "$axflow"
refuses "multiplier without a word" "expected list, info NAME, add FILE.v or remove NAME" "$axflow" multiplier
refuses "experiment: no such metric" "no metric .nosuch.; there are: accuracy" "$axflow" experiment sw/experiments/quick.exp --metrics mean,nosuch --out "$dir/out/x"
refuses "a number of threads that is none" "AXF_THREADS" env AXF_THREADS=many "$axflow" info x.axm

# Model files.
"$axflow" train --net mlp-mnist --data mnist --data-dir "$dir/good" --epochs 1 --quiet --out "$dir/float.axm" >"$dir/log" 2>&1 &&
  "$axflow" quantize --model "$dir/float.axm" --data mnist --data-dir "$dir/good" --out "$dir/model.axm" >>"$dir/log" 2>&1 || {
  cat "$dir/log"
  echo "bad_input: a model to damage FAIL"
  status=1
}
quantize() { "$axflow" quantize --model "$1" --data mnist --data-dir "$dir/good" --out "$dir/out/model.axm"; }
evaluate() { "$axflow" eval --model "$1" --data mnist --data-dir "$dir/good"; }
head -c 100000 "$dir/float.axm" >"$dir/cut.axm"
{ cat "$dir/float.axm"; echo more; } >"$dir/more.axm"
{ head -c 300000 "$dir/float.axm"; printf 'x'; tail -c +300002 "$dir/float.axm"; } >"$dir/bit.axm"
echo "not a model" >"$dir/text.axm"
refuses "missing model file" "gone.axm" quantize "$dir/gone.axm"
refuses "truncated model file" "cut.axm" quantize "$dir/cut.axm"
refuses "surplus bytes in a model file" "more.axm" evaluate "$dir/more.axm"
refuses "a changed byte in a model file" "bit.axm" evaluate "$dir/bit.axm"
refuses "a text file as model" "text.axm" evaluate "$dir/text.axm"
refuses "unknown multiplier" "nosuch" "$axflow" eval --model "$dir/model.axm" --data mnist --data-dir "$dir/good" --mult nosuch
refuses "quantised output that cannot be written" "$dir/file" "$axflow" quantize --model "$dir/float.axm" --data mnist --data-dir "$dir/good" --out "$dir/file/model.axm"

# make: settings are checked before anything is built or run.
sim() { "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" "MODEL=$dir/model.axm" sim "$@"; }
refuses "make sim: unknown network" "nosuch.*lenet" sim NET=nosuch
refuses "make sim: unknown multiplier" "nosuch.*exact" sim MULT=nosuch
refuses "make sim: impossible array" "D is '5'" sim D=5
refuses "make sim: impossible words" "W is .12." sim W=12
refuses "make sim: a multiplier of 8 bits" "at 16 bits there are" sim W=16 MULT=kulkarni
refuses "make sim: no number of images" "IMAGES is '-1'" sim IMAGES=-1
refuses "make sim: missing model" "gone.axm" sim MODEL="$dir/gone.axm"
refuses "make sim: no model for the data set" "no trained model.*make train" sim MODEL= DATA=pendigits
refuses "make train: unknown network" "nosuch.*lenet" "${MAKE:-make}" --no-print-directory -s "BUILD=${BUILD:-build}" train NET=nosuch

# What would be seen only after minutes of building: the simulator of these settings is never made.
unbuilt() { "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" D=32 SEGS=2 PROTECT=parity "MODEL=$dir/model.axm" "DATA=mnist" "DATA_DIR=$dir/good" "$@"; }
head -c 100000 "$dir/model.axm" >"$dir/torn.axm"
for goal in sim wave gate-simulation power; do
  refuses "make $goal: truncated model" "torn.axm: truncated" unbuilt $goal NET=mlp-mnist MODEL="$dir/torn.axm"
done
refuses "make sim: model that is not quantised" "not quantised" unbuilt sim MODEL="$dir/float.axm"
refuses "make sim: no layer of that name" "no conv or fc layer .zz." unbuilt sim MULT=exact,zz=drum4
refuses "make sim: more images than there are" "60 test examples" unbuilt sim IMAGES=61
# By default as many as there are: what make hands on (it stops at D), and what that is taken for.
at_most() { "${MAKE:-make}" -n "BUILD=${BUILD:-build}" D=5 "$@" 2>/dev/null | grep -q -- --at-most; }
if at_most sim && ! at_most sim IMAGES=200 && env AXF_CHECK="32 8 4 exact 0 0 none none none 0" AXF_DATA_DIR="$dir/good" "${BUILD:-build}/sim/axsim-check" --check \
  --model "$dir/model.axm" --data mnist --images 200 --at-most; then echo "bad_input: more images than there are, by default, are all PASS"; else
  echo "bad_input: more images than there are, by default, are all FAIL"
  status=1
fi
refuses "make sim: a latency that is none" "latency must be" unbuilt sim LATENCY=x IMAGES=1
refuses "make sim: other data than the net takes" "digits has examples of .*net mlp-mnist|pendigits. were not found" unbuilt sim DATA=pendigits IMAGES=1
refuses "make wave: no cycles" "trace-cycles must be" unbuilt wave CYCLES=0
[ ! -e "${BUILD:-build}/sim/d32w8-exact-segs2-parity" ] && [ ! -e "${BUILD:-build}/sim/d32w8-exact-segs2-parity-trace" ] || {
  echo "bad_input: a simulator was built for them FAIL"
  status=1
}
refuses "make sim: segments" "SEGS is .3., expected 1, 2, 4 .. D = 16" sim SEGS=3
refuses "make sim: segments wider than the row" "SEGS is .8., expected 1, 2, 4 .. D = 4" sim D=4 SEGS=8
refuses "make sim: a list of nothing" "MULT is .,." sim MULT=,
refuses "make sim: a multiplier without its layer" "'drum4' stands for no layer" sim MULT=exact,drum4
refuses "axflow eval: a multiplier without its layer" "'drum4' stands for no layer" "$axflow" eval --model "$dir/model.axm" --data mnist --data-dir "$dir/good" --mult exact,drum4
refuses "make sim: a layer without its multiplier" "MULT is .exact,c1=." sim MULT=exact,c1=
refuses "make sim: zeros half skipped" "ZERO_SKIP is .2." sim ZERO_SKIP=2
refuses "make axsim: impossible array" "make axsim: D is .5." "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" axsim D=5
refuses "make axsim: no such kind of multiplier" "RTL_MULT is .tables." "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" axsim RTL_MULT=tables
refuses "make scalability: impossible array" "make scalability: D is .5." "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" scalability RTL="4 5"
refuses "make utilisation: impossible array" "make utilisation: D is .5." "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" utilisation D=5
refuses "make utilisation: no such objective" "OBJECTIVE is .speed." "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" utilisation OBJECTIVE=speed
verify() { "${MAKE:-make}" --no-print-directory "BUILD=${BUILD:-build}" train-and-verify "$@"; }
refuses "make train-and-verify: unknown multiplier" "nosuch.*exact" verify MULT=nosuch
refuses "make train-and-verify: impossible array" "D is .5." verify D=5
refuses "make train-and-verify: no number of images" "VERIFY_IMAGES is .x." verify VERIFY_IMAGES=x
! command -v sta >/dev/null || refuses "make train-and-verify: no such library" "nosuch.*osu018" verify LIB=nosuch
printf 'net laps\ninput 1 28 28\nconv a maps=2 kernel=3 relu\npool p max 3 stride=2\nfc c out=10\n' >"$dir/laps.net"
refuses "make train-and-verify: a net that the accelerator cannot run" "pool with stride 2 overlaps" verify NET="$dir/laps.net" DATA=digits ENERGY=0
refuses "a variable that nobody reads" "nothing reads the variable MUL;" sim MUL=drum4
refuses "a build folder with blanks" "BUILD is .a b." "${MAKE:-make}" --no-print-directory "BUILD=a b" all
refuses "a build folder that cannot be made" "build folder $dir/file/x" "${MAKE:-make}" --no-print-directory "BUILD=$dir/file/x" sim
refuses "sim/every_mult.sh: unknown multiplier" "nosuch.*exact" sim/every_mult.sh exact nosuch
refuses "sim/story.sh: unknown option" "usage: sim/story.sh" sim/story.sh --bogus
exit $status
