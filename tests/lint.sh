#!/bin/bash
# Static checks: Verilator -Wall on the whole accelerator in every configuration, Yosys on it in many, layout and cppcheck of
# the C sources. usage: tests/lint.sh [rtl] [yosys] [format] [cppcheck]     default: all; BUILD: the build folder
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
[ $# -gt 0 ] || set -- rtl yosys format cppcheck

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
    for w in 8 16; do one D=4 W=$w MULT_SIGNED=1 && one D=4 W=$w PROTECT_REC=1; done
    rtl/mult/gen.sh wrapper exact+drum4+K1 "$wrapper" && one D=4 W=8
    verdict $? "lint rtl three cores"
    ;;
  yosys) # elaborated for synthesis; what flow/warnings.txt does not explain is a fault
    need yosys || continue
    wrapper=$build/test/lint/yosys
    rtl/mult/gen.sh wrapper exact "$wrapper" || { verdict 1 "lint wrapper"; continue; }
    elaborate() { # elaborate PARAMETER=VALUE..
      local chparam=() p
      for p; do chparam+=(-chparam "${p%=*}" "${p#*=}"); done
      yosys -Q -q -p "read_verilog -lib flow/sram_macro.v
        read_verilog -defer -DAXF_SRAM_MACRO -Irtl/include $(find rtl -name '*.v' ! -path 'rtl/mult/*' | sort | tr '\n' ' ') $(tr '\n' ' ' <"$wrapper/files.f")
        hierarchy -check -top axflow ${chparam[*]}
        proc
        check -assert" >"$wrapper/log" 2>&1 &&
        ! grep -iE 'warning|error' "$wrapper/log" | grep -vE -f <(sed -n 's/^\([^#\t][^\t]*\)\t.*/\1/p' flow/warnings.txt)
      verdict $? "lint yosys $*"
    }
    for p in 'D=4 W=8' 'D=4 W=16 SEGS=2' 'D=8 W=8 SEGS=8 PS_WORDS=32' 'D=8 W=16' 'D=16 W=8 SEGS=1' 'D=16 W=16' 'D=32 W=8' 'D=32 W=16 SEGS=32' \
      'D=4 W=8 MULT_SIGNED=1' 'D=4 W=8 ZERO_SKIP=1 ISOLATE=1' 'D=4 W=8 NB_PROTECT=1 KB_PROTECT=2' 'D=4 W=16 NB_PROTECT=3 NB_SAFE=3 KB_PROTECT=3 KB_SAFE=5' \
      'D=4 W=8 PROTECT_REC=1' 'D=8 W=16 PROTECT_REC=1'; do
      # shellcheck disable=SC2086 # words
      elaborate $p
    done
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
