#!/bin/bash
# What several workers forward together, in memory: one, two with a queue each, two of which one steers. Interleaved rounds of fresh processes. See bench/README.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

usage() {
  echo "usage: bench/workers.sh [--rounds N] [--workers N]   (5 rounds; as many workers as there are processors)" >&2
  exit 2
}

rounds=5 workers=$(nproc)
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --workers) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage; declare "${1#--}=$2"; shift 2 ;;
    *) usage ;;
  esac
done
[ "$workers" -ge 2 ] || { echo "bench/workers.sh: two processors at least, for two workers" >&2; exit 2; }

# NAME | how the program is told
cases() {
  local flows
  for flows in 65536 1048576; do
    echo "1 worker, $flows flows|--flows $flows"
    echo "$workers workers, rss, $flows flows|--flows $flows --workers $workers --steering rss"
    echo "$workers workers, steer, $flows flows|--flows $flows --workers $workers --steering steer"
  done
}

./build.sh
hurry=
[ "$(id -u)" -ne 0 ] || hurry='nice -n -20'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t chosen < <(cases)
for ((round = 1; round <= rounds; round++)); do
  [ ! -t 2 ] || printf '\rround %d of %d' "$round" "$rounds" >&2
  for i in "${!chosen[@]}"; do
    $hurry out/rustyrail-dataplane bench ${chosen[i]#*|} --rounds 3 --json | sed -n 's/.*"mpps":\([0-9.]*\).*/\1/p' >>"$work/$i"
  done
done
[ ! -t 2 ] || printf '\r\033[K' >&2

echo "$(date -u +%F) $(git describe --always --dirty 2>/dev/null || echo '(no repository)'), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -r), $(nproc) processors"
echo "million packets a second, all workers together, simulated NIC included: median (minimum-maximum) of $rounds interleaved rounds"
echo
row='| %-34s | %-18s |\n'
printf "$row" case Mpps
printf "$row" --- ---
for i in "${!chosen[@]}"; do
  printf "$row" "${chosen[i]%%|*}" "$(sort -g "$work/$i" | awk '{ at[NR] = $1 } END { printf "%.1f (%.1f-%.1f)", at[int((NR + 1) / 2)], at[1], at[NR] }')"
done
