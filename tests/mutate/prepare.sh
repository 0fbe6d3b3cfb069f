#!/bin/bash
# Builds what the checks of the mutants share: the library, test programs as objects, Verilator's runtime, the simulators of
# the unchanged RTL (whose objects a changed C model is linked with). The unchanged sources must pass.
# usage: [BUILD=build] tests/mutate/prepare.sh [SIMULATOR..|none]     from the top; default: all simulators
# SPDX-License-Identifier: Apache-2.0
set -u
export BUILD=${BUILD:-build} LC_ALL=C
. tests/mutate/settings.inc
run_make() { "${MAKE:-make}" --no-print-directory -s BUILD="$BUILD" "$@"; }
die() {
  echo "mutate: $*" >&2
  exit 1
}
mkdir -p "$BUILD/mutate/obj" "$BUILD/mutate/work"
run_make "$BUILD/libaxflow.a" "$BUILD/test/libsim.a" multipliers-tables "$BUILD/mutate/mutants" "$BUILD/gen/exact/files.f" ||
  die "the build fails"
tests/rtl/run.sh none >/dev/null 2>&1
for name in $MUTATE_PROGRAMS; do
  object=$BUILD/mutate/obj/${name//\//-}.o
  [ "$object" -nt "tests/$name.c" ] && continue
  # shellcheck disable=SC2086 # flags
  ${CC:-gcc} $MUTATE_CFLAGS -Isim -Itests/sw -w -c "tests/$name.c" -o "$object" || die "$name does not build"
done
[ $# -gt 0 ] || set -- $MUTATE_SIMULATORS
for name in "$@"; do
  [ "$name" != none ] || break
  # shellcheck disable=SC2046 # variables of make
  run_make SIM_OPT="$MUTATE_OPT" SIM_DIR="$BUILD/mutate/sim/$name" $(mutate_make "$name") axsim ||
    die "the simulator $name does not build"
  while read -r options; do
    # shellcheck disable=SC2086 # options of a run
    [ -e "$BUILD/mutate/sim/$name/right" ] || "$BUILD/mutate/sim/$name/axsim" $options --quiet >"$BUILD/mutate/log" 2>&1 ||
      die "unchanged, $name $options fails: $BUILD/mutate/log"
  done < <(mutate_runs "$name")
  touch "$BUILD/mutate/sim/$name/right"
done
