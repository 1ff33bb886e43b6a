#!/usr/bin/env bash
# What a node logs hurts nobody: not the node, where stderr is not read, and not the reader, whatever clients send.
source harness/programs/common.sh

init='{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}'
echo='{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":"still here"}}'
malformed=${MALFORMED_LINES:-50000}

# --- A stderr that is full and that nobody reads: the node answers on, and ends. ---
mkfifo unread
exec 7<>unread
dd if=/dev/zero bs=4096 count=16 status=none >&7  # all that a pipe holds
{
  echo "$init"
  yes 'this is no JSON' | head -n "$malformed"
  echo "$echo"
} | timeout 300 "$node" 2>&7 >output
ends 0 'stderr is not read'
grep -q 'still here' output || fail 'stderr is not read: no answer'

# --- Once it is read, what was told is there. ---
mkfifo requests answers
timeout 300 "$node" <requests >answers 2>&7 &
running=$!
exec 8>requests 9<answers
{ echo "$init"; echo 'this is no JSON'; echo "$echo"; } >&8
read -r _ <&9
read -r _ <&9  # its line has been given to the log
head -c 65536 <&7 >/dev/null
read -r line <&7
[[ $line == *'n1 keeps its memory'* ]] || fail "read again: the first line is $line"
exec 8>&-
wait $running
ends 0 'stderr is read again'

# --- A flood is counted: ten lines, and one at the end of the minute or of the node. ---
flood() {
  {
    echo "$init"
    awk -v count="$malformed" 'BEGIN { for (i = 0; i < count; ++i) print "{\"src\":\"c" i "\",\"dest\":\"n" i "\",\"body\":" i "}" }'
    awk -v count="$malformed" 'BEGIN { for (i = 0; i < count; ++i) print "{\"src\":\"c1\",\"dest\":\"m" i "\",\"body\":{\"type\":\"t" i "\",\"msg_id\":" i "}}" }'
    echo "$echo"
  } | "$node" "$@" 2>errors >output
}
flood
ends 0 'a flood'
[ "$(wc -l <errors)" -lt 40 ] || fail "a flood makes $(wc -l <errors) lines"
told=$(grep -c 'refused a message' errors)
again=$(($(sed -n 's/.*refused a message.*(again, \([0-9]*\) times in the last [0-9]* s)$/\1/p' errors | paste -sd+)))
[ $((told - 1 + again)) -eq $((2 * malformed)) ] || fail "a flood: $told lines and $again again are not $((2 * malformed)):" "$(cat errors)"

# --- Every line has its time; in JSON it is an object; no name breaks it. ---
[ "$(grep -cE '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z tidemark (info|warning): ' errors)" -eq "$(wc -l <errors)" ] || fail 'no time:' "$(cat errors)"
flood --log-format=json
ends 0 'a flood in JSON'
python3 -c '
import json, sys
lines = [json.loads(line) for line in open("errors")]
assert all({"time", "level", "text"} <= line.keys() for line in lines), lines
assert any(line.get("again", 0) > 1 for line in lines), lines
assert all(line["node"] == "n1" for line in lines[-3:]), lines' || fail 'JSON lines'
"$node" --log-format=xml </dev/null 2>errors
ends 2 '--log-format=xml'
cat >odd_names <<'LINES'
{"src":"c0","dest":"n\n1","body":{"type":"init","msg_id":1,"node_id":"n\n1","node_ids":["n\n1","n\u001b[2J\u20282"]}}
{"src":"c\n1","dest":"n\n2","body":{"type":"echo","msg_id":2,"echo":1}}
{"src":"n\u001b[2J\u20282","dest":"n\n1","body":{"type":"no\nsuch","msg_id":2,"echo":1}}
{"src":"c1","dest":"n\n1","body":{"type":"read","msg_id":3,"key":"x"}}
LINES
for format in text json; do
  "$node" --log-format=$format <odd_names >output 2>errors
  ends 0 'odd names'
  grep -qvE '^(20|\{"time")' errors && fail 'odd names break lines:' "$(cat errors)"
  grep -q $'\x1b' errors && fail 'odd names reach the terminal'
done
grep -qF 'n\\x0a1' errors || fail 'odd names are shown:' "$(cat errors)"

# --- In virtual time the log is a part of what repeats. ---
advance='{"src":"harness","dest":"n1","body":{"type":"advance","msg_id":9,"ms":70000}}'
for run in 1 2; do
  { echo "$init"; yes 'this is no JSON' | head -n 1000; echo "$advance"; yes 'neither is this' | head -n 1000; } |
    "$node" --clock=virtual 2>"virtual_$run" >output
done
cmp virtual_1 virtual_2 || fail 'a log in virtual time does not repeat itself'
grep -q '^1970-01-01T00:01:10.000Z tidemark warning: .*(again, 999 times in the last 70 s)$' virtual_1 || fail 'virtual:' "$(cat virtual_1)"

finish
