#!/usr/bin/env bash
# Standard streams that are closed, full or unreadable: no program writes its text into another file, takes an error for the
# end of its input, or ends with 0 though somebody misses what it printed.
source harness/programs/common.sh

cat >input <<'LINES'
{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}
{"src":"c1","dest":"n1","body":{"type":"write","msg_id":2,"key":"x","value":1}}
this is no JSON and is logged
LINES

# --- Closed descriptors: what is opened next must not take their numbers. ---
# clean DIR: the node's memory there is well, and no text of ours stands in it.
clean() {
  "$node" check "$1" >checked 2>&1 || fail "$1:" "$(cat checked)"
  ! grep -qaE 'tidemark (error|warning|info)|"src"' "$1"/n1/* || fail "$1: text in the node's memory"
}
"$node" --data-dir no_stderr <input 2>&- >output
ends 0 'stderr closed'
[ "$(wc -l <output)" -eq 2 ] || fail 'stderr closed: not two answers:' "$(cat output)"
clean no_stderr
"$node" --data-dir no_stdout <input >&- 2>errors
ends 1 'stdout closed'
says 'stdout cannot be written: Bad file descriptor' 'stdout closed'
clean no_stdout
"$node" --data-dir neither <input >&- 2>&-
ends 1 'stdout and stderr closed'
clean neither
"$node" <&- 2>errors
ends 6 'stdin closed'
says 'stdin cannot be read: Bad file descriptor' 'stdin closed'

# --- An error while reading is no end of input. ---
"$node" <"$TEST_TMPDIR" 2>errors
ends 6 'stdin is a directory'
says 'stdin cannot be read: Is a directory' 'stdin is a directory'
"$client" --nodes 1 --node "$node" <"$TEST_TMPDIR" >output 2>errors
ends 1 'client_cli, stdin is a directory'
says 'stdin cannot be read: Is a directory' 'client_cli, stdin is a directory'

# --- Output that cannot be written is no success. ---
"$node" check no_stderr >/dev/full 2>errors
ends bad 'node check'
"$node" dump no_stderr >/dev/full 2>errors
ends bad 'node dump'
"$node" --help >/dev/full 2>errors
ends bad 'node --help'
"$harness" check "$testdata/histories/sessions.history" >/dev/full 2>errors
ends 1 'harness check'
says 'harness: stdout could not be written' 'harness check'
cat >transcript.jsonl <<'LINES'
{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}
{"src": "n1", "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1, "msg_id": 0}}
LINES
"$harness" replay --node "$node" transcript.jsonl >/dev/full 2>errors
ends 1 'harness replay'
"$harness" simulate --sim-seconds 1 --jobs 1 >/dev/full 2>errors
ends 1 'harness simulate'
"$harness" --help >/dev/full 2>errors
ends 1 'harness --help'
"$harness" explore --depth 3 >/dev/full 2>errors
ends 1 'harness explore'
for file in --transcript --history --reached-json; do
  "$harness" simulate --sim-seconds 1 --jobs 1 $file /dev/full >output 2>errors
  ends 3 "harness simulate $file"
  says '/dev/full' "harness simulate $file"
done
echo 'write x 1' | "$client" --nodes 1 --node "$node" >/dev/full 2>errors
ends 1 'client_cli'
echo 'write x 1' | "$client" --nodes 1 --node "$node" >&- 2>errors
ends 1 'client_cli, stdout closed'
says 'client_cli: stdout could not be written' 'client_cli, stdout closed'

# --- A file that may not grow is a failed disk, not a signal. ---
(ulimit -f 1 && exec "$node" --data-dir small_files <input >output 2>errors)
ends bad 'ulimit -f'
says 'File too large' 'ulimit -f'

# --- A folder where a file is wanted. ---
"$harness" check "$TEST_TMPDIR" 2>errors
ends 2 'harness check DIR'
says 'Is a directory' 'harness check DIR'

# --- No directory is not the same as none. ---
"$node" --data-dir '' <input >output 2>errors
ends 2 '--data-dir ""'
says '--data-dir is empty' '--data-dir ""'

finish
