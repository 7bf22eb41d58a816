#!/bin/bash
# The packet path against the same work in C: one row per case, interleaved rounds of fresh processes. See bench/README.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. lab/lib/packages.sh

usage() {
  cat >&2 <<END
usage: bench/pipeline.sh [--rounds N] [--packets N] [--cases PATTERN] [--core N] [--without-jit] [--quick]
  --rounds 9        rounds; each runs every program once in every case
  --packets 1000000 packets in each of a process's three measured turns
  --cases PATTERN   only cases whose name matches, e.g. '^(64K|1M) flows$'
  --core N          processor to run on (the last one)
  --quick           3 rounds, without the JIT
END
  exit 2
}

rounds=9 packets=1000000 pattern=. core=$(($(nproc) - 1)) jit=1
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --packets | --core) [[ ${2:-} =~ ^[0-9]+$ ]] || usage; declare "${1#--}=$2"; shift 2 ;;
    --cases) pattern=${2:-.}; shift 2 ;;
    --without-jit) jit=; shift ;;
    --quick) rounds=3 jit=; shift ;;
    *) usage ;;
  esac
done
[ "$rounds" -ge 1 ] && [ "$packets" -ge 65536 ] && [ "$core" -lt "$(nproc)" ] || usage

# NAME | traffic (for the program and for --save) | path (for the program and for the C builds) | C alone: what makes it faster there
cases() {
  cat <<'END'
1 flow|--flows 1||--recent
64K flows|--flows 65536||
1M flows|--flows 1048576||
Zipf 1.1 over 1M flows|--flows 1048576 --distribution zipf||--recent
new flows, table full|--syn||
64K flows, no flow table|--flows 65536|--no-flow-table|
1M flows, no flow table|--flows 1048576|--no-flow-table|
64K flows, SipHash-1-3|--flows 65536|--hash siphash-1-3|
1M flows, SipHash-1-3|--flows 1048576|--hash siphash-1-3|
64K flows, encapsulation|--flows 65536 --plain||
1M flows, encapsulation|--flows 1048576 --plain||
64K flows, IPv6 inside|--flows 65536|--ipv6|
1M flows, IPv6 inside|--flows 1048576|--ipv6|
simulated NIC alone|--flows 65536|--nic-only|
END
}

built=out/bench
build() {
  need_packages gcc=gcc clang=clang libc6-dev=/usr/include/stdio.h util-linux=taskset
  ./build.sh
  mkdir -p $built
  local compiler
  for compiler in gcc clang; do
    $compiler -std=c11 -O3 -march=native -Wall -Wextra -Werror -o $built/reference-$compiler bench/reference/*.c
  done
  [ -z "$jit" ] || dotnet build Dataplane/Host -c Release -o $built/jit -v quiet -nologo -clp:ErrorsOnly
}

# ns COMMAND...: what it says per packet; "-" if it does not know the case.
ns() {
  local answer status=0
  answer=$(taskset -c "$core" $hurry "$@" --json --rounds 3 --packets "$packets" 2>"$work/error") || status=$?
  case $status in
    0) sed -n 's/.*"nsPerPacket":\([0-9.]*\).*/\1/p' <<<"$answer" ;;
    2) echo - ;;
    *) cat "$work/error" >&2; echo "bench/pipeline.sh: $* failed" >&2; exit 1 ;;
  esac
}

# One round of one case, into one file per program.
run_case() {
  local number=$1 traffic=$2 path=$3 c_alone=$4 compiler
  for compiler in gcc clang; do ns $built/reference-$compiler $path $c_alone "$work/traffic.$number" >>"$work/$number.$compiler"; done
  ns out/rustyrail-dataplane bench $traffic $path >>"$work/$number.aot"
  [ -z "$jit" ] || ns dotnet $built/jit/rustyrail-dataplane.dll bench $traffic $path >>"$work/$number.jit"
}

# summary FILE: median (minimum-maximum).
summary() {
  [ -s "$1" ] && ! grep -q -- - "$1" || { echo -; return; }
  sort -g "$1" | awk '{ at[NR] = $1 } END { printf "%.1f (%.1f-%.1f)", at[int((NR + 1) / 2)], at[1], at[NR] }'
}

median() { sort -g | awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'; }

# ratio NUMBER: AOT to the faster C build, of the medians, and the median of the rounds' own ratios.
ratio() {
  local faster=gcc
  ! grep -q -- - "$work/$1.gcc" "$work/$1.aot" || { echo -; return; }
  [ "$(printf '%s\n' "$(median <"$work/$1.gcc")" "$(median <"$work/$1.clang")" | sort -g | head -n 1)" = "$(median <"$work/$1.gcc")" ] || faster=clang
  printf '%s %s %s\n' "$(median <"$work/$1.aot")" "$(median <"$work/$1.$faster")" "$(paste "$work/$1.aot" "$work/$1.$faster" | awk '{ print $1 / $2 }' | median)" \
    | awk '{ printf "%.2f (%.2f)", $1 / $2, $3 }'
}

build
hurry=
[ "$(id -u)" -ne 0 ] || hurry='nice -n -20'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t chosen < <(cases | awk -F'|' -v pattern="$pattern" '$1 ~ pattern')
[ ${#chosen[@]} -gt 0 ] || { echo "bench/pipeline.sh: no case matches $pattern" >&2; exit 2; }
for i in "${!chosen[@]}"; do
  IFS='|' read -r _ traffic _ _ <<<"${chosen[i]}"
  out/rustyrail-dataplane bench $traffic --save "$work/traffic.$i"
done

for ((round = 1; round <= rounds; round++)); do
  [ ! -t 2 ] || printf '\rround %d of %d' "$round" "$rounds" >&2
  for i in "${!chosen[@]}"; do
    IFS='|' read -r _ traffic path c_alone <<<"${chosen[i]}"
    run_case "$i" "$traffic" "$path" "$c_alone"
  done
done
[ ! -t 2 ] || printf '\r\033[K' >&2

echo "$(date -u +%F) $(git describe --always --dirty 2>/dev/null || echo '(no repository)'), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -r), $(gcc --version | head -n 1), $(clang --version | head -n 1)"
echo "ns per packet, gross: median (minimum-maximum) of $rounds interleaved rounds, one core"
echo
row='| %-25s | %-20s | %-20s | %-20s | %-20s | %-13s |\n'
printf "$row" case 'C gcc' 'C clang' AOT JIT 'AOT / C'
printf "$row" --- --- --- --- --- ---
for i in "${!chosen[@]}"; do
  printf "$row" "${chosen[i]%%|*}" "$(summary "$work/$i.gcc")" "$(summary "$work/$i.clang")" "$(summary "$work/$i.aot")" "$(summary "$work/$i.jit")" "$(ratio "$i")"
done
