# Two namespaces and one cable: "gen" sends and counts what comes back, "bal" has what is measured. Sourced by wire.sh and wait.sh.
# The caller sets OUT, the folder with both programs. Everything here ends with the script, however it ends.

WIRE_NAME=rr-wire-$$
gen=$WIRE_NAME-gen bal=$WIRE_NAME-bal
wire_dir= wire_pids=()
generator_cpu=0 forwarder_cpu=1
vip=10.1.0.1 balancer=192.168.137.188

fail() { echo "$(basename "$0"): $*" >&2; exit 2; }

need_programs() {
  [ "$(id -u)" = 0 ] || fail "needs root (network namespaces)"
  [ "$(nproc)" -ge 2 ] || fail "needs two processors: one to send, one to forward"
  [ -x "$OUT/rustyrail" ] && [ -x "$OUT/rustyrail-dataplane" ] || fail "no programs in $OUT (./build.sh)"
}

wire_up() {
  trap wire_down EXIT
  trap 'exit 130' INT TERM HUP
  wire_dir=$(mktemp -d /dev/shm/$WIRE_NAME-XXXX)
  mkdir "$wire_dir/run" "$wire_dir/data"
  ip netns add $gen
  ip netns add $bal
  ip -n $gen link add wgen address 02:00:00:00:01:01 mtu 1500 type veth peer name wbal address 02:00:00:00:01:02 mtu 1500 netns $bal
  for end in gen bal; do
    ip -n "$WIRE_NAME-$end" link set lo up
    ip netns exec "$WIRE_NAME-$end" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.ip_forward=0
    # A veth takes frames of an XDP program only at an end that has one too, or GRO.
    ip netns exec "$WIRE_NAME-$end" ethtool -K "w$end" tx off gro on >/dev/null
    ip -n "$WIRE_NAME-$end" link set "w$end" up
  done
  ip -n $gen address add 192.168.137.1/24 dev wgen
  ip -n $bal address add $balancer/24 dev wbal
  # The backends, so that what leaves comes back to the generator.
  for last in $(seq 11 20); do ip -n $gen address add 192.168.137.$last/24 dev wgen; done
  write_services >"$wire_dir/services.json"
}

write_services() {
  local last separator=
  printf '{ "pools": { "all": { "backends": ['
  for last in $(seq 11 20); do
    printf '%s { "name": "b%s", "address": "192.168.137.%s" }' "$separator" "$last" "$last"
    separator=,
  done
  printf ' ] } },\n "services": [ { "name": "all", "vip": "%s", "protocol": "any", "port": "any", "pool": "all" } ] }\n' $vip
}

wire_down() {
  local pid end
  [ -z "${wire_fifo:-}" ] || exec 8>&-
  for pid in "${wire_pids[@]}" $(ip netns pids $bal 2>/dev/null) $(ip netns pids $gen 2>/dev/null); do kill -TERM "$pid" 2>/dev/null; done
  within 5 nobody_inside || for pid in $(ip netns pids $bal 2>/dev/null) $(ip netns pids $gen 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
  for end in $gen $bal; do ip netns del $end 2>/dev/null; done
  [ -z "$wire_dir" ] || rm -rf "$wire_dir"
}

nobody_inside() { [ -z "$(ip netns pids $bal 2>/dev/null)$(ip netns pids $gen 2>/dev/null)" ]; }

# within SECONDS COMMAND...: true as soon as the command is, false after that time.
within() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.05
  done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# bash -c "$FIRST" first COMMAND...: in a session of its own, before all others on its processor. A kernel that groups tasks by session (autogroup) heeds a task's priority
# only within it, so the session gets one too.
FIRST='{ echo -20 >/proc/self/autogroup; } 2>/dev/null; exec nice -n -20 "$@"'
# The same for all threads of a process that leads its session.
put_first() {
  local task
  [ ! -e "/proc/$1/autogroup" ] || echo -20 >"/proc/$1/autogroup"
  for task in /proc/"$1"/task/*; do renice -n -20 -p "${task##*/}" >/dev/null 2>&1; done
}

# The generator and, since a veth's receiving end works where the frame was sent, the forwarder's receive side. Prints one JSON line.
generate() { ip netns exec $gen setsid -w bash -c "${generator_start-$FIRST}" first taskset -c $generator_cpu "$OUT/rustyrail-dataplane" generate --device wgen --json "$@"; }

# field NAME JSON: the first of that name.
field() { grep -o "\"$1\": *[^,}]*" <<<"$2" | head -n 1 | sed 's/^[^:]*: *//; s/"//g; s/ *$//'; }

rustyrail_in() { ip netns exec $bal env RR_STATE_DIR="$wire_dir/run" RR_DATA_DIR="$wire_dir/data" "$OUT/rustyrail" "$@"; }

status() { rustyrail_in status --json | tr -d '\n'; }

is_ready() { ip netns exec $bal curl -sf -m 1 -o /dev/null http://127.0.0.1:8080/healthz/ready; }

# start_ours PORT: the real balancer; its dataplane alone on a processor.
start_ours() {
  rm -rf "$wire_dir"/run/* "$wire_dir"/data/*
  ip netns exec $bal env RR_STATE_DIR="$wire_dir/run" RR_DATA_DIR="$wire_dir/data" taskset -c $generator_cpu \
    "$OUT/rustyrail" run --device wbal --port "$1" --services "$wire_dir/services.json" >"$wire_dir/rustyrail.log" 2>&1 &
  ours=$!
  wire_pids+=($ours)
  within 20 is_ready || { cat "$wire_dir/rustyrail.log" >&2; fail "the balancer is not ready"; }
  dataplane=$(field pid "$(status)")
  taskset -a -c -p $forwarder_cpu "$dataplane" >/dev/null
  put_first "$dataplane"
}

stop_ours() {
  kill -TERM "$ours"
  wait "$ours" 2>/dev/null
  within 5 gone "$dataplane" || fail "the dataplane does not end"
}

# start_testpmd VDEV: DPDK's forwarder, which swaps the MAC addresses and looks at nothing.
start_testpmd() {
  wire_fifo=$wire_dir/stdin
  rm -f "$wire_fifo"
  mkfifo "$wire_fifo"
  exec 8<>"$wire_fifo"
  ip netns exec $bal setsid -w bash -c "$FIRST" first stdbuf -oL dpdk-testpmd --no-huge -m 512 --no-pci --file-prefix=$WIRE_NAME -l $generator_cpu,$forwarder_cpu --vdev "$1" -- \
    --forward-mode=macswap --nb-cores=1 --auto-start --total-num-mbufs=32768 ${2:-} <&8 >"$wire_dir/testpmd.log" 2>&1 &
  testpmd=$!
  wire_pids+=($testpmd)
  within 20 grep -q 'Press enter to exit' "$wire_dir/testpmd.log" || { tail -n 20 "$wire_dir/testpmd.log" >&2; fail "testpmd does not start"; }
}

stop_testpmd() {
  echo >&8
  wait "$testpmd" 2>/dev/null
  exec 8>&-
  wire_fifo=
}

# Other work on the machine is what disturbs these figures most.
say_how_calm() {
  local before after
  before=$(busy_ticks)
  sleep 1
  after=$(busy_ticks)
  echo "other work keeps $(($(nproc))) processors $(((after - before) * 100 / $(getconf CLK_TCK) / $(nproc))) % busy; single figures are worth little above 10 %"
}

busy_ticks() { awk '$1 == "cpu" { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat; }
