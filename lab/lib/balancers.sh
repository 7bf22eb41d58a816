# Load balancers: one RustyRail node each, several of them one cluster, with the lab's servers as one pool.

# The nodes that are there from the start are each other's seeds; the rest join them. One by itself has nobody to reach.
write_node() {
  local lb=$1 dir seeds= seed separator=
  dir=$(host_dir "$lb")
  if [ "$LAB_LBS" = lb1 ]; then
    printf '{ "device": "eth0", "port": "%s" }\n' "$LAB_PORT" >"$dir/node.json"
    return
  fi
  for seed in ${LAB_LBS%"$LAB_SPARE_LBS"}; do
    seeds+="$separator\"$(v_address "$seed")\""
    separator=', '
  done
  [ -e "$LAB_STATE/authority/authority.pem" ] || make_authority "$LAB_STATE/authority"
  make_certificate "$LAB_STATE/authority" "$lb"
  cat >"$dir/node.json" <<END
{ "device": "eth0", "port": "$LAB_PORT",
  "cluster": { "node": "$lb", "address": "$(v_address "$lb")", "seeds": [ $seeds ],
    "tls": { "certificate": "$LAB_STATE/authority/$lb.pem", "key": "$LAB_STATE/authority/$lb.key", "authority": "$LAB_STATE/authority/authority.pem" } } }
END
}

write_services() {
  local lb=$1 server separator=
  {
    printf '{ "pools": { "web": {\n'
    printf '      "health": { "type": "http", "port": 80, "path": "/healthz", "interval": "500ms", "timeout": "300ms", "rise": 2, "fall": 2 },\n'
    printf '      "backends": ['
    for server in $LAB_POOL; do
      printf '%s\n        { "name": "%s", "address": "%s" }' "$separator" "$server" "$(tunnel_address "$server")"
      separator=,
    done
    printf ' ] } },\n  "services": [ { "name": "web", "vip": "%s", "protocol": "tcp", "port": 80, "pool": "web"%s } ] }\n' "$(vip_address)" "$(send_keys)"
  } >"$(host_dir "$lb")/lab-services.json"
}

start_balancer() {
  ! alive "$1" rustyrail >/dev/null || return 0
  ip -n "$(namespace_of net)" link set "$1" up
  spawn "$1" rustyrail rustyrail run --config "$(host_dir "$1")/node.json" --services "$(host_dir "$1")/lab-services.json"
}

# As if the machine lost its power: link and processes at once, and what was only in memory. Its disk stays.
kill_balancer() {
  local pid
  ip -n "$(namespace_of net)" link set "$1" down
  for pid in $(ip netns pids "$(namespace_of "$1")"); do kill -KILL "$pid" 2>/dev/null || true; done
  wait_until 3 nobody_in "$1"
  ip -n "$(namespace_of "$1")" link set eth0 xdp off
  rm -rf "$(host_dir "$1")"/rustyrail.pid "$(host_dir "$1")"/run/*
}

nobody_in() { [ -z "$(ip netns pids "$(namespace_of "$1")")" ]; }

# The control plane alone, without a chance to say anything.
crash_balancer() {
  local pid
  pid=$(alive "$1" rustyrail) || fail "there is no control plane on $1"
  kill -KILL "$pid"
  rm -f "$(host_dir "$1")/rustyrail.pid"
}

# Between balancers nothing passes any more; clients and servers notice nothing.
isolate_balancer() {
  local other others
  others=$(for other in $LAB_LBS; do [ "$other" = "$1" ] || v_address "$other"; done | paste -sd,)
  inside "$1" nft -f - <<END
table inet isolation
delete table inet isolation
table inet isolation {
  chain input { type filter hook input priority 0; ip saddr { $others } drop; }
  chain output { type filter hook output priority 0; ip daddr { $others } drop; }
}
END
}

reconnect_balancer() { inside "$1" nft delete table inet isolation; }

is_ready() { inside "$1" curl -sf -m 1 -o /dev/null http://127.0.0.1:8080/healthz/ready; }
ready_or_dead() { is_ready "$1" || ! alive "$1" rustyrail; }

wait_ready() {
  wait_until $LAB_PATIENCE ready_or_dead "$1" && is_ready "$1" && return
  tail -n 20 "$(host_dir "$1")/rustyrail.log" >&2
  echo "lab: the balancer on $1 is not ready (log above)" >&2
  return 1
}
