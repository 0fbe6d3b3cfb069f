#!/bin/sh
# The test runner itself: a suite that fails, crashes, hangs, says nothing or does not build must not pass unnoticed.
# SPDX-License-Identifier: Apache-2.0
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/runner.XXXXXX")
trap 'rm -rf "$dir"' EXIT
status=0
verdict() { # verdict STATUS TEXT
  if [ "$1" -eq 0 ]; then echo "runner: $2 PASS"; else
    echo "runner: $2 FAIL"
    cat "$dir/said"
    status=1
  fi
}
mkdir -p "$dir/tests/sw" "$dir/tests/e2e" "$dir/tests/rtl/deep/er"
cp tests/run tests/program.sh "$dir/tests/"
cat >"$dir/Makefile" <<'END'
.PHONY: build
build test-programs multipliers-tables axpower axmem: ; @:
$(BUILD)/test/bin/sw/%: tests/sw/%.c
	@mkdir -p $(@D) && cp $< $@ && chmod +x $@ && ! grep -q nonsense $<
END
script() { # script PATH LINE..: an executable script with these lines
  path=$dir/tests/$1
  shift
  printf '%s\n' '#!/bin/sh' "$@" >"$path"
  chmod +x "$path"
}
run() { # run PATTERN..: the runner's output goes to DIR/said
  (cd "$dir" && BUILD=build TEST_TIMEOUT=2 TEST_JOBS=2 tests/run "$@") >"$dir/said" 2>&1
}
ends() { # ends STATUS LINE TEXT: how the last run must have ended
  [ "$result" -eq "$1" ] && [ "$(tail -n 1 "$dir/said")" = "$2" ]
  verdict $? "$3"
}
script lint.sh 'echo "lint a PASS"'
script sanitize.sh 'echo "x: 2 passed, 0 failed"'
script sw/test_good.c 'echo "good: 5 passed, 0 failed"'
script rtl/deep/er/run.sh 'echo "case 1 PASS"; echo "case 2 PASS"; echo "part: 3 passed, 0 failed"'
script e2e/good.sh 'echo "good PASS"'
run; result=$?
ends 0 "15 passed, 0 failed" "all suites pass and are counted" # 1 build, 1 lint, 2 sanitize, 5, 5, 1

script e2e/bad.sh 'echo "a PASS"; echo "b FAIL"; exit 1'
run e2e/bad; result=$?
ends 1 "2 passed, 1 failed" "a failure is counted"
script e2e/bad.sh 'echo "b FAIL"; exit 0'
run e2e/bad; result=$?
ends 1 "1 passed, 1 failed" "a failure with exit status 0 is counted"
script e2e/bad.sh 'echo "a PASS"; kill -SEGV $$'
run e2e/bad; result=$?
ends 1 "2 passed, 1 failed" "a crash after a passed case is a failure"
script e2e/bad.sh 'echo "a PASS"; exit 3'
run e2e/bad; result=$?
ends 1 "2 passed, 1 failed" "a status that no case explains is a failure"
script e2e/bad.sh 'exit 0'
run e2e/bad; result=$?
ends 1 "1 passed, 1 failed" "a suite that says nothing is a failure"
script e2e/bad.sh 'echo "a PASS"; sleep 20'
run e2e/bad; result=$?
ends 1 "2 passed, 1 failed" "a suite that hangs is stopped and is a failure"
script sw/test_bad.c 'echo "bad: 1 passed, 0 failed"' '# nonsense'
run sw/bad; result=$?
ends 1 "1 passed, 1 failed" "a program that does not build is a failure"
sed -i 's|; @:$|; @false|' "$dir/Makefile"
run sw/good; result=$?
ends 1 "5 passed, 1 failed" "a build that fails is a failure"
run nosuch; result=$?
[ $result -eq 2 ] && ! grep -q 'passed' "$dir/said"
verdict $? "an unknown suite is refused"
exit $status
