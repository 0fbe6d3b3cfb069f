#!/bin/sh
# `make data` against homes on this machine: good files arrive, wrong and missing ones leave nothing, nothing good is
# fetched twice.
# SPDX-License-Identifier: Apache-2.0
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/download.XXXXXX")
trap 'rm -rf "$dir"' EXIT
status=0
verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "download: $2 PASS"; else
    echo "download: $2 FAIL"
    cat "$dir/said"
    status=1
  fi
}
command -v curl >/dev/null || { echo "curl is not installed: run ./setup"; verdict 1 "curl"; exit 1; }
mkdir "$dir/home"
echo "the original" >"$dir/home/good.data"
echo "something else" >"$dir/home/wrong.data"
good=$(sha256sum <"$dir/home/good.data" | cut -d' ' -f1)
cat >"$dir/origins.txt" <<END
# a comment
one good.data $good file://$dir/nowhere file://$dir/home
two wrong.data $good file://$dir/home
three gone.data $good file://$dir/home
END
export AXF_ORIGINS="$dir/origins.txt"
get() { sw/datasets/download.sh "$dir/data" "$@" >"$dir/said" 2>&1; }
lines() { wc -l <"$dir/said"; }

get one
verdict $? "a file whose second home has it is downloaded"
cmp -s "$dir/home/good.data" "$dir/data/one/good.data"
verdict $? "its content is the original"
rm "$dir/home/good.data"
get one && grep -q 'already there' "$dir/said"
verdict $? "a good file is not fetched again"
for set in two three; do
  get $set
  verdict $(($? == 1 && $(lines) == 1 ? 0 : 1)) "set $set fails with one sentence"
  [ -z "$(ls -A "$dir/data/$set")" ]
  verdict $? "set $set leaves nothing behind"
done
grep -q 'gone.data could not be downloaded' "$dir/said"
verdict $? "the sentence names what is missing"
get nosuch
verdict $(($? == 1 && $(lines) == 1 ? 0 : 1)) "an unknown set fails with one sentence"
# The real list: every line has a set, a file, a sha256 and at least one address; every set has a description.
unset AXF_ORIGINS
awk '!/^#/ && NF { if (NF < 4 || length($3) != 64 || $4 !~ /^https?:/) bad = 1; n++ } END { exit bad || n < 8 }' sw/datasets/origins.txt
verdict $? "sw/datasets/origins.txt is well-formed"
for set in $(awk '!/^#/ && NF { print $1 }' sw/datasets/origins.txt | uniq); do
  [ -f "sw/datasets/$set.set" ]
  verdict $? "$set is described in sw/datasets"
done
exit $status
