#!/bin/bash
# Breaks the RTL on purpose, one fault of tests/mutate/planted at a time, in a copy, and sees whether the module's test fails.
# usage: [BUILD=build] tests/mutate/planted.sh PATTERN..      from the top; PATTERN: of modules, '*' for all. Takes some minutes.
# A line for each fault, ending in PASS (found) or FAIL (not found, or it does not build).
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C
export RUNTIME=$BUILD/test/rtl/runtime # built once
. tests/plant.inc
one() { # one 'FOLDER/MODULE | FROM | TO'
  local line=$1 module from to dir verdict='not found FAIL'
  line=${line//\\|/$'\001'}
  module=${line%% | *} from=${line#* | }
  to=${from#* | } from=${from%% | *}
  from=${from//$'\001'/|} to=${to//$'\001'/|}
  dir=$BUILD/mutate/work/planted-$(printf '%s' "$1" | cksum | cut -d' ' -f1)
  rm -rf "$dir"
  mkdir -p "$dir"
  cp -r rtl "$dir/rtl"
  if ! plant "$from" "$to" "rtl/$module.v" "$dir/rtl/$module.v"; then
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
  echo "planted $module: $from -> $to: $verdict"
  case $verdict in *PASS) ;; *) return 1 ;; esac
}

if [ "${1:-}" = --one ]; then
  one "$2"
  exit
fi
[ $# -gt 0 ] || { echo "planted: a pattern of modules is missing, '*' for all" >&2; exit 2; }
list=$(grep -v '^#' tests/mutate/planted | while read -r line; do
  for pattern in "$@"; do
    # shellcheck disable=SC2053 # a pattern
    if [[ ${line%% |*} == $pattern ]]; then
      printf '%s\n' "$line"
      break
    fi
  done
done)
[ -n "$list" ] || { echo "planted: no module of tests/mutate/planted is like: $*" >&2; exit 2; }
tests/rtl/run.sh none >/dev/null 2>&1
printf '%s\n' "$list" | tr '\n' '\0' | xargs -0 -r -n 1 -P "${JOBS:-1}" "$0" --one
