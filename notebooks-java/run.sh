#!/bin/sh
# Executes the notebooks from top to bottom; with names, only those. --check leaves their files as they are.
set -eu
cd "$(dirname "$0")"
target=--inplace
[ "${1:-}" != --check ] || { target="--output-dir ../target/notebooks/checked"; shift; }
[ $# -gt 0 ] || set -- [0-9]-*.ipynb
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

execute() {
  rm -rf "../target/notebooks/${1%%-*}" # what an earlier run left is not read again
  # shellcheck disable=SC2086 # two words
  jupyter nbconvert --to notebook --execute --ExecutePreprocessor.startup_timeout=60 \
    --ExecutePreprocessor.timeout=600 --ExecutePreprocessor.record_timing=False --log-level=ERROR $target "$1" \
    2>"$errors"
}

for notebook in "$@"; do
  echo "$notebook"
  # A kernel (rapaio 3.0.1) that hears its first message before it has its handlers never answers: start another.
  tries=1
  until execute "$notebook"; do
    if [ $tries -eq 5 ] || ! grep -q "Kernel didn't respond" "$errors"; then
      cat "$errors" >&2
      exit 1
    fi
    tries=$((tries + 1))
  done
done
