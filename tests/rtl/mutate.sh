#!/bin/bash
# Breaks the RTL on purpose, one fault of tests/rtl/mutants at a time, in a copy, and sees whether the module's test fails.
# usage: [BUILD=build] tests/rtl/mutate.sh [PATTERN..]      from the top; PATTERN: of modules. Takes some minutes.
# A line for each fault, ending in PASS (found) or FAIL (not found, or it does not build).
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C
work=$BUILD/test/mutate
export RUNTIME=$BUILD/test/rtl/runtime # built once

. tests/plant.inc
break_it() { # break_it DIRECTORY FOLDER/MODULE FROM TO: a copy of the RTL with one fault; fails if FROM is not there
  rm -rf "$1"
  mkdir -p "$1"
  cp -r rtl "$1/rtl"
  plant "$3" "$4" "rtl/$2.v" "$1/rtl/$2.v"
}

one() { # one 'FOLDER/MODULE | FROM | TO'
  local line=$1 module from to dir verdict='not found FAIL'
  line=${line//\\|/$'\001'}
  module=${line%% | *}
  from=${line#* | }
  to=${from#* | }
  from=${from%% | *}
  from=${from//$'\001'/|} to=${to//$'\001'/|}
  dir=$work/$(printf '%s' "$1" | cksum | cut -d' ' -f1)
  if ! break_it "$dir" "$module" "$from" "$to"; then
    verdict="text not there FAIL"
  else
    while read -r name; do
      BUILD=$dir RTL=$dir/rtl tests/rtl/run.sh "$name" >"$dir/log" 2>&1 </dev/null && continue
      verdict="found PASS"
      grep -q -e '^FAIL' -e 'ended with status' "$dir/log" || verdict="does not build FAIL"
      break
    done < <(grep -e "^$module\$" -e "^$module " tests/rtl/cases)
  fi
  case $verdict in *PASS) rm -rf "$dir" ;; esac
  echo "$module: $from -> $to: $verdict"
  case $verdict in *PASS) ;; *) return 1 ;; esac
}

if [ "${1:-}" = --one ]; then
  one "$2"
  exit
fi
[ $# -gt 0 ] || set -- '*'
mkdir -p "$work"
tests/rtl/run.sh none
grep -v '^#' tests/rtl/mutants | while read -r line; do
  for pattern in "$@"; do
    # shellcheck disable=SC2053 # a pattern
    if [[ ${line%% |*} == $pattern ]]; then
      printf '%s\0' "$line"
      break
    fi
  done
done | xargs -0 -r -n 1 -P "${JOBS:-2}" "$0" --one
