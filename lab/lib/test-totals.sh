#!/bin/bash
# test-totals.sh RESULT.trx...: what tests measured, every skipped test with its reason, then the sum over all projects on the last line.
set -uo pipefail
[ -e "${1:-}" ] || { echo "0 passed, 0 failed, 0 skipped"; exit 1; }

awk '
  function attribute(line, name) {
    if (!match(line, " " name "=\"[^\"]*\"")) return ""
    return plain(substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
  }
  function plain(text) {
    gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#x[DA];/, " ", text); gsub(/&amp;/, "\\&", text)
    return text
  }
  /<UnitTestResult / {
    outcome = attribute($0, "outcome"); name = attribute($0, "testName"); waiting = ""
    if (outcome == "Passed") passed++
    else if (outcome == "NotExecuted") { skipped++; waiting = name }
    else { failed++; print "failed: " name }
  }
  waiting != "" && /<Message>/ {
    reason = $0; gsub(/.*<Message>|<\/Message>.*/, "", reason)
    print "skipped: " waiting ": " plain(reason)
    waiting = ""
  }
  /(^|<StdOut>)measured: / { line = $0; gsub(/.*<StdOut>|<\/StdOut>.*/, "", line); print plain(line) }
  END {
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0
  }' "$@"
