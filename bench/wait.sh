#!/bin/bash
# How long a packet waits in the balancer (round trip by AF_XDP at a steady rate) while its control plane is idle, and while .NET allocates 500 MB a second on the
# control plane's processor. Rounds are interleaved.
#   bench/wait.sh [--rounds N] [--seconds S] [--rate PPS]
# The load is a process of its own beside the control plane: the product has no switch that makes it allocate. It is a .NET process with the same collector settings,
# 300 MB alive and three threads; it shares the control plane's processors and memory bandwidth, not its heap. A collection never stops the dataplane's threads either way,
# since that is another process and has no collector at work.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
OUT=${OUT:-$(readlink -f "$here/..")/out}
. "$here/lib/wire.sh"
. "$here/lib/account.sh"

rounds=5 seconds=5 rate=50000
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds | --rate) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }; printf -v "${1#--}" %s "$2"; shift ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

# A round: p99.99 and the longest in nanoseconds, into the folder.
round_of() {
  local result
  read -r waited stolen < <(delays)
  result=$(generate --rate "$rate" --seconds "$seconds" --latency)
  read -r waited_after stolen_after < <(delays)
  field p9999 "$result" >>"$wire_dir/$1"
  echo "  $1: p50 $(field p50 "$result") ns, p99.99 $(field p9999 "$result") ns, longest $(field max "$result") ns; lost $(field lost "$result") of $(field sent "$result");" \
    "the dataplane waited $((waited_after - waited)) ms for its processor"
}

start_allocating() {
  taskset -c $generator_cpu "$here/../out/bench/allocate/allocate" 500 >"$wire_dir/allocate.log" 2>&1 &
  allocating=$!
  wire_pids+=($allocating)
  within 20 grep -q allocating "$wire_dir/allocate.log" || fail "$(cat "$wire_dir/allocate.log")"
}

stop_allocating() {
  kill -TERM $allocating
  wait $allocating 2>/dev/null
  local reached
  reached=$(sed -n 's/^allocated \([0-9]*\) MB.*/\1/p' "$wire_dir/allocate.log")
  tail -n 1 "$wire_dir/allocate.log" | sed 's/^/  /'
  [ "${reached:-0}" -ge 450 ] || echo "  less than was asked for: this machine's processor $generator_cpu has no more to give"
}

# The generator keeps its processor busy; as an equal it leaves the other half to the load. A frame's time begins when it is made, so waiting to make one is not in it.
generator_start='exec "$@"'
need_programs
dotnet build "$here/Allocate" -c Release -o "$here/../out/bench/allocate" -v quiet -nologo -clp:ErrorsOnly || fail "bench/Allocate does not build"
wire_up
say_how_calm
start_ours af_xdp
generate --packets 20000 --rate 20000 >/dev/null
for round in $(seq "$rounds"); do
  echo "round $round"
  round_of idle
  start_allocating
  round_of allocating
  stop_allocating
done
stop_ours
middle_of() { sort -n "$wire_dir/$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for case in idle allocating; do
  echo "measured: $case: median of p99.99 $(middle_of $case) ns, $(sort -n "$wire_dir/$case" | head -n 1) to $(sort -n "$wire_dir/$case" | tail -n 1), $rounds rounds of $seconds s"
done
awk "BEGIN { exit !($(middle_of allocating) <= 2 * $(middle_of idle) + 1000000) }" && echo "well: not above twice the idle figure and a millisecond" ||
  { echo "NOT well: above twice the idle figure and a millisecond"; exit 1; }
