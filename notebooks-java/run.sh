#!/bin/sh
# Executes the notebooks from top to bottom; with names, only those. --check leaves their files as they are.
set -eu
cd "$(dirname "$0")"
target=--inplace
[ "${1:-}" != --check ] || { target="--output-dir ../target/notebooks/checked"; shift; }
[ $# -gt 0 ] || set -- [0-9]-*.ipynb
for notebook in "$@"; do
  echo "$notebook"
  rm -rf "../target/notebooks/${notebook%%-*}" # what an earlier run left is not read again
  # shellcheck disable=SC2086 # two words
  jupyter nbconvert --to notebook --execute --ExecutePreprocessor.startup_timeout=300 \
    --ExecutePreprocessor.timeout=600 --ExecutePreprocessor.record_timing=False --log-level=ERROR $target "$notebook"
done
