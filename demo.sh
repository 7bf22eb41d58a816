#!/bin/bash
# Builds everything, brings up the test bed and shows it at work. Leaves nothing behind, Ctrl-C included.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. lab/lib/packages.sh

[ "$(id -u)" -eq 0 ] || { echo "demo.sh: needs root (network namespaces)" >&2; exit 2; }
# A prefix of its own: a lab that is up already stays as it is.
export LAB_PREFIX=${DEMO_PREFIX:-rr-demo-}
lab=lab/lab
vip=10.1.0.1

step() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$lab" exec lb1 "$@"; }

# requests N: who answered, and how many did not.
requests() {
  "$lab" exec client1 bash -c "for i in \$(seq $1); do curl -s -m 1 http://$vip/ || echo 'no answer'; done" | sort | uniq -c | sed 's/^/   /'
}

# until_only WHO...: asks until the answers of 12 requests in a row come from exactly these; prints the time that took.
until_only() {
  local start=$EPOCHREALTIME answers
  while true; do
    answers=$("$lab" exec client1 bash -c "for i in \$(seq 12); do curl -s -m 0.3 http://$vip/ || echo none; done" | sort -u | xargs)
    [ "$answers" != "$*" ] || break
    [ "$(milliseconds_since "$start")" -lt 15000 ] || { echo "demo.sh: expected answers from $*, got: $answers" >&2; exit 1; }
  done
  echo "   only $* after $(milliseconds_since "$start") ms"
}

milliseconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%d", (b - a) * 1000 }'; }

step "Building"
need_lab_packages
./build.sh

trap 'trap "" INT; printf "\n== Cleaning up\n"; "$lab" down' EXIT
trap 'exit 130' INT TERM HUP
"$lab" down >/dev/null

step "Test bed: one client, one load balancer, two web servers (nginx), each a network namespace"
"$lab" up 2
show rustyrail status

step "40 requests from client1 to http://$vip/ (through the router's GRE tunnel; answers come straight from the servers)"
requests 40
show rustyrail backends

step "Which server gets the connection from port 40001, and why? Then the request itself:"
show rustyrail explain --src 10.0.0.1:40001 --dst $vip:80 --proto tcp
"$lab" exec client1 curl -s --local-port 40001 http://$vip/ | sed 's/^/   answered by /'

step "A 200 MB download over one connection"
"$lab" exec client1 curl -s -o /dev/null -w '   %{size_download} bytes in %{time_total} s\n' http://$vip/big

step "Draining server1: its connections stay, new ones go to server2"
show rustyrail backend drain server1
until_only server2
requests 20

step "Enabling it again"
show rustyrail backend enable server1
until_only server1 server2
requests 20

step "The web server on server2 dies; its health check (every 500 ms, two failures) finds out"
"$lab" web stop server2
until_only server1
requests 20
show rustyrail backends

step "It is started again"
"$lab" web start server2
until_only server1 server2
requests 20

step "Every packet is accounted for"
show rustyrail status
