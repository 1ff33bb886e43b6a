#!/bin/sh
# A hundred thousand steps reach all that must be reached.
exec "$1" --seed=1 --steps=100000
