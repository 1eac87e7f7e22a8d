@echo off
rem Builds Dyad where needed and runs it. DYAD_JAVA_OPTS goes to the JVM.
setlocal
set "HOME_DIR=%~dp0"
set "JAR=%HOME_DIR%target\dyad.jar"
set "CLASSPATH_FILE=%HOME_DIR%target\classpath.txt"
powershell -NoProfile -Command "if (-not (Test-Path '%JAR%') -or -not (Test-Path '%CLASSPATH_FILE%')) { exit 1 }; $built = (Get-Item '%JAR%').LastWriteTime; if (Get-ChildItem -Recurse -File '%HOME_DIR%src\main', '%HOME_DIR%pom.xml' | Where-Object { $_.LastWriteTime -gt $built }) { exit 1 }"
if errorlevel 1 (
  echo dyad: building ^(once, a minute or two^) 1>&2
  pushd "%HOME_DIR%"
  call mvn -q -B -DskipTests -Dspotless.check.skip=true package 1>&2 || (popd & echo dyad: the build failed; see above 1>&2 & exit /b 1)
  popd
)
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
rem The class path is longer than a command line may be, so it goes through an argument file.
powershell -NoProfile -Command "$cp = '%JAR%;' + (Get-Content -Raw '%CLASSPATH_FILE%').Trim(); Set-Content -NoNewline -Encoding ASCII '%HOME_DIR%target\dyad.args' ('-cp \"' + $cp.Replace('\', '\\') + '\"')"
"%JAVA%" --add-modules=jdk.incubator.vector -Djava.awt.headless=true -XX:+UseParallelGC -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.bytedeco.javacpp.maxbytes=0 %DYAD_JAVA_OPTS% "@%HOME_DIR%target\dyad.args" io.github.dyad.cli.Main %*
