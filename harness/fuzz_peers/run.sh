#!/bin/sh
# A hundred thousand steps without a crash; a million must also reach all that main.cc names.
exec "$1" --seed=1 --steps=100000
