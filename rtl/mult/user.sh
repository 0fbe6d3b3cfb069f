#!/bin/sh
# Makes a multiplier of a stranger's Verilog file, in a folder of its own: its list, its Verilog and its table.
# usage: user.sh STAGE FINAL FILE SHOWN NAME TOP PORTS PARAMS SIGNED     `axflow multiplier add` calls it, from the top
#   STAGE  an empty folder; after success it holds NAME.def (the list), MODULE.v (a copy of FILE) and NAME.axt (the table)
#   FINAL  the folder STAGE will be in once it is complete and named after the multiplier: what the table names as source
#   FILE   the Verilog; SHOWN: what the messages call it
#   NAME, TOP, PORTS, PARAMS may be '': then they are found out (see docs/multipliers.md)
#   SIGNED 1: the core multiplies in two's complement; '': it does if its inputs are declared signed
# Prints the multiplier's name. On failure: one sentence on standard error, an empty STAGE and status 1.
# Environment: AXF_MULT_DIR, the folder of the library's tables; CC, CXX, VERILATOR.
#   EXTRACT_SECONDS (60): the simulation of all products may take so long
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -eq 9 ] || { echo "usage: user.sh STAGE FINAL FILE SHOWN NAME TOP PORTS PARAMS SIGNED" >&2; exit 2; }
stage=$1 final=$2 file=$3 shown=$4 name=$5 top=$6 ports=$7 params=$8 twos=$9
here=$(dirname "$0")
verilator=${VERILATOR:-verilator}
case "$stage" in
*[\ ,]*) echo "axflow multiplier: the path '$stage' must not hold blanks and commas" >&2; exit 1 ;;
esac
work=$(mktemp -d "${TMPDIR:-/tmp}/axf_user.XXXXXX")
done=0
finish() {
  rm -rf "$work"
  [ $done = 1 ] || rm -f "$stage"/*
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
die() {
  echo "axflow multiplier: $*" >&2
  exit 1
}
# The first error of Verilator's log as a sentence about SHOWN.
complain() {
  sed -n 's/^%Error[-A-Z]*: //p' "$work/log" | grep -v '^Exiting due to' | head -n 1 | awk -v copy="$work/core.v" -v shown="$shown" '
    { k = index($0, copy); if (k) $0 = substr($0, 1, k - 1) shown substr($0, k + length(copy)); else $0 = shown ": " $0; print }' >"$work/said"
  die "$(cat "$work/said" 2>/dev/null || true)"
}
check() { # check VERILATOR-ARGUMENTS..
  "$verilator" --no-timing -Wno-fatal -Wno-lint -Wno-style -Mdir "$work/obj" "$@" "$work/core.v" >"$work/log" 2>&1
}
decide() { # decide AWK-ARGUMENTS..: prints what core.awk finds
  awk "$@" -f "$here/core.awk" "$work/holds" >"$work/answer" || die "$shown: $(cat "$work/answer")"
  cat "$work/answer"
}

command -v "$verilator" >/dev/null || die "$verilator is not installed; on Debian: apt-get install verilator g++"
case $params in
*[!A-Za-z0-9_\':,=]*) die "--param $params: values are made of letters, digits, _, ' and :" ;;
esac
cp "$file" "$work/core.v"
chmod u+w "$work/core.v"
# The copy must be all there is to the core.
line=$(grep -nE '^[^/]*(`include|\$readmem|\$fopen)' "$work/core.v" | head -n 1 | cut -d: -f1 || true)
[ -z "$line" ] || die "$shown:$line: it reads another file; put everything the core needs into one"

# The modules of the file, then the core with its parameters.
check --xml-only --xml-output "$work/xml" || complain
awk -f "$here/ports.awk" "$work/xml" >"$work/holds"
[ -n "$top" ] || top=$(decide -v find=1)
grep -q "^module $top\( \|\$\)" "$work/holds" || decide -v core="$top"
set --
rest=$params
while [ -n "$rest" ]; do
  set -- "$@" "-G${rest%%,*}"
  case $rest in *,*) rest=${rest#*,} ;; *) rest='' ;; esac
done
modules=$(awk '$1 == "module" { print $2 }' "$work/holds")
check --xml-only --xml-output "$work/xml" --top-module "$top" "$@" || complain
awk -f "$here/ports.awk" "$work/xml" >"$work/holds"
ports=$(decide -v core="$top" -v told="$ports")
case $ports in *' signed') ports=${ports% signed} twos=1 ;; esac

check --lint-only -Wwarn-LATCH -Wwarn-UNDRIVEN --top-module "$top" "$@" || complain
line=$(sed -n 's/^%Warning-LATCH: [^:]*:\([0-9]*\):.*/\1/p' "$work/log" | head -n 1)
[ -z "$line" ] || die "$shown:$line: a latch (a path without an assignment): a multiplier core must be combinational"
line=$(sed -n "s/^%Warning-UNDRIVEN: [^:]*:\([0-9]*\):[0-9]*: Signal is not driven: '\(.*\)'.*/\1: nothing drives the signal \2/p" "$work/log" | head -n 1)
[ -z "$line" ] || die "$shown:$line: what the core computes is not known"

# The names must be free: the multiplier's in the library, the modules' in the accelerator.
if [ -z "$name" ]; then
  name=$(echo "$top" | tr '[:upper:]' '[:lower:]')
  case $name in
  [!a-z]* | *[!a-z0-9_]*) die "$shown: choose a name of small letters, digits and _ with --name" ;;
  esac
fi
case $name in
[!a-z]* | *[!a-z0-9_]*) die "the name '$name' must be small letters, digits and _, with a letter first" ;;
esac
[ ${#name} -le 63 ] && [ ${#top} -le 63 ] || die "the names '$name' and '$top' must have at most 63 characters"
if [ "$name" = table ] || awk -v name="$name" '$1 == name { found = 1 } END { exit !found }' "$here/multipliers.def" ||
  [ -e "$final/$name" ] || [ -e "${AXF_MULT_DIR:-build/mult}/$name.axt" ]; then
  die "there is a multiplier '$name' already: choose another name with --name"
fi
for module in $modules; do
  for taken in axf_mult axf_bench $(find "$(dirname "$here")" -name '*.v' ! -path "$here/*" -exec basename {} .v \;); do
    [ "$module" != "$taken" ] || die "$shown: its module $module has the name of a module of the accelerator: rename it"
  done
done

# The list's entry, then the table by way of the list, as for every multiplier.
entry=$(echo "${params:+$params,}ports=$ports${twos:+,signed=1}" | tr -d ' ')
case ,$entry in
*,W=*) ;;
*) entry=W=none,$entry ;;
esac
[ ${#entry} -le 63 ] || die "parameters and port names have more than 63 characters together: $entry"
cp "$work/core.v" "$stage/$top.v"
echo "$name $top $entry module $top of $(basename "$shown" | tr -d '#\n')" >"$stage/$name.def"
VFLAGS=--no-timing EXTRACT_SECONDS=${EXTRACT_SECONDS:-60} "$here/extract.sh" -o "$stage" -s "$final/$name/$top.v" -d "$stage/$name.def" >"$work/log" 2>&1 || {
  ! grep -q 'did not converge' "$work/log" || die "$shown: its signals do not settle (a combinational loop): a multiplier core must be combinational"
  die "$shown: $(sed 's/^extract: //; s/^[a-z]*\.sh: //; s/^%[-A-Za-z]*: //' "$work/log" | grep -v '^Command' | head -n 1)"
}
done=1
echo "$name"
