#!/bin/bash
# Packets per second over a veth pair, on one processor: our balancer against DPDK's testpmd, which swaps MAC addresses and looks at nothing, by AF_XDP and by
# AF_PACKET. Frames are counted where they are sent and where they come back. See bench/README.md.
#   bench/wire.sh [--rounds N] [--seconds S] [--flows N] [af_xdp] [af_packet]
#   bench/wire.sh --loss [PPS] [SECONDS]      paced, our AF_XDP alone: what is lost, and where
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
OUT=${OUT:-$(readlink -f "$here/..")/out}
. "$here/lib/wire.sh"
. "$here/lib/account.sh"

rounds=5 seconds=3 flows=65536 loss= ports=()
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
is_number() { [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; }
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds | --flows) is_number "${2:-}" || usage; printf -v "${1#--}" %s "$2"; shift ;;
    --loss)
      loss=600000 seconds=10
      ! is_number "${2:-}" || { loss=$2; shift; }
      ! is_number "${2:-}" || { seconds=$2; shift; }
      ;;
    af_xdp | af_packet) ports+=("$1") ;;
    *) usage ;;
  esac
  shift
done
[ ${#ports[@]} -gt 0 ] || ports=(af_xdp af_packet)

# round_of_ours PORT and round_of_testpmd PORT: the same frames, as a router makes them; Mpps that came back, into the folder.
round_of_ours() {
  start_ours "$1"
  [ "$1" = af_xdp ] || keep_receiving
  generate --flows "$flows" --packets 20000 --rate 100000 >/dev/null
  counts_before
  result=$(generate --to 02:00:00:00:01:02 --flows "$flows" --seconds "$seconds")
  account "$1" "$result" || broken=1
  [ "$1" = af_xdp ] || stop_receiving
  stop_ours
  note "ours-$1" "$result"
}

round_of_testpmd() {
  local vdev=net_af_xdp0,iface=wbal,start_queue=0,queue_count=1${2:+,$2}
  [ "$1" = af_xdp ] || vdev=net_af_packet0,iface=wbal,qpairs=1,blocksz=65536,framesz=2048,framecnt=8192,qdisc_bypass=1
  [ "$1" = af_xdp ] || keep_receiving
  start_testpmd $vdev
  result=$(generate --to 02:00:00:00:01:02 --flows "$flows" --seconds "$seconds")
  stop_testpmd
  [ "$1" = af_xdp ] || stop_receiving
  note "testpmd-$1${2:+-$2}" "$result"
}

note() {
  local mpps
  mpps=$(awk "BEGIN { printf \"%.3f\", $(field returned "$2") / $(field seconds "$2") / 1e6 }")
  echo "$mpps" >>"$wire_dir/$1"
  echo "  $1: $mpps Mpps back of $(awk "BEGIN { printf \"%.2f\", $(field sent "$2") / $(field seconds "$2") / 1e6 }") sent"
}

middle_of() { sort -n "$wire_dir/$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
report() { echo "measured: $1: median $(middle_of "$1") Mpps, $(sort -n "$wire_dir/$1" | head -n 1) to $(sort -n "$wire_dir/$1" | tail -n 1), $(wc -l <"$wire_dir/$1") rounds"; }

need_programs
broken=0
wire_up
say_how_calm
if [ -n "$loss" ]; then
  start_ours af_xdp
  generate --flows "$flows" --packets 20000 --rate 100000 >/dev/null
  counts_before
  read -r waited stolen < <(delays)
  result=$(generate --flows "$flows" --rate "$loss" --seconds "$seconds" --latency)
  read -r waited_after stolen_after < <(delays)
  echo "wanted $loss packets/s, offered $(field offeredPps "$result"), generator was the limit: $(field generatorWasLimit "$result")"
  echo "sent $(field sent "$result"), returned $(field returned "$result"), lost $(field lost "$result") ($(field lostPercent "$result") %)"
  account af_xdp "$result" || broken=1
  echo "round trip: median $(field p50 "$result") ns, p99.99 $(field p9999 "$result") ns, longest $(field max "$result") ns"
  echo "meanwhile the dataplane waited $((waited_after - waited)) ms for its processor, and the machine was away from it for $((stolen_after - stolen)) ms"
  stop_ours
  [ "$(field lost "$result")" = 0 ] && [ $broken = 0 ]
  exit
fi

command -v dpdk-testpmd >/dev/null || fail "testpmd not found: apt-get install dpdk"
for round in $(seq "$rounds"); do
  echo "round $round"
  for port in "${ports[@]}"; do
    round_of_ours "$port"
    round_of_testpmd "$port"
    # Its AF_XDP driver polls the device itself unless told not to; which is faster depends on the machine.
    [ "$port" = af_packet ] || round_of_testpmd "$port" busy_budget=0
  done
done
for port in "${ports[@]}"; do
  report "ours-$port"
  best=testpmd-$port
  for other in "$wire_dir/testpmd-$port"*; do
    other=$(basename "$other")
    report "$other"
    awk "BEGIN { exit !($(middle_of "$other") > $(middle_of "$best")) }" && best=$other
  done
  echo "measured: $port: ours / $best $(awk "BEGIN { printf \"%.2f\", $(middle_of "ours-$port") / $(middle_of "$best") }") by medians"
done
[ $broken = 0 ]
