# Namespaces and the segment. The bridge has a namespace of its own, so nothing of the lab is visible in the machine's network.

make_namespace() {
  local name
  name=$(namespace_of "$1")
  [ ! -e "/run/netns/$name" ] || fail "the namespace $name exists and is not this lab's (ip netns del $name, or another LAB_PREFIX)"
  # Recorded first: an interruption between the two lines must not leave a namespace that `lab down` does not know.
  echo "$1" >>"$LAB_STATE/namespaces"
  ip netns add "$name"
  ip -n "$name" link set lo up
}

make_segment() {
  local net
  make_namespace net
  net=$(namespace_of net)
  mkdir "$(host_dir net)"
  ip -n "$net" link add segment type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  ip -n "$net" link set segment up
}

# Both ends: tx off, since a checksum left to a device that does not exist would reach XDP unfilled; gro on, since a veth
# without XDP of its own takes frames redirected by XDP only with it. No default route: nothing leaves the segment.
make_host() {
  local host=$1 name net
  name=$(namespace_of "$host")
  net=$(namespace_of net)
  make_namespace "$host"
  mkdir -p "$(host_dir "$host")"/{run,data}
  ip -n "$net" link add "$host" mtu 1500 type veth peer name eth0 mtu 1500 netns "$name"
  ip -n "$net" link set "$host" master segment up
  inside net ethtool -K "$host" tx off gro on >/dev/null
  inside "$host" ethtool -K eth0 tx off gro on >/dev/null
  # The VIP comes in by the tunnel and goes out by eth0 (direct return); only eth0's own address answers ARP.
  inside "$host" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
    net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 net.ipv4.icmp_ratelimit=0 net.ipv4.ip_forward=0
  ip -n "$name" address add "$(v_address "$host")/24" dev eth0
  ! has_ipv6 || prepare_ipv6 "$host"
  ip -n "$name" link set eth0 up
}

# Usable at once: nobody else has the address, and no router is to be asked for. Neighbour discovery answers for an address on the device that
# has it alone, so a VIP on lo stays quiet by itself.
prepare_ipv6() {
  inside "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.eth0.accept_dad=0 \
    net.ipv6.conf.eth0.accept_ra=0 net.ipv6.conf.eth0.router_solicitations=0
  ip -n "$(namespace_of "$1")" address add "$(v6_address "$1")/64" dev eth0
}

make_client() {
  local ns
  ns=$(namespace_of "$1")
  make_host "$1"
  ip -n "$ns" address add "$(c_address "$1")/32" dev lo
  ip -n "$ns" route add local "$(c_prefix "$1")" dev lo
  has_ipv6 || return 0
  ip -n "$ns" address add "$(c6_address "$1")/128" dev lo
  ip -n "$ns" -6 route add local "$(c6_prefix "$1")" dev lo
}

make_server() {
  local client ns
  ns=$(namespace_of "$1")
  make_host "$1"
  ip -n "$ns" address add "$LAB_VIP4/32" dev lo
  ! has_ipv6 || ip -n "$ns" address add "$LAB_VIP6/128" dev lo
  for client in $LAB_CLIENTS; do
    ip -n "$ns" route add "$(c_address "$client")" via "$(v_address "$client")"
    ip -n "$ns" route add "$(c_prefix "$client")" via "$(v_address "$client")"
    has_ipv6 || continue
    ip -n "$ns" -6 route add "$(c6_address "$client")" via "$(v6_address "$client")"
    ip -n "$ns" -6 route add "$(c6_prefix "$client")" via "$(v6_address "$client")"
  done
}

# Processes that still live in the lab's own namespaces: a dataplane whose control plane was killed, a forgotten `lab exec`.
leftover_pids() {
  local host
  while read -r host; do
    [ ! -e "/run/netns/$(namespace_of "$host")" ] || ip netns pids "$(namespace_of "$host")"
  done <"$LAB_STATE/namespaces"
}

remove_network() {
  local host pid signal
  [ -e "$LAB_STATE/namespaces" ] || return 0
  for signal in TERM KILL; do
    for pid in $(leftover_pids); do kill -$signal "$pid" 2>/dev/null || true; done
    wait_until 3 no_leftovers || true
  done
  while read -r host; do
    ip netns del "$(namespace_of "$host")" 2>/dev/null || true
  done <"$LAB_STATE/namespaces"
}

no_leftovers() { [ -z "$(leftover_pids)" ]; }
