# A dataplane on netmap ports without a device: two hundred backends on paper, no control plane.

on_paper=$(mktemp -d /dev/shm/vm-paper.XXXXXX)
programs=()

clean_paper() {
  [ ${#programs[@]} = 0 ] || kill -INT "${programs[@]}" 2>/dev/null
  wait
  rm -rf "$on_paper"
}

write_paper_services() {
  local n separator=
  {
    printf '{ "pools": { "web": { "backends": [\n'
    for n in $(seq 200); do
      printf '%s    { "name": "server%s", "address": "192.168.137.%s" }' "$separator" "$n" $((n + 10 > 187 ? n + 11 : n + 10))
      separator=$',\n'
    done
    printf ' ] } },\n  "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }\n'
  } >"$on_paper/services.json"
}

# start_balancer PORT: a dataplane of its own region on that port.
start_balancer() {
  local name=${1//[^a-z0-9]/_}
  mkdir -p "$on_paper/$name"
  [ -e "$on_paper/services.json" ] || write_paper_services
  netmap-load paper --config "$on_paper/services.json" --region "$on_paper/$name/dataplane.region" || exit 2
  rustyrail-dataplane run --region "$on_paper/$name/dataplane.region" --device "$1" --port netmap >"$on_paper/$name/log" 2>&1 &
  programs+=($!)
  within 30 grep -q serving "$on_paper/$name/log" || { cat "$on_paper/$name/log"; failed "a dataplane on $1"; finish; }
}

# Stops the last one; it counts its buffers then, and says so if some are not where they should be.
stop_balancer() {
  local pid=${programs[-1]}
  unset 'programs[-1]'
  kill -TERM "$pid"
  wait "$pid" && ! grep -h 'buffers' "$on_paper"/*/log
}
