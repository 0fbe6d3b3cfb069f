#!/bin/sh
# Writes what follows from sw/isa/axflow.isa: sw/isa/isa.h, rtl/include/axflow_isa.vh and the tables between the markers
# of docs/instruction-set.md.
# usage: sw/isa/generate.sh [--check]     --check: write nothing, name every file that is not what it should be
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
isa=sw/isa/axflow.isa
page=docs/instruction-set.md
check=0
case ${1:-} in
'') ;;
--check) check=1 ;;
*)
  echo "usage: sw/isa/generate.sh [--check]" >&2
  exit 2
  ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/isa.XXXXXX")
trap 'rm -rf "$work"' EXIT
for out in c v md; do awk -v out=$out -f sw/isa/gen.awk $isa >"$work/$out"; done
begin='<!-- begin generated -->' end='<!-- end generated -->'
[ "$(grep -cxF -e "$begin" $page)" = 1 ] && [ "$(grep -cxF -e "$end" $page)" = 1 ] || {
  echo "generate.sh: $page must hold the lines '$begin' and '$end' once each" >&2
  exit 1
}
awk -v begin="$begin" -v end="$end" -v tables="$work/md" '
  $0 == end { inside = 0 }
  !inside { print }
  $0 == begin { inside = 1; while ((getline line < tables) > 0) print line }' $page >"$work/page"

stale=0
put() { # put FILE GENERATED
  cmp -s "$1" "$2" && return
  if [ $check = 1 ]; then
    echo "$1 does not match $isa: run make isa"
    stale=1
  else
    cp "$2" "$1.tmp.$$" && mv "$1.tmp.$$" "$1"
    echo "wrote $1"
  fi
}
put sw/isa/isa.h "$work/c"
put rtl/include/axflow_isa.vh "$work/v"
put $page "$work/page"
exit $stale
