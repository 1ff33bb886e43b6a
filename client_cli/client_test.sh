#!/usr/bin/env bash
# The program as somebody uses it, with the real node: what it prints and how it exits. Nothing here sleeps.
set -uo pipefail

client=$PWD/client_cli/client_cli
node=$PWD/node/node
export HOME=$TEST_TMPDIR TMPDIR=$TEST_TMPDIR
cd "$TEST_TMPDIR" || exit 1
failures=0

fail() {
  printf '%s\n' "$@"
  failures=$((failures + 1))
}

# session STATUS FLAG… <<COMMANDS: what the client prints, in $output; it must exit with STATUS.
session() {
  local status=$1
  shift
  output=$("$client" "$@" 2>"$TEST_TMPDIR/stderr")
  local came=$?
  [ $came -eq "$status" ] || fail "client_cli $*: exited with $came, not $status, printing:" "$output" "$(cat "$TEST_TMPDIR/stderr")"
}

# line N PATTERN: the Nth line of $output matches.
line() {
  local came
  came=$(sed -n "$1p" <<<"$output")
  grep -qE -- "^$2\$" <<<"$came" || fail "line $1 is not $2 but:" "  $came" "of:" "$output"
}

# field N NAME: the number of that name in the Nth line of $output.
field() { sed -n "$1p" <<<"$output" | sed -nE "s/.*\"$2\": ([0-9]+).*/\1/p"; }

# --- What was asked for: a write, read back from a follower at its index. ---
session 0 --json < <(printf 'write x new\nuse n2\nget x\n')
# A session as replies carry it, behind all else.
token='"session": \{"cluster": "[0-9a-f]{8}", "index": [0-9]+, "term": [0-9]+, "stamp": "[0-9a-f]{8}"\}'
line 1 '\{"type": "write_ok", "in_reply_to": 3, "msg_id": [0-9]+, "commit_index": [0-9]+, '"$token"'\}'
line 2 '\{"type": "use_ok", "node": "n2"\}'
line 3 '\{"type": "ryw_read_ok", .*"value": "new", "served_by": "n2", "follower_applied_index": [0-9]+, .*"waited_ms": [0-9]+.*'"$token"'\}'
[ "$(field 3 index)" -ge "$(field 1 commit_index)" ] || fail "n2 served below the write's index:" "$output"
[ "$(wc -l <<<"$output")" -eq 3 ] || fail "not three lines:" "$output"

# --- Every request, as text. ---
session 1 --delay-ms 0 <<'COMMANDS'
# comments and blank lines say nothing

write x {"b": 1, "a": "two words"}
read x
delete x
get x
txn w y 1 append l 2 r l
cas y 1 2
cas y 1 2
cas z 1 2 --create
session
get z --index 1000000
write x
use n4
COMMANDS
line 1 'ok at index [0-9]+ \(n1, [0-9]+ ms\)'
line 2 '\{"a": "two words", "b": 1\}   linearizable, asked n1, [0-9]+ ms'
line 3 'ok at index [0-9]+ \(n1, [0-9]+ ms\)'
line 4 'line 6: error 20: .*"x".*   served by n[123].*'
line 5 'w "y" 1, append "l" 2, r "l" = \[2\]   ok at index [0-9]+ .*'
line 6 'ok at index .*'
line 7 'line 9: error 22: .*'
line 8 'ok at index .*'
line 9 '[0-9a-f]{8}:[0-9]+:[0-9]+:[0-9a-f]{8}   cluster [0-9a-f]{8} up to index [0-9]+, term [0-9]+'
line 10 'last_write_index [0-9]+, using n1'
line 11 'line 12: error 22: .*`session reset` begins anew.*'
line 12 'line 13: the value is missing; usage: write KEY VALUE'
line 13 'line 14: there is no node n4: n1, n2, n3'

# --- The leader dies; the next write succeeds with nothing done by the person. ---
session 0 --json <<'COMMANDS'
write x 1
kill n1
write x 2
get x
restart n1
use n1
get x
write x 3
get x
status
COMMANDS
line 1 '\{"type": "write_ok".*'
line 2 '\{"type": "kill_ok", "node": "n1", "using": "n2"\}'
line 3 '\{"type": "write_ok".*'
line 4 '\{"type": "ryw_read_ok".*"value": 2, .*'
line 5 '\{"type": "restart_ok", "node": "n1", "wiped": false, "using": "n2"\}'
line 7 '\{"type": "ryw_read_ok".*"value": 2, .*'
line 9 '\{"type": "ryw_read_ok".*"value": 3, .*'
line 10 '\{"type": "status_ok".*"node_id": "n1".*'
line 12 '\{"type": "status_ok".*"node_id": "n3".*'

# --- A node that was restarted still knows what it wrote. ---
session 1 --nodes 1 --json <<'COMMANDS'
write x 1
restart n1
read x
restart n1 --wipe
read x
write x 2
session
session reset
read x
write x 3
COMMANDS
line 3 '\{"type": "read_ok".*"value": 1, .*'
line 4 '\{"type": "restart_ok", "node": "n1", "wiped": true, "using": "n1"\}'
# What it knew is gone, and who has seen it is told so; a refusal is not adopted.
line 5 '\{"type": "error".*"code": 22, .*"reason": "token_other_cluster".*'
line 6 '\{"type": "error".*"code": 22, .*"reason": "token_other_cluster".*'
line 7 '\{"type": "session_ok", "token": "[0-9a-f]{8}:[0-9]+:[0-9]+:[0-9a-f]{8}", .*'
line 8 '\{"type": "session_ok", "token": null, "last_write_index": 0, "node": "n1"\}'
line 9 '\{"type": "error".*"code": 20, .*'
line 10 '\{"type": "write_ok".*'

# --- A write whose node cannot commit it goes to the next one, and is one write. ---
session 0 --timeout-ms 6000 <<'COMMANDS'
txn append l 1
partition n1 | n2 n3
txn append l 2
heal
get l
COMMANDS
line 3 'append "l" 2   ok at index [0-9]+ \(n[23], [0-9]+ ms; .*n1 did not answer\)'
# A wait of a second says what it waits for.
grep -qE '^line 3: n1 has not answered for a second: it (leads, and waits for a majority|knows no leader); partition n1 \| n2 n3; still waiting$' \
  stderr || fail 'what does it wait for?' "$(cat stderr)"
line 5 '\[1, 2\]   served by n1 .*'

# --- Nobody tells in time what came of it: its fate is asked for, at another node. ---
cat >hasty_node.sh <<'HASTY'
#!/bin/sh
exec "$NODE" "$@" --request-timeout-ms 1000
HASTY
chmod +x hasty_node.sh
export NODE=$node
session 1 --json --node ./hasty_node.sh <<'COMMANDS'
write x 1
partition n1 | n2 n3
write x 2
heal
get x
COMMANDS
line 3 '\{"type": "error".*"code": 13, .*"write_id": \{"writer": [0-9]+, "seq": 2, "tag": "[0-9a-f]{16}"\}\}'
line 4 '\{"type": "fate_ok".*"outcome": "cancelled", '"$token"'\}'
line 6 '\{"type": "ryw_read_ok".*"value": 1, .*'
session 1 --nodes 2 --node ./hasty_node.sh <<'COMMANDS'
write x 1
kill n2
write x 2
restart n2
fate 3 2
get x
COMMANDS
line 3 'line 3: error 13: .*; `fate 3 2 [0-9a-f]{16}` tells what came of it \(n1, [0-9]+ ms\)'
line 4 'line 3: what came of it is not known yet: .*; `fate 3 2` asks again'
line 6 'it was committed at index 5 \(n1, [0-9]+ ms\)'
line 7 '2   served by n1 .*'

# --- A minority serves what it has, and says so when it cannot. ---
session 1 --json --timeout-ms 300 <<'COMMANDS'
write x 1
use n3
get x
partition n1 | n2 | n3
use n1
write x 2
session
heal
COMMANDS
line 3 '\{"type": "ryw_read_ok".*"value": 1, .*'
line 4 '\{"type": "partition_ok", "groups": \[\["n1"\], \["n2"\], \["n3"\]\]\}'
line 6 '\{"type": "client_error", "reason": "no_answer", "line": 6, "write_id": \{"writer": [0-9]+, "seq": 2, "tag": "[0-9a-f]{16}"\}, "text": "n1, n2 and n3 have not answered within 3[0-9]+ ms; asking what came of it"\}'
line 7 '\{"type": "client_error", "reason": "fate_not_known", "line": 6, "write_id": \{"writer": [0-9]+, "seq": 2, "tag": "[0-9a-f]{16}"\}, "text": ".*`fate [0-9]+ 2` asks again"\}'
line 8 '\{"type": "session_ok", "token": ".*", "last_write_index": [0-9]+, "node": "n1"\}'
line 9 '\{"type": "heal_ok"\}'

# --- The cluster is there when the first command is: a majority of it is enough from then on. ---
session 0 <<'COMMANDS'
kill n3
write x 1
COMMANDS
line 2 'ok at index [0-9]+ \(n1, [0-9]+ ms\)'

# --- Slow messages make everything slower, and nothing impossible. ---
session 0 --delay-ms 300 <<<'write x 1'
line 1 'ok at index [0-9]+ \(n1, [0-9]+ ms\)'

# --- What a node would cut short is refused; where a script fails, its line is named. ---
session 1 <<'COMMANDS'

get x --max-wait 30000
get x --max-wait 10000
COMMANDS
line 1 'line 2: nodes here answer within 10000 ms \(--request-timeout-ms\), so --max-wait can be at most that, not 30000'
line 2 'line 3: error 20: .*'
session 1 --json < <(printf 'write x 1\nread y\nuse n9\n')
line 2 '\{"type": "error", .*"code": 20, .*'
line 3 '\{"type": "client_error", "reason": "unknown_node", "line": 3, "text": ".*"\}'
grep -qE '^client_cli: line 2: error 20: ' stderr || fail 'which line?' "$(cat stderr)"

# --- Who was wiped counts in no majority, and that is said. ---
session 1 --timeout-ms 3000 <<'COMMANDS'
restart n2 --wipe
restart n3 --wipe
use n1
read x
COMMANDS
line 1 'restarted n2 with an empty memory: it learns, and counts in no majority any more'
line 2 'restarted n3 with an empty memory: .*; with no majority left this cluster writes nothing any more: `exit` and begin anew'
line 4 'line 4: n1 has not answered within 3[0-9]+ ms; a majority was wiped: nothing brings this cluster back; `exit` and begin anew'

# --- Nobody is left. ---
session 1 --nodes 2 <<'COMMANDS'
kill n1
kill n2
kill n2
write x 1
use n1
restart n1
session
COMMANDS
line 1 'killed n1; using n2 now; no majority runs any more, so that nothing is written until `restart n1`'
line 2 'killed n2; no node runs any more: `restart n2`'
line 3 'line 3: n2 is not running'
line 4 'line 4: n2 is not running; `restart n2` brings it back'
line 5 'line 5: n1 is not running: `restart n1` brings it back'
line 6 'restarted n1; using n1 now'
line 7 'no token yet: the first answer brings one'
line 8 'last_write_index 0, using n1'

# --- The last line needs no newline; after exit nothing is done. ---
session 0 --nodes 1 < <(printf 'exit\nwrite x')
session 1 --nodes 1 < <(printf 'session 5\nwrite x')
line 1 'no token, only an index: .*'
line 2 'last_write_index 5, using n1'
line 3 'line 2: the value is missing.*'

# --- How it does not start. ---
session 2 --nodes 8 </dev/null
session 2 --bogus </dev/null
session 0 --help </dev/null
session 3 --node /no/such/node </dev/null
grep -q 'cannot run /no/such/node' stderr || fail "which program?" "$(cat stderr)"
session 3 --node /bin/false </dev/null
grep -q 'n1 exited with status 1 at init' stderr || fail "what happened?" "$(cat stderr)"
session 0 --log logs < <(echo 'status')
[ -e logs/n1.stderr ] || fail "no logs kept"

# --- A token goes from session to session. ---
mkfifo typed told
"$client" --nodes 1 --json <typed >told &
pid=$!
exec 6>typed 7<told
ask() {
  printf '%s\n' "$1" >&6
  read -r output <&7
}
ask 'write x 1'
ask session
text=$(sed -nE 's/.*"token": "([^"]*)".*/\1/p' <<<"$output")
ask 'session reset'
ask 'get x' # reads bring a token as well
ask session
line 1 '\{"type": "session_ok", "token": "'"${text%%:*}"':.*'
ask 'session reset'
ask "session $text"
line 1 '\{"type": "session_ok", "token": "'"$text"'", "last_write_index": 0, "node": "n1", "taken": true\}'
ask 'get x'
line 1 '\{"type": "ryw_read_ok".*"value": 1, .*'
ask "session $text"
line 1 '.*"taken": false\}'
ask "session ${text}0"
line 1 '\{"type": "client_error", "reason": "syntax", "line": [0-9]+, "text": ".*"\}'
exec 6>&-
wait $pid
exec 7<&-
session 1 --nodes 1 <<<"session $text
get x"
line 3 'line 2: error 22: the session is of cluster '"${text%%:*}"', which this is not.*`session reset` begins anew here.*'

# --- A client id is one session's: another one begins with an `open`. ---
session 1 --nodes 1 --json <<'COMMANDS'
write x 1
write x 2
session 11111111:5:1:22222222
write x 3
session reset
write x 4
session 9
write x 5
COMMANDS
line 2 '\{"type": "write_ok", "in_reply_to": 4, .*'
line 4 '\{"type": "error", "in_reply_to": 6, .*"reason": "token_other_cluster".*'
line 6 '\{"type": "write_ok", "in_reply_to": 8, .*'
line 8 '\{"type": "write_ok", "in_reply_to": 10, .*'

# --- However it ends, its nodes end with it, and at the latest the next session removes what it left. ---
cat >holding_node.sh <<'HOLDING'
#!/bin/sh
echo "$2" >>dirs # --data-dir DIR
exec "$NODE" "$@" 9>alive
HOLDING
chmod +x holding_node.sh
mkfifo alive commands results
for signal in INT TERM HUP KILL; do
  : >dirs
  "$client" --nodes 2 --node ./holding_node.sh <commands >results &
  pid=$!
  exec 6<>commands 7<results 8<alive
  echo 'write x 1' >&6
  read -r result <&7 # so the nodes live, and it waits for the next command
  kill -s $signal $pid
  wait $pid 2>/dev/null
  status=$?
  cat <&8 >/dev/null # ends with the nodes
  exec 6>&- 7<&- 8<&-
  dir=$(head -1 dirs)
  grep -q 'ok at index' <<<"$result" || fail "no session to end: $result"
  [ $status -eq $((128 + $(kill -l $signal))) ] || fail "SIG$signal: exited with $status"
  [ $signal = KILL ] || [ ! -e "$dir" ] || fail "SIG$signal: $dir is left"
done
[ -e "$dir" ] || fail 'SIGKILL should have left something to clean up'
session 0 --nodes 1 </dev/null
[ ! -e "$dir" ] || fail "$dir is still there"

[ $failures -eq 0 ] && echo 'all as expected'
[ $failures -eq 0 ]
