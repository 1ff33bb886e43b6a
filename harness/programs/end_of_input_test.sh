#!/usr/bin/env bash
# The end of a node's input: what a node alone can get done is answered, whatever it waits for at that moment; what it cannot is
# counted on stderr.
source harness/programs/common.sh

# A disk whose syncs take 20 ms.
slow_disk=(strace -f -qq -o /dev/null -e trace=fdatasync,fsync -e 'inject=fdatasync,fsync:delay_enter=20000')
echo '{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}' >init

# requests COUNT BODY: as many lines, with msg_ids from 2 on; "#" in BODY counts from 1, "@" is a text of 3,000 bytes.
requests() {
  awk -v count="$1" -v body="$2" 'BEGIN {
    text = sprintf("%3000s", ""); gsub(/ /, "v", text); gsub(/@/, text, body)
    for (i = 1; i <= count; ++i) {
      line = body; gsub(/#/, i, line)
      print "{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"msg_id\":" i + 1 "," line "}}"
    }
  }'
}
# answered COUNT TYPE WHAT: so many answers of this type have come, and no other but init_ok.
answered() {
  local came
  came=$(grep -c "\"type\": \"$2\"" output)
  [ "$came" -eq "$1" ] || fail "$3: $came of $1 $2; the last:" "$(tail -n 2 output | cut -c1-300)" "$(cat errors)"
  [ "$(wc -l <output)" -eq $(($1 + 1)) ] || fail "$3: $(wc -l <output) lines, not $1 and init_ok"
}

# --- Writes that wait for room on the disk, for their writer's opening, for the election. ---
{ cat init; requests 3000 '"type":"write","key":"k#","value":"@"'; } |
  "${slow_disk[@]}" "$node" --data-dir writes >output 2>errors
ends 0 '3,000 writes'
answered 3000 write_ok '3,000 writes'
{ cat init; requests 3000 '"type":"txn","txn":[["w","k#","@"],["r","k#",null]]'; } |
  "${slow_disk[@]}" "$node" --data-dir txns >output 2>errors
ends 0 '3,000 txns'
answered 3000 txn_ok '3,000 txns'

# --- A read behind a burst sees what came before it. ---
{
  cat init
  requests 3000 '"type":"write","key":"k#","value":"@"'
  echo '{"src":"c1","dest":"n1","body":{"msg_id":9001,"type":"read","key":"k3000"}}'
  echo '{"src":"c1","dest":"n1","body":{"msg_id":9002,"type":"ryw_read","key":"k3000","last_write_index":0}}'
} | "${slow_disk[@]}" "$node" --data-dir burst >output 2>errors
ends 0 'reads behind a burst'
for id in 9001 9002; do
  grep "\"in_reply_to\": $id," output | grep -q '"value": "vvv' || fail "a read behind a burst: $(grep "\"in_reply_to\": $id," output | cut -c1-300)"
done

# --- A node alone answers what waits for time, too. ---
{
  cat init
  echo '{"src":"c1","dest":"n1","body":{"msg_id":2,"type":"ryw_read","key":"x","last_write_index":999}}'
} | "$node" --request-timeout-ms 100 >output 2>errors
ends 0 'a read from the future'
answered 1 error 'a read from the future'

# --- One of several says what it leaves open, in one line. ---
cat >three <<'LINES'
{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]}}
{"src":"c1","dest":"n1","body":{"type":"write","msg_id":2,"key":"x","value":1}}
{"src":"c1","dest":"n1","body":{"type":"read","msg_id":3,"key":"x"}}
{"src":"c1","dest":"n1","body":{"type":"ryw_read","msg_id":4,"key":"x","last_write_index":5}}
LINES
"$node" <three >output 2>errors
ends 0 'one of three'
grep -qv '"init_ok"' output && fail 'one of three answers:' "$(cat output)"
says '3 requests are left unanswered (1 of writes, 1 linearizable reads, 1 ryw_reads): they wait for other nodes' 'one of three'
[ "$(grep -vc 'keeps its memory' errors)" -eq 1 ] || fail 'one of three says more than one line:' "$(cat errors)"

finish
