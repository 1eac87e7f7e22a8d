#!/bin/sh
# Lays three downloaded categories side by side as one MVTec-AD root (links, nothing is copied).
# Usage: sh experiments/proof/lay-out.sh SCREW TIRE JUICE_BOTTLE TARGET
set -eu
screw=$(cd "$1" && pwd) tire=$(cd "$2" && pwd) juice=$(cd "$3" && pwd)
mkdir -p "$4/tire" "$4/juice_bottle/test" "$4/juice_bottle/ground_truth/logical_anomalies"
cd "$4"
ln -sfn "$screw" screw
for part in train test ground_truth; do ln -sfn "$tire/$part" "tire/$part"; done
ln -sfn "$juice/train" juice_bottle/train
ln -sfn "$juice/validation/good" juice_bottle/test/good
ln -sfn "$juice/test/logical_anomalies" juice_bottle/test/logical_anomalies
for mask in "$juice"/ground_truth/logical_anomalies/*/; do
  number=$(basename "$mask")
  ln -sfn "${mask}000.png" "juice_bottle/ground_truth/logical_anomalies/${number}_mask.png"
done
