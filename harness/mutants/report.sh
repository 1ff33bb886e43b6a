#!/usr/bin/env bash
# Hunts every mutant and prints what came of it as a table. Ends with 0 if each was caught by a check that was expected to.
set -uo pipefail

commands=harness/mutants/report_commands.txt
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
failed=0
while IFS= read -r command; do
  eval "$command" >"$lines.one" || failed=$((failed + 1))
  head -n1 "$lines.one" >>"$lines"
done <"$commands"
rm -f "$lines.one"

echo '| mutant | caught by | seeds tried | ms |'
echo '|---|---|--:|--:|'
sed -nE 's/^([a-z0-9_]+): caught by script at .*, ([0-9]+) ms: .*/| \1 | its script | | \2 |/p; t
         s/^([a-z0-9_]+): caught by script ([A-Za-z0-9.]+) at .*, ([0-9]+) ms: .*/| \1 | `\2` | | \3 |/p; t
         s/^([a-z0-9_]+): caught by (.*) at seed [0-9]+ \(the ([0-9]+)\. tried\), ([0-9]+) ms: .*/| \1 | \2 | \3 | \4 |/p
         s/^([a-z0-9_]+): not caught.* ([0-9]+) ms$/| \1 | nothing | | \2 |/p' "$lines"
echo
all=$(wc -l <"$lines")
caught=$(grep -c ': caught by ' "$lines")
grep -v ': caught by script ' "$lines" | sed -nE 's/.*\(the ([0-9]+)\. tried\).*/\1/p' | sort -n | awk -v all="$all" -v caught="$caught" '
  {seeds[NR] = $1}
  END {print caught " of " all " caught, " NR " of them by seeds: " seeds[int((NR + 1) / 2)] " in the median, " seeds[NR] " at most"}'
[ $failed -eq 0 ] || echo "$failed not by a check that was expected"
[ $failed -eq 0 ]
