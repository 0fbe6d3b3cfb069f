#!/bin/bash
# The quick proofs, and a planted fault for each property, which its quick proof must refute.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build} LC_ALL=C
suite=formal
. tests/verdict.inc
. tests/plant.inc
fault() { # fault 'BLOCK PROPERTY | FROM | TO'
  local line=$1 name from to dir module
  line=${line//\\|/$'\001'}
  name=${line%% | *} from=${line#* | }
  to=${from#* | } from=${from%% | *}
  from=${from//$'\001'/|} to=${to//$'\001'/|}
  dir=$BUILD/test/formal/fault-${name// /-}
  module=$(awk -v b="${name% *}" '$1 == b { print $2; exit }' tests/formal/proofs)
  rm -rf "$dir"
  mkdir -p "$dir"
  cp -r rtl "$dir/rtl"
  plant "$from" "$to" "rtl/$module.v" "$dir/rtl/$module.v" &&
    ! RTL=$dir/rtl WORK=$dir JOBS=1 tests/formal/prove.sh --quick "$name" >"$dir/said" 2>&1 && grep -q 'refuted=' "$dir/said"
  verdict $? "$name refutes: $from -> $to"
  [ $failed -ne 0 ] || rm -rf "$dir"
  return $failed
}
if [ "${1:-}" = --one ]; then
  fault "$2"
  exit
fi
tests/formal/prove.sh --quick || failed=1
grep -v '^#' tests/formal/faults | tr '\n' '\0' | xargs -0 -n 1 -P "${JOBS:-2}" "$0" --one || failed=1
# A property without a planted fault could be one that never looks.
grep -v '^#' tests/formal/proofs | awk '{ print $1, $3 }' | sort -u >"$BUILD/test/formal/properties"
grep -v '^#' tests/formal/faults | sed 's/ |.*//' | sort -u | cmp -s - "$BUILD/test/formal/properties"
verdict $? "every property has a planted fault"
exit $failed
