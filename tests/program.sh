#!/bin/sh
# Builds a program of tests/sw or tests/sim, if it is not up to date, and runs it.
# usage: tests/program.sh sw/test_NAME     BUILD: the build folder
# SPDX-License-Identifier: Apache-2.0
set -eu
program=${BUILD:-build}/test/bin/$1
"${MAKE:-make}" --no-print-directory -s "BUILD=${BUILD:-build}" "$program"
exec "$program"
