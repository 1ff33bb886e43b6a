#!/usr/bin/env bash
# No memory, no thread, no descriptor, a file that may not grow: a sentence, and a status of its own kind, of every program.
source harness/programs/common.sh

no_resources=8
init='{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}'
write='{"src":"c1","dest":"n1","body":{"type":"write","msg_id":2,"key":"x","value":1}}'

printf '%s\n' "$init" '{"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}}' >transcript.jsonl

# --- No thread. The node has three: its log's, and its disk's two. ---
for nth in 1 2 3; do
  { echo "$init"; echo "$write"; } | strace -f -qq -o /dev/null -e trace=clone,clone3 -e "inject=clone,clone3:error=EAGAIN:when=$nth" \
    "$node" --data-dir "threads$nth" 2>errors >output
  ends $no_resources "node, thread $nth"
  says 'tidemark error: the system refuses what it needs: Resource temporarily unavailable' "node, thread $nth"
done
strace -f -qq -o /dev/null -e trace=clone,clone3 -e 'inject=clone,clone3:error=EAGAIN:when=1+' "$harness" explore --depth=6 2>errors >output
ends $no_resources 'harness explore, no thread'
says 'harness: the system refuses what it needs' 'harness explore, no thread'
strace -f -qq -o /dev/null -e trace=clone,clone3 -e 'inject=clone,clone3:error=EAGAIN:when=1+' "$harness" simulate --sim-seconds=1 2>errors >output
ends bad 'harness simulate, no process'
[ -s errors ] || fail 'harness simulate, no process: no sentence'
echo 'write x 1' | strace -f -qq -o /dev/null -e trace=clone,clone3,vfork,fork -e 'inject=clone,clone3,vfork,fork:error=EAGAIN:when=1+' "$client" --nodes 1 --node "$node" 2>errors >output
ends 3 'client_cli, no process'
says 'cannot fork' 'client_cli, no process'

# --- No descriptor. Whatever number is the last, the end is an orderly one. ---
{ echo "$init"; echo "$write"; } >requests
echo 'write x 1' >commands
# limited N INPUT WHAT PROGRAM...: runs it with descriptors below N only.
limited() {
  prlimit --nofile="$1" "${@:4}" <"$2" >output 2>errors
  local came=$?
  [ $came -lt 128 ] || fail "$3, $1 descriptors: ended with $came" "$(cat errors)"
  [ $came -eq 0 ] || [ -s errors ] || [ -s output ] || fail "$3, $1 descriptors: no sentence"
}
for limit in 3 4 5 6 7 8 9 10 11 12; do
  limited $limit requests node "$node" --data-dir "descriptors$limit"
  limited $limit commands client_cli "$client" --nodes 1 --node "$node"
  limited $limit /dev/null 'harness check' "$harness" check "$testdata/histories/sessions.history"
  limited $limit /dev/null 'harness replay' "$harness" replay --node "$node" transcript.jsonl
  limited $limit /dev/null 'harness simulate' "$harness" simulate --sim-seconds 1 --jobs 1
done

# --- A file that may not grow. ---
(ulimit -f 1 && exec "$harness" simulate --sim-seconds 5 --history history --jobs 1 >output 2>errors)
ends bad 'harness simulate --history, ulimit -f'
[ -s errors ] || fail 'harness simulate --history, ulimit -f: no sentence'

# --- No memory. (A sanitizer's own needs are beyond any such limit.) ---
if ! grep -q __asan_init "$node" && ! grep -q __tsan_init "$node"; then
  {
    echo "$init"
    awk 'BEGIN { text = "v"; while (length(text) < 500000) text = text text; for (i = 0; i < 400; ++i) print "{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"type\":\"write\",\"msg_id\":" i + 2 ",\"key\":\"k" i "\",\"value\":\"" text "\"}}" }'
  } >large
  (ulimit -v 300000 && exec "$node" <large >output 2>errors)
  ends $no_resources 'node, ulimit -v'
  says 'tidemark error: the system gives no more memory; it stops' 'node, ulimit -v'
  for limit in 8000 10000 12000 14000 16000; do
    (ulimit -v $limit && exec "$harness" simulate --sim-seconds 10 --seeds 2 --jobs 1 >output 2>errors)
    came=$?
    [ $came -ne 1 ] && [ $came -lt 128 ] || fail "harness simulate, ulimit -v $limit: ended with $came" "$(cat output errors)"
  done
  (ulimit -v 120000 && exec "$harness" explore --depth=11 >output 2>errors)
  ends $no_resources 'harness explore, ulimit -v'
  says 'harness: the system gives no more memory' 'harness explore, ulimit -v'
fi

finish
