#!/bin/bash
# Fuzzes the whole packet pipeline: a guard page behind each frame, every packet held to the rules (tests/Support/Reference).
#   fuzz.sh [SECONDS]                 guided by coverage (SharpFuzz under AFL++), 600 s unless said; a later run goes on where one stopped
#   fuzz.sh --random PACKETS [SEED]   without coverage, as fast as it goes
#   fuzz.sh --replay FILE...          says what is wrong with a case that was found
#   fuzz.sh --keep                    the corpus in the repository becomes the least that covers what was found
# What is found stays in out/fuzz; remove that to begin anew.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
found=$root/out/fuzz
corpus=$here/corpus
. "$root/lab/lib/packages.sh"

# As large as a case in the repository may be, and all of them together.
most_case_bytes=6000
most_corpus_bytes=280000

build() {
  need_dotnet
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
  mkdir -p "$found"
  dotnet build "$here/Fuzz.csproj" -c Release -v quiet -clp:ErrorsOnly -nologo >"$found/build.log" 2>&1 || { cat "$found/build.log" >&2; exit 2; }
  program=$here/bin/Release/net10.0/rustyrail-fuzz.dll
}

# A copy whose branches count: the fuzzer's own.
instrument() {
  rm -rf "$found/instrumented"
  cp -r "$here/bin/Release/net10.0" "$found/instrumented"
  dotnet "$program" instrument "$found/instrumented/RustyRail.Dataplane.dll" "$found/instrumented/RustyRail.Contract.dll"
  target=$found/instrumented/rustyrail-fuzz.dll
}

afl_environment() {
  need_packages afl++=afl-fuzz
  # The target is dotnet, which AFL++ cannot look into; cores and governors are not ours to set.
  export AFL_SKIP_BIN_CHECK=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_AUTORESUME=1
  # Targets are killed, so they cannot remove their regions.
  RR_TEST_REGIONS=$(mktemp -d /dev/shm/rustyrail-fuzz-XXXX)
  trap 'rm -rf "$RR_TEST_REGIONS"' EXIT
  export RR_TEST_REGIONS
  export AFL_MAP_SIZE=65536 AFL_FORKSRV_INIT_TMOUT=120000
  # One tier: what is compiled again changes neither coverage nor speed in the midst of a run.
  export DOTNET_gcConcurrent=0 DOTNET_TieredPGO=0
}

cover() {
  local seconds=$1
  build
  instrument
  afl_environment
  echo "fuzzing for $seconds s"
  afl-fuzz -i "$corpus" -o "$found/afl" -V "$seconds" -t 10000 -m none -- dotnet "$target" target >"$found/afl.log" 2>&1 || { tail -n 30 "$found/afl.log" >&2; exit 1; }
  report
}

report() {
  local stats=$found/afl/default/fuzzer_stats crashes
  sed -n -E 's/^(run_time|execs_done|execs_per_sec|corpus_count|edges_found|total_edges|bitmap_cvg|stability|saved_crashes|saved_hangs) *: */  \1 /p' "$stats"
  crashes=$(find "$found/afl/default/crashes" "$found/afl/default/hangs" -type f -name 'id*' 2>/dev/null)
  [ -z "$crashes" ] && return
  echo "found:"
  echo "$crashes"
  echo "see what is wrong with one: tests/Fuzz/fuzz.sh --replay FILE"
  exit 1
}

keep() {
  local least=$found/least bytes=0 size name
  build
  instrument
  afl_environment
  rm -rf "$least"
  afl-cmin -t 10000 -m none -i "$found/afl/default/queue" -o "$least" -- "$(command -v dotnet)" "$target" target >"$found/cmin.log" 2>&1 || { tail "$found/cmin.log" >&2; exit 1; }
  rm -f "$corpus"/*
  while read -r size name; do
    [ "$size" -le $most_case_bytes ] && [ $((bytes + size)) -le $most_corpus_bytes ] || continue
    bytes=$((bytes + size))
    cp "$least/$name" "$corpus/$(sha1sum "$least/$name" | cut -c1-12)"
  done < <(find "$least" -type f -printf '%s %f\n' | sort -n)
  echo "$(find "$corpus" -type f | wc -l) cases of $bytes bytes in tests/Fuzz/corpus"
}

case ${1:-} in
  --random)
    build
    exec dotnet "$program" random "${2:?how many packets}" "${3:-$(date +%s)}"
    ;;
  --replay)
    build
    exec dotnet "$program" replay "${@:2}"
    ;;
  --keep) keep ;;
  "" | [0-9]*) cover "${1:-600}" ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
