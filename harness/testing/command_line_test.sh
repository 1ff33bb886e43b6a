#!/usr/bin/env bash
# The program as somebody types it: what it prints and how it exits.
set -uo pipefail

harness=$PWD/harness/harness
node=$PWD/harness/testing/fake_node
conversation=$PWD/harness/testing/conversation.jsonl
cd "$TEST_TMPDIR" || exit 1
failures=0

# expect STATUS PATTERN ARGUMENT…: `harness ARGUMENT…` exits with STATUS and prints PATTERN.
expect() {
  local status=$1 pattern=$2 output
  shift 2
  output=$("$harness" "$@" 2>&1)
  local came=$?
  if [ $came -ne "$status" ] || ! grep -qE -- "$pattern" <<<"$output"; then
    printf 'harness %s\n  exited with %s, expected %s, printing %s:\n%s\n' "$*" $came "$status" "$pattern" "$output"
    failures=$((failures + 1))
  fi
}

mkdir -p all/b
cp "$conversation" all/b/good.jsonl
sed 's/"at_ms": 2}/"at_ms": 3}/' "$conversation" >all/wrong.jsonl
echo '{"start": "n1"}' >unreadable.jsonl

expect 0 '^ok +all/b/good\.jsonl +[0-9]+ ms$' replay --node "$node" all/b/good.jsonl
expect 0 '^1 passed, 0 failed$' replay --node "$node" --match bytes all/b
expect 1 '^1 passed, 1 failed$' replay --node "$node" --jobs 2 all
expect 1 '^all/wrong\.jsonl:4: something else came \(at 2 ms\)$' replay --node "$node" all
expect 1 'body\.at_ms: expected 3, came 2' replay --node "$node" all
expect 2 '^unreadable\.jsonl:1: "start" must be a list of strings, not "n1"$' replay --node "$node" unreadable.jsonl
expect 2 'there is no nowhere\.jsonl' replay --node "$node" nowhere.jsonl
expect 2 'required' replay
expect 2 'subcommand' 
expect 2 'match' replay --match roughly all
printf '' >empty.jsonl
expect 1 '^empty\.jsonl: nothing is expected in it' replay --node "$node" empty.jsonl
expect 1 '^empty\.jsonl: nothing is expected in it' replay --node "$node" --update empty.jsonl
expect 3 '/no/such/node' replay --node /no/such/node all/b
expect 0 'replay' --help

expect 0 '^updated all/wrong\.jsonl\. Each line is a claim that you now make:$' replay --node "$node" --update all
cmp all/wrong.jsonl "$conversation" || failures=$((failures + 1))

# Stopped by a signal it takes everything with it. The node says where its stderr goes and holds a pipe as long as it lives.
cat >stuck_node.sh <<'STUCK'
#!/bin/sh
readlink /proc/$$/fd/2 >tell
exec cat 3>alive >/dev/null
STUCK
chmod +x stuck_node.sh
mkfifo tell alive
echo '{"start": ["n1"]}' >stuck.jsonl
for signal in INT TERM HUP; do
  "$harness" replay --node ./stuck_node.sh stuck.jsonl >/dev/null &
  pid=$!
  read -r file <tell
  exec 4<alive
  [ -e "$file" ] || { echo "no stderr at $file"; failures=$((failures + 1)); }
  kill -s $signal $pid
  wait $pid
  status=$?
  if [ $status -ne 130 ] || [ -e "$file" ]; then
    echo "SIG$signal: exited with $status, and $file may be left"
    failures=$((failures + 1))
  fi
  cat <&4  # ends with the node
done

# As under `bazel run`: paths mean what they meant where they were typed, or else below the workspace.
export BUILD_WORKSPACE_DIRECTORY=$PWD/all BUILD_WORKING_DIRECTORY=$PWD/all/b
expect 0 '^ok +good\.jsonl' replay --node "$node" good.jsonl
expect 0 '^ok .*wrong\.jsonl' replay --node "$node" wrong.jsonl

[ $failures -eq 0 ]
