# For the tests here: the programs, a folder to be in, and what is expected of a program's end.
set -uo pipefail

client=$PWD/client_cli/client_cli
harness=$PWD/harness/harness
node=$PWD/node/node
testdata=$PWD/testdata
export HOME=$TEST_TMPDIR TMPDIR=$TEST_TMPDIR
cd "$TEST_TMPDIR" || exit 1
failures=0

fail() {
  printf '%s\n' "$@"
  failures=$((failures + 1))
}

# ends STATUS WHAT: the last command has ended with STATUS ("bad": with any but 0, and by no signal).
ends() {
  local came=$?
  [ "$1" != bad ] || { [ $came -ne 0 ] && [ $came -lt 128 ]; } || fail "$2: ended with $came"
  [ "$1" = bad ] || [ $came -eq "$1" ] || fail "$2: ended with $came, not $1"
}
# says TEXT WHAT: it has said so in the file `errors`.
says() { grep -qF -- "$1" errors || fail "$2: stderr does not say \"$1\" but:" "$(cat errors)"; }

finish() {
  [ $failures -eq 0 ] && echo 'all as expected'
  [ $failures -eq 0 ]
}
