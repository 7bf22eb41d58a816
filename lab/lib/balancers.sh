# Load balancers: one RustyRail node each, with the lab's servers as one pool.

write_services() {
  local lb=$1 server separator=
  {
    printf '{ "pools": { "web": {\n'
    printf '      "health": { "type": "http", "port": 80, "path": "/healthz", "interval": "500ms", "timeout": "300ms", "rise": 2, "fall": 2 },\n'
    printf '      "backends": ['
    for server in $LAB_POOL; do
      printf '%s\n        { "name": "%s", "address": "%s" }' "$separator" "$server" "$(v_address "$server")"
      separator=,
    done
    printf ' ] } },\n  "services": [ { "name": "web", "vip": "%s", "protocol": "tcp", "port": 80, "pool": "web" } ] }\n' "$LAB_VIP"
  } >"$(host_dir "$lb")/lab-services.json"
}

start_balancer() {
  ! alive "$1" rustyrail >/dev/null || return 0
  spawn "$1" rustyrail rustyrail run --device eth0 --port "$LAB_PORT" --services "$(host_dir "$1")/lab-services.json"
}

is_ready() { inside "$1" curl -sf -m 1 -o /dev/null http://127.0.0.1:8080/healthz/ready; }
ready_or_dead() { is_ready "$1" || ! alive "$1" rustyrail; }

wait_ready() {
  wait_until $LAB_PATIENCE ready_or_dead "$1" && is_ready "$1" && return
  tail -n 20 "$(host_dir "$1")/rustyrail.log" >&2
  echo "lab: the balancer on $1 is not ready (log above)" >&2
  return 1
}
