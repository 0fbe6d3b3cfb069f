#!/bin/sh
# The parts of the test bench: memory model and probe.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
exec "${MAKE:-make}" --no-print-directory -s "BUILD=${BUILD:-build}" test-sim
