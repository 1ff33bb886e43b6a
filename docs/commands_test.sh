#!/usr/bin/env bash
# commands_test.py, on the pages that are named.
exec python3 docs/commands_test.py "$@"
