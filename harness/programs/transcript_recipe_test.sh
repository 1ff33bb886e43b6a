#!/usr/bin/env bash
# docs/transcripts.md: its recipe for a transcript, done as it says with the real node, makes one that asserts what it says.
set -uo pipefail

harness=$PWD/harness/harness
node=$PWD/node/node
page=$PWD/docs/transcripts.md
cd "$TEST_TMPDIR" || exit 1

fail() {
  printf '%s\n' "$@"
  exit 1
}

# block INFO N: the Nth fenced block of the page with that info string.
block() {
  awk -v open="\`\`\`$1" -v want="$2" '
    $0 == open { inside = ++seen == want; next }
    /^```/ { inside = 0 }
    inside' "$page"
}

block jsonl 2 >recipe.jsonl
grep -q '"start": \["n1", "n2", "n3"\]' recipe.jsonl || fail 'is this the recipe?' "$(cat recipe.jsonl)"
! grep -q '^{"src": "n' recipe.jsonl || fail 'the recipe has answers already:' "$(cat recipe.jsonl)"
requests=$(grep -c '"msg_id"' recipe.jsonl)

"$harness" replay --node "$node" recipe.jsonl >told && fail 'without its answers it passes' "$(cat told)"
"$harness" replay --node "$node" --update recipe.jsonl >told || fail 'the update fails' "$(cat told)"
printf '%s\n' "$(block diff 1)" | sed 's/FILE/recipe.jsonl/' >expected
grep -vE '^ok  |passed' told | diff expected - || fail 'the update prints something else than the page says'
[ "$(grep -c '^{"src": "n' recipe.jsonl)" -eq "$requests" ] || fail 'not an answer for each request:' "$(cat recipe.jsonl)"

"$harness" replay --node "$node" --match bytes recipe.jsonl >told || fail 'what was written does not pass' "$(cat told)"
# Each of the answers is a claim: with another value, or left out, the replay fails.
for answer in $(grep -n '^{"src": "n' recipe.jsonl | cut -d: -f1); do
  sed "${answer}s/\"in_reply_to\": /\"in_reply_to\": 7/" recipe.jsonl >wrong.jsonl
  "$harness" replay --node "$node" wrong.jsonl >told && fail "a wrong line $answer passes"
  sed "${answer}d" recipe.jsonl >less.jsonl
  "$harness" replay --node "$node" less.jsonl >told && fail "without line $answer it passes"
done
echo 'all as the page says'
