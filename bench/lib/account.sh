# Where a packet is that did not come back: every one must be in a count. Sourced by wire.sh.

counts_before() {
  sleep 1.2 # the dataplane writes its port's losses once a second
  local now
  now=$(status)
  before_received=$(field received "$now") before_forwarded=$(field forwarded "$now") before_dropped=$(field dropped "$now") before_lost=$(field portDropped "$now")
  before_device=$(device_drops)
}

# What the receiving veth did not take although the sender gave it away: its ring was full. rx_queue drops include the port's own on AF_XDP.
device_drops() { ip netns exec $bal ethtool -S wbal | awk '/rx_queue_.*_drops:/ && !/xdp_drops/ { n += $2 } END { print n + 0 }'; }

# account PORT RESULT: one line; fails when the sums do not agree.
account() {
  sleep 1.2
  local now received forwarded dropped lost device sent returned missing
  now=$(status)
  received=$(($(field received "$now") - before_received)) forwarded=$(($(field forwarded "$now") - before_forwarded))
  dropped=$(($(field dropped "$now") - before_dropped)) lost=$(($(field portDropped "$now") - before_lost))
  device=$(($(device_drops) - before_device))
  sent=$(field sent "$2") returned=$(field returned "$2")
  missing=$((sent - received - lost))
  echo "  $1: sent $sent = received $received + port's queue full $lost + nowhere $missing (device says $device); received = forwarded $forwarded + dropped $dropped; returned $returned"
  [ $missing = 0 ] && [ $received = $((forwarded + dropped)) ] && [ "$forwarded" = "$returned" ] || { echo "  $1: the sums do not agree" >&2; return 1; }
}

# Our AF_PACKET port switches GRO off, without which a veth takes no frames of the generator's program; any XDP program will do instead. This one lets all pass
# that is not a tunnel's to the machine's own address from 192.0.2.1, which nobody is.
keep_receiving() {
  ip netns exec $bal "$OUT/rustyrail-dataplane" decap --xdp wbal --accept ipip --from 192.0.2.1 >"$wire_dir/decap.log" 2>&1 &
  keeper=$!
  wire_pids+=($keeper)
  within 5 grep -q '^decap: ' "$wire_dir/decap.log" || fail "$(cat "$wire_dir/decap.log")"
}

stop_receiving() {
  kill -TERM $keeper
  within 5 gone $keeper || kill -KILL $keeper
  wait $keeper 2>/dev/null
  ip -n $bal link set wbal xdp off
}

# Why a worker may have been too late: milliseconds that its threads waited for the processor, and that the machine itself was away (steal).
delays() {
  local waited
  waited=$(cat /proc/"$dataplane"/task/*/schedstat | awk '{ n += $2 } END { printf "%d", n / 1e6 }')
  echo "$waited $(awk -v cpu=cpu$forwarder_cpu -v hz="$(getconf CLK_TCK)" '$1 == cpu { printf "%d", $9 * 1000 / hz }' /proc/stat)"
}
