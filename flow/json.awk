# Lines of the flow's JSON files, one `"key": value` each, to values; for the scripts that are given after it with another -f.
# SPDX-License-Identifier: Apache-2.0
function number(line) {
  sub(/^[^:]*: */, "", line)
  sub(/,$/, "", line)
  return line + 0
}
function name_of(line) {
  gsub(/.*: *"|",?$/, "", line)
  return line
}
