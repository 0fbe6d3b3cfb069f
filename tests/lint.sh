#!/bin/bash
# Static checks: Verilator -Wall on the whole accelerator in every configuration, layout and cppcheck of the C sources.
# usage: tests/lint.sh [rtl] [format] [cppcheck]     default: all; BUILD: the build folder
# A line a case, ending in PASS or FAIL.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
failed=0
verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "$2 PASS"; else
    echo "$2 FAIL"
    failed=1
  fi
}
need() { # need TOOL: 0 if it is there
  command -v "$1" >/dev/null && return
  echo "$1 is not installed: run ./setup"
  verdict 1 "lint $1"
  return 1
}
[ $# -gt 0 ] || set -- rtl format cppcheck

for part in "$@"; do
  case $part in
  rtl)
    need verilator || continue
    wrapper=$build/test/lint/exact
    rtl/mult/gen.sh wrapper exact "$wrapper" || { verdict 1 "lint wrapper"; continue; }
    mapfile -t sources < <(find rtl -name '*.v' ! -path 'rtl/mult/*' | sort)
    mapfile -t waivers < <(find rtl -name '*.vlt' | sort)
    one() { # one PARAMETER=VALUE..
      verilator --lint-only -Wall -Irtl/include --top-module axflow "${@/#/-G}" -f "$wrapper/files.f" "${waivers[@]}" "${sources[@]}"
      verdict $? "lint rtl $*"
    }
    for d in 4 8 16 32; do
      for w in 8 16; do one D=$d W=$w; done
    done
    for p in "4 1" "8 2" "8 8" "16 1" "32 32"; do one D="${p% *}" W=8 SEGS="${p#* }"; done
    for w in 8 16; do one D=4 W=$w MULT_SIGNED=1; done
    rtl/mult/gen.sh wrapper exact+drum4+K1 "$wrapper" && one D=4 W=8
    verdict $? "lint rtl three cores"
    ;;
  format)
    need clang-format || continue
    while read -r file; do
      clang-format --dry-run -Werror "$file"
      verdict $? "lint format $file"
    done < <(find sw sim tests rtl flow \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) | sort)
    ;;
  cppcheck)
    need cppcheck || continue
    # Left out: missingIncludeSystem (headers of the C library and of OpenBLAS are not analysed); tests/rtl beside
    # tests/rtl/mult (its tests include headers that are generated for each module).
    mkdir -p "$build/test/lint/cppcheck"
    cppcheck --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --quiet -j "$(nproc)" \
      --cppcheck-build-dir="$build/test/lint/cppcheck" -Isw -Itests/sw -D_GNU_SOURCE -D__AVX2__ \
      --suppress=missingIncludeSystem -Isim -Irtl/mult/sim sw sim tests/sw tests/sim tests/rtl/mult rtl/mult/sim flow
    verdict $? "lint cppcheck"
    ;;
  *)
    echo "usage: tests/lint.sh [rtl] [format] [cppcheck]" >&2
    exit 2
    ;;
  esac
done
exit $failed
