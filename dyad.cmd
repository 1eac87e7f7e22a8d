@echo off
rem Builds Dyad where needed and runs it, as ./dyad does on other systems. DYAD_JAVA_OPTS goes to the JVM, DYAD_CLASSPATH
rem names jars with methods of your own, DYAD_CUDA=yes runs the CUDA build.
setlocal
set "home=%~dp0"
set "home=%home:~0,-1%"
set "build=%home%\target"
set "profile="
if "%~1"=="bench" (
  rem With the peers' libraries, in a folder of its own.
  set "build=%home%\target\bench"
  set "profile=-Pbench"
)
set "extra=src\bench"
if defined DYAD_CUDA (
  set "build=%home%\target\cuda"
  set "profile=-Dcuda"
  set "extra=src\main"
)
set "spark="
echo %* | findstr /c:"--spark" >nul && (
  set "build=%home%\target\spark"
  set "profile=-Pspark"
  set "extra=src\spark"
  set "spark=yes"
)
echo %* | findstr /c:"--ui dl4j" /c:"--ui=dl4j" >nul && (
  set "build=%home%\target\dl4j-ui"
  set "profile=-Pdl4j-ui"
  set "extra=src\dl4j-ui"
)
set "jar=%build%\dyad.jar"

rem A class path is too long for a command line: it goes into an argument file, where \ would need another \.
powershell -NoProfile -Command "$h = $env:home; $j = Get-Item $env:jar -ErrorAction SilentlyContinue; if (-not $j -or -not (Test-Path \"$env:build\classpath.txt\")) { exit 3 }; $new = Get-ChildItem (@(\"$h\src\main\", \"$h\pom.xml\") + @(if ($env:profile) { \"$h\$env:extra\" })) -Recurse -File | Where-Object { $_.LastWriteTime -gt $j.LastWriteTime } | Select-Object -First 1; if ($new) { exit 3 }"
if errorlevel 3 (
  echo dyad: building ^(once, a minute or two; the first time Maven fetches the libraries^) 1>&2
  pushd "%home%"
  call mvn -q -B %profile% -DskipTests -Dspotless.check.skip=true package 1>&2
  if errorlevel 1 (
    popd
    echo dyad: the build failed; see above 1>&2
    exit /b 1
  )
  popd
)
powershell -NoProfile -Command "$cp = (Get-Content -Raw \"$env:build\classpath.txt\").Trim(); Set-Content -Encoding default \"$env:build\classpath.arg\" ('-cp \"' + ($env:jar + ';' + $cp + $(if ($env:DYAD_CLASSPATH) { ';' + $env:DYAD_CLASSPATH })).Replace('\', '/') + '\"')"

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
set "version="
for /f "tokens=3" %%v in ('""%java%" -XshowSettings:properties -version 2^>^&1 ^| findstr /c:"java.specification.version = ""') do set "version=%%v"
if not defined version set "version=0"
set "version=%version:1.=%"
if %version% lss 17 (
  echo dyad: Java 17 or later is needed; '%java%' is %version%. Set JAVA_HOME 1>&2
  exit /b 2
)
set "flags=--add-modules=jdk.incubator.vector -Djava.awt.headless=true"
if %version% geq 22 set "flags=%flags% --enable-native-access=ALL-UNNAMED"
if %version% geq 23 set "flags=%flags% --sun-misc-unsafe-memory-access=allow"
rem The packages that Spark 4 opens by itself where spark-submit starts it.
set "opened="
if defined spark set "opened=java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar"
for %%p in (%opened%) do call set "flags=%%flags%% --add-opens=java.base/%%p=ALL-UNNAMED"
set "shipped="
if defined spark set shipped="-Ddyad.shipped=%build%\shipped.txt"

rem OpenMP and OpenBLAS threads would spin against Dyad's own.
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
"%java%" %flags% %shipped% -XX:+UseParallelGC -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.bytedeco.javacpp.maxbytes=0 %DYAD_JAVA_OPTS% "@%build%\classpath.arg" io.github.dyad.cli.Main %*
exit /b %errorlevel%
