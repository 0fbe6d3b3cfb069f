#!/bin/sh
# Experiments: every run is made once, a killed experiment goes on to the same rows, changed ones are made again; training
# methods give the same bytes for any number of threads, and after a kill.
# SPDX-License-Identifier: Apache-2.0
set -u
axflow=${BUILD:-build}/axflow
dir=$(mktemp -d "${TMPDIR:-/tmp}/experiment.XXXXXX")
trap 'rm -rf "$dir"' EXIT
suite=experiment
. tests/verdict.inc
. tests/e2e/tiny_mnist.inc
cat >"$dir/t.exp" <<END
experiment tiny
net sw/experiments/mlp-small.net
data mnist
seeds 1 2
all --epochs 3
case plain --method plain
case fine  from=plain --method randbet --ber 0.05 --lr 0.02
measure faults dies --ber 0.01,0.1 --dies 3
measure noise sensitivity --ber 0.01 --draws 5 --images 100 --seed @seed
END
run() { "$axflow" experiment "$1" --data-dir "$dir/data" --out "$dir/$2" >"$dir/$2.out" 2>"$dir/$2.err"; }
run "$dir/t.exp" a || cat "$dir/a.err"
verdict $? "runs"
rows=$(grep -c ',faults,.*ber=0.1 .*,mean,' "$dir/a/results.csv")
[ "$rows" -eq 4 ]
verdict $? "two cases with two seeds give four rows of a metric (found $rows)"
[ "$(grep -c '^| faults .*ber=0.1 .*| mean | fine |.*| 2 |$' "$dir/a.out")" -eq 1 ]
verdict $? "the table counts two seeds"
grep -q '"data_sha256": "[0-9a-f]\{64\}' "$dir/a/fine-2.json" && grep -q 'init .*plain-2.axm' "$dir/a/fine-2.json"
verdict $? "the JSON row tells the data and the commands"
run "$dir/t.exp" a
[ ! -s "$dir/a.err" ]
verdict $? "nothing is run twice"

# Rows collected before stand for their runs; what must be made is made, with the models it starts from.
awk -f sw/experiments/collect.awk "$dir"/a/*-*.csv >"$dir/have.csv"
have() { "$axflow" experiment "$dir/t3.exp" --data-dir "$dir/data" --have "$dir/have.csv" --out "$dir/$1" >"$dir/$1.out" 2>"$dir/$1.err"; }
made() { (cd "$dir/$1" && echo *.axm); }
sed 's/^seeds.*/seeds 1 2 3/' "$dir/t.exp" >"$dir/t3.exp"
have h && [ "$(made h)" = 'fine-3.axm plain-3.axm' ] && grep -q '^4 runs are not made again: .*have.csv' "$dir/h.err"
verdict $? "only runs without collected rows are made"
sed -i 's/^seeds.*/seeds 1/; s/--lr 0.02/--lr 0.03/' "$dir/t3.exp"
have i && [ "$(made i)" = 'fine-1.axm plain-1.axm' ]
verdict $? "a run whose options changed is made, and the run it starts from"

# Killed in the middle, then finished: the same rows.
"$axflow" experiment "$dir/t.exp" --data-dir "$dir/data" --out "$dir/b" >/dev/null 2>"$dir/b.err" &
pid=$!
while kill -0 $pid 2>/dev/null && [ ! -e "$dir/b/plain-1.csv" ]; do sleep 0.05; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
[ -e "$dir/b/plain-1.csv" ] && [ ! -e "$dir/b/results.csv" ]
verdict $? "killed after the first run"
before=$(stat -c %Y.%i "$dir/b/plain-1.csv")
run "$dir/t.exp" b
[ "$before" = "$(stat -c %Y.%i "$dir/b/plain-1.csv")" ] && cmp "$dir/a/results.csv" "$dir/b/results.csv"
verdict $? "the finished run is kept and the rows are those of an undisturbed experiment"
sed -i 's/--epochs 3/--epochs 2/' "$dir/t.exp"
run "$dir/t.exp" b
[ "$(grep -c '^run ' "$dir/b.err")" -eq 4 ] && ! cmp -s "$dir/a/results.csv" "$dir/b/results.csv"
verdict $? "other options make the runs anew"
sed -i 's/--ber 0.05/--ber 2/' "$dir/t.exp"
run "$dir/t.exp" b
[ $? -eq 1 ] && grep -q 'this command failed: axflow train .*--ber 2' "$dir/b.err"
verdict $? "a command that fails is shown"

# A plot, if gnuplot is there.
if command -v gnuplot >/dev/null; then
  "$axflow" plot --rows "$dir/a/results.csv" --measure faults --x ber --log-x --out "$dir/f.svg" 2>"$dir/plot.err" &&
    grep -q '</svg>' "$dir/f.svg" && grep -q '>fine<' "$dir/f.svg"
  verdict $? "plots a line a case"
fi

# Threads, and a training that is killed.
train() { # train NAME THREADS OPTIONS..
  name=$1 threads=$2
  shift 2
  AXF_THREADS=$threads "$axflow" train --net lenet --data mnist --data-dir "$dir/data" --epochs 2 --lr 0.02 --quiet \
    --out "$dir/$name.axm" "$@" >"$dir/$name.log" 2>&1 || { cat "$dir/$name.log"; return 1; }
}
for method in "plain" "qat" "qat --window 3" "clip --clip 1" "sam" "die --ber 0.05 --die 3" "passive --ber 0.05 --except f5:7=0" \
  "passive --mult K1" "active --ber 0.02 --active-weight 2" "active --ber 0.02 --active-over block" "active --ber 0.02 --active-form gauss-newton" \
  "active --ber 0.02 --active-form hutchinson" "active --ber 0.02 --active-form sampled --active-weight 0.5" \
  "joint --ber 0.02 --pass integer" "joint --ber 0.02 --active-form sampled --active-weight 0.5" "randbet --ber 0.05"; do
  # shellcheck disable=SC2086 # a list of options
  train one 1 --fresh --method $method && train two 2 --fresh --method $method && train four 4 --fresh --method $method &&
    cmp "$dir/one.axm" "$dir/two.axm" && cmp "$dir/one.axm" "$dir/four.axm"
  verdict $? "1, 2 and 4 threads give the same bytes: $method"
done
AXF_THREADS=1 "$axflow" train --net lenet --data mnist --data-dir "$dir/data" --epochs 2 --lr 0.02 --out "$dir/cut.axm" \
  --method randbet --ber 0.05 >"$dir/cut.log" 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && [ ! -e "$dir/cut.axm.ckpt" ]; do sleep 0.02; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
train cut 2 --method randbet --ber 0.05 && cmp "$dir/one.axm" "$dir/cut.axm"
verdict $? "a training that was killed ends with the same bytes"
find "$dir" -name '*.tmp.*' -delete # what was being written when the two were killed

# What a line says of the hardware.
dies() { "$axflow" dies --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --dies 4 "$@"; }
dies --ber 0.05 >"$dir/apart" && dies --ber 0.05 --clustered >"$dir/clustered" && grep -q ' clustered=yes ' "$dir/clustered" &&
  ! grep -q clustered "$dir/apart" && [ "$(grep -o 'mean=.*' "$dir/apart")" != "$(grep -o 'mean=.*' "$dir/clustered")" ]
verdict $? "clustered dies are others, and the line says so"
dies --tech 65nm --vdd 0.5 --weight-code twos >"$dir/twos" && dies --tech 65nm --vdd 0.5 --weight-code offset >"$dir/offset" &&
  [ "$(grep -o 'mean=.*' "$dir/twos")" = "$(grep -o 'mean=.*' "$dir/offset")" ] &&
  dies --tech 65nm --vdd 0.5 --weight-code offset --except '*=1.0' | grep -q 'except=\*=1.0 .*clean=\([0-9.]*%\) mean=\1 sd=0.00'
verdict $? "supplies by layer; a flip means the same in offset and in two's complement"

# The commands beside training do not depend on the threads either.
beside() { # beside THREADS
  export AXF_THREADS=$1
  "$axflow" correct --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --mult K1 --out "$dir/corrected$1.axm" >/dev/null &&
    dies --ber 0.05 --mult K2 >"$dir/beside$1" &&
    "$axflow" sensitivity --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --ber 0.01 --draws 4 --layers --bits >>"$dir/beside$1"
  code=$?
  unset AXF_THREADS
  return $code
}
beside 1 && beside 4 && cmp "$dir/corrected1.axm" "$dir/corrected4.axm" && cmp "$dir/beside1" "$dir/beside4"
verdict $? "1 and 4 threads: correct, dies and sensitivity give the same"

# Refusals.
says() { # says TEXT PATTERN COMMAND..
  text=$1 pattern=$2
  shift 2
  "$@" >/dev/null 2>"$dir/err"
  [ $? -ne 0 ] && [ "$(wc -l <"$dir/err")" -eq 1 ] && grep -qE -e "$pattern" "$dir/err" || { cat "$dir/err"; false; }
  verdict $? "refused with one sentence: $text"
}
says "no experiment file" "missing" "$axflow" experiment
says "a file that is not there" "none.exp" "$axflow" experiment "$dir/none.exp"
says "unknown method" "randbet" "$axflow" train --method magic
says "a method without noise" "--ber" "$axflow" train --net lenet --data mnist --data-dir "$dir/data" --method active --out "$dir/x.axm"
says "a rate above 1" "ber" "$axflow" dies --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --ber 1.5
says "a rate for a layer that is not there" "--except: .*'c9'" "$axflow" dies --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --ber 0.1 --except c9=0
says "dies without a rate" "--ber and --vdd" "$axflow" dies --model "$dir/one.axm"
says "a voltage below the table" "0.1" "$axflow" dies --model "$dir/one.axm" --data mnist --data-dir "$dir/data" --vdd 0.1
says "a plot of nothing" "no row" "$axflow" plot --rows "$dir/a/results.csv" --measure none --out "$dir/g.svg"
[ ! -e "$dir/x.axm" ] && [ -z "$(find "$dir" -name '*.tmp.*')" ]
verdict $? "nothing half-written is left"
exit $failed
