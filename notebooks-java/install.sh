#!/bin/sh
# Installs the Jupyter kernel "Dyad (Java)" for this user; README.md here says how to remove it.
set -eu
version=3.0.1 # of rapaio-jupyter-kernel
here=$(cd "$(dirname "$0")" && pwd -P)
home=$(dirname "$here")

"$home/dyad" --version >/dev/null # builds Dyad where needed
libraries=$home/target/notebooks
kernel=$libraries/rapaio-jupyter-kernel-$version.jar
[ -f "$kernel" ] ||
  (cd "$home" && mvn -q -B dependency:copy -Dartifact=io.github.padreati:rapaio-jupyter-kernel:$version \
    -DoutputDirectory="$libraries")

case $(uname) in
  Darwin) data=$HOME/Library/Jupyter ;;
  *) data=${XDG_DATA_HOME:-$HOME/.local/share}/jupyter ;;
esac
folder=${JUPYTER_DATA_DIR:-$data}/kernels/dyad-java
mkdir -p "$folder"

# The kernel runs Dyad inside its own JVM, so Dyad is on both class paths, the JVM's and the cells': as one jar that
# names the others, since the kernel takes them up one by one. A manifest's lines have at most 72 bytes.
dyad=$libraries/dyad-classpath.jar
urls=$(printf '%s:%s' "$home/target/dyad.jar" "$(cat "$home/target/classpath.txt")" |
  sed 's/ /%20/g; s/:/ file:/g; s/^/file:/')
printf 'Class-Path: %s\n' "$urls" | fold -b -w 71 | sed '2,$s/^/ /' >"$libraries/manifest.txt"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"${java}c" -version >/dev/null 2>&1 || { echo "install.sh: a JDK is needed, '$java' is none" >&2; exit 2; }
"${JAVA_HOME:+$JAVA_HOME/bin/}jar" cfm "$dyad" "$libraries/manifest.txt"
cat >"$folder/kernel.json" <<JSON
{
  "argv": ["$java", "--add-modules=jdk.incubator.vector", "-Djava.awt.headless=true",
    "-Dorg.bytedeco.javacpp.maxphysicalbytes=0", "-Dorg.bytedeco.javacpp.maxbytes=0", "-XX:+UseParallelGC",
    "-cp", "$kernel:$dyad", "org.rapaio.jupyter.kernel.MainApp", "{connection_file}"],
  "display_name": "Dyad (Java)",
  "language": "java",
  "interrupt_mode": "message",
  "env": {
    "OMP_NUM_THREADS": "1",
    "RJK_CLASSPATH": "$dyad",
    "RJK_COMPILER_OPTIONS": "",
    "RJK_INIT_SCRIPT": "",
    "RJK_TIMEOUT_MILLIS": "-1",
    "RJK_MIMA_CACHE": "$libraries/mima"
  }
}
JSON
echo "Installed: $folder"
