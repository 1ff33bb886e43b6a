#!/usr/bin/env bash
# script_fails.sh NAME SCRIPT [SCHEDULE]: passes if SCRIPT, a gtest program linked with the mutant NAME, finds something
# (in its test SCHEDULE, where one is named), and says what.
set -uo pipefail

name=$1 script=$2 schedule=${3:-}
began=$(date +%s%3N)
said=$("$script" --gtest_filter="${schedule:-*}" 2>&1)
status=$?
took=$(($(date +%s%3N) - began))
if [ $status -eq 0 ]; then
  echo "$name: not caught by its script, $took ms"
  exit 1
fi
# 1: an expectation failed; 134: an assertion of the product.
if [ $status -ne 1 ] && [ $status -ne 134 ]; then
  echo "$said"
  echo "$name: its script ended with $status, $took ms"
  exit 1
fi
# The last line of the first failure is what the script has to say about it.
what=$(awk '/^\[/ || /: Failure$/ {if (found) exit} found {last = $0} /: Failure$/ {found = 1} END {print last}' <<<"$said")
[ -n "$what" ] || what=$(grep -vE '^(Running main|Note: |\[)' <<<"$said" | head -n1)
echo "$name: caught by script${schedule:+ $schedule} at seed 1 (the 1. tried), $took ms: $what"
