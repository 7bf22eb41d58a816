#!/bin/bash
# What the flow table loses and costs, and whether a packet ever goes to another backend than its flow. See bench/README.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. lab/lib/packages.sh

usage() {
  echo "usage: bench/tables.sh [--packets N] [--flows N] [--core N]   (1000000000 packets of 1048576 flows, on the last processor)" >&2
  exit 2
}

packets=1000000000 flows=1048576 core=$(($(nproc) - 1))
while [ $# -gt 0 ]; do
  case $1 in
    --packets | --flows | --core) [[ ${2:-} =~ ^[0-9]+$ ]] || usage; declare "${1#--}=$2"; shift 2 ;;
    *) usage ;;
  esac
done

need_packages util-linux=taskset
./build.sh
hurry=
[ "$(id -u)" -ne 0 ] || hurry='nice -n -20'

bench() { taskset -c "$core" $hurry out/rustyrail-dataplane bench "$@"; }
number() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" <<<"$2"; }

# fill CAPACITY: as many flows as are stated, each opened once by a SYN in an empty table.
fill() {
  local answer
  answer=$(bench --fill --syn --flows "$1" --json)
  awk -v flows="$1" -v displaced="$(number flowsDisplaced "$answer")" -v bytes="$(number flowTableBytes "$answer")" -v ns="$(number nsPerPacket "$answer")" 'BEGIN {
    printf "| %9d | %14.1f | %9d | %8.4f %% | %6.1f |\n", flows, bytes / flows, displaced, 100 * displaced / flows, ns }'
}

echo "$(date -u +%F) $(git describe --always --dirty 2>/dev/null || echo '(no repository)'), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -r)"
echo
echo "A table filled with as many flows as its stated capacity:"
echo
echo "| flows     | bytes per flow | displaced | share      | ns     |"
echo "| ---       | ---            | ---       | ---        | ---    |"
for capacity in 65536 262144 1048576 4194304; do fill $capacity; done
echo
echo "Established flows while the table changes under them:"
echo
status=0
bench --check-routing --flows "$flows" --packets "$packets" || status=$?
bench --check-routing --flows "$flows" --packets $((packets / 10)) --distribution zipf || status=$?
exit $status
