#!/usr/bin/env bash
# new_case_test.py, with the compiler that builds everything.
exec python3 docs/new_case_test.py "${CXX:-c++}"
