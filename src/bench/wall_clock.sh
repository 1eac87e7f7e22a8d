#!/bin/sh
# Whole processes instead of steps: (time of 220 steps - time of 20 steps)/200 of `./dyad train` and of
# train_reference.py, in milliseconds, and their ratio. Needs a quiet machine and what README.md lists.
#   src/bench/wall_clock.sh [ROUNDS]        the median of ROUNDS (3)
# Both train the students of the embedded teacher on 240 images of 64 px, batch 8, from the same weights, without
# dropout; Dyad's images are the made parts, PyTorch's are random, which takes the same time.
set -eu
rounds=${1:-3}
home=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/wall.yaml" <<YAML
name: wall-clock
base:
  preset: paper-semantic
  data: {dataset: "builtin:made-parts", size: {resize: 64, crop: 64}}
  training: {iterations: 220, holdBack: 0}
YAML
dyad() {
  "$home/dyad" train "$work/wall.yaml" --dropout 0 --quiet --results "$work/results" "$@" > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
}
dyad --export-init "$work/init.safetensors"
/usr/bin/python3 - "$work" <<'PYTHON'
import random, sys
import numpy
work = sys.argv[1]
numpy.random.default_rng(0).standard_normal((240, 3, 64, 64), numpy.float32).tofile(f"{work}/images.f32")
random.seed(0)
lines = [" ".join(map(str, random.sample(range(240), 8))) + "\n" for _ in range(220)]
for steps in (20, 220):
    open(f"{work}/order{steps}.txt", "w").writelines(lines[:steps])
PYTHON
pytorch() {
  /usr/bin/python3 "$home/src/bench/train_reference.py" --teacher "$home/src/main/resources/teacher/dyad-tiny.onnx" \
    --images "$work/images.f32" --size 64 64 --init "$work/init.safetensors" --order "$1" --schedule-steps 220 \
    > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}
milliseconds() {
  begin=$(date +%s%N)
  "$@"
  echo $((($(date +%s%N) - begin) / 1000000))
}
for round in $(seq "$rounds"); do
  d20=$(milliseconds dyad --init "$work/init.safetensors" --order "$work/order20.txt")
  p20=$(milliseconds pytorch "$work/order20.txt")
  d220=$(milliseconds dyad --init "$work/init.safetensors" --order "$work/order220.txt")
  p220=$(milliseconds pytorch "$work/order220.txt")
  echo "$d20 $d220 $p20 $p220"
done | /usr/bin/python3 -c '
import statistics, sys
rows = [list(map(int, line.split())) for line in sys.stdin]
d, p = (statistics.median((r[i + 1] - r[i]) / 200 for r in rows) for i in (0, 2))
print(f"dyad {d:.1f} ms a step, PyTorch {p:.1f} ms a step, ratio {d / p:.3f}; whole runs in ms (dyad 20, 220, PyTorch 20, 220): {rows}")
'
