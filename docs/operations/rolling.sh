#!/bin/bash
# Restarts or upgrades the balancers of a cluster one after the other, so that no connection breaks. Stops at the first thing that is not well:
# the node at hand is out of service then, all others are as they were.
set -euo pipefail

usage() {
  cat <<'END'
rolling.sh [--reach COMMAND] [--replace COMMAND] [--restart COMMAND] [--timeout S] NODE...
  --reach COMMAND    what runs a command on a node (if not said: ssh NODE)
  --replace COMMAND  runs here once the node is drained, to bring it new programs (if not said: nothing, a restart)
  --restart COMMAND  runs here to stop and start the node
                     (if not said: ssh NODE systemctl restart rustyrail-dataplane rustyrail)
  --timeout S        how long traffic may take to fall, and a node to be ready (if not said: 120)
The word NODE in a command stands for the node's name. Upgrade, for example:
  rolling.sh --replace 'scp out/rustyrail* NODE:/opt/rustyrail/' lb1 lb2 lb3
END
}

fail() { echo "rolling.sh: $*" >&2; exit "${code:-2}"; }

reach='ssh NODE' replace='' restart='ssh NODE systemctl restart rustyrail-dataplane rustyrail' timeout=120
while [ $# -gt 0 ]; do
  case $1 in
    --reach | --replace | --restart) [ $# -ge 2 ] || fail "$1 needs a command"; printf -v "${1#--}" %s "$2"; shift ;;
    --timeout) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "--timeout needs a number of seconds"; timeout=$2; shift ;;
    --help | -h) usage; exit 0 ;;
    -*) fail "unknown option '$1' (--help)" ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 2 ] || fail "needs at least two nodes: somebody has to carry the traffic meanwhile"
nodes=("$@")
code=1

on() { local node=$1; shift; ${reach//NODE/$node} "$@" </dev/null; }
here() { bash -c "${1//NODE/$2}" </dev/null; }

# Ready, and every node of the list is up in its cluster.
is_whole() {
  local node members
  on "$1" rustyrail status --json 2>/dev/null | grep -q '^  "ready": true' || return 1
  members=$(on "$1" rustyrail cluster 2>/dev/null) || return 1
  for node in "${nodes[@]}"; do grep -qE "^$node +up " <<<"$members" || return 1; done
}

wait_whole() {
  local end=$((SECONDS + timeout))
  until is_whole "$1"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.5
  done
}

all_whole() {
  local node
  for node in "${nodes[@]}"; do wait_whole "$node" || fail "$node is not ready, or does not see all of ${nodes[*]} up: $1"; done
}

all_whole "nothing was changed"
for node in "${nodes[@]}"; do
  echo "$node: draining"
  on "$node" rustyrail drain-node --timeout "$timeout" || fail "$node is not drained"
  if [ -n "$replace" ]; then
    echo "$node: replacing programs"
    here "$replace" "$node" || fail "$node: '$replace' failed; it is drained"
  fi
  echo "$node: restarting"
  here "$restart" "$node" || fail "$node: '$restart' failed"
  all_whole "stopped after $node"
  echo "$node: ready"
done
echo "all of ${nodes[*]} are through"
