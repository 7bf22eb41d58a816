# The servers' ends of what the balancers send: a form (LAB_SEND) and who takes it apart (LAB_DECAP: own, xdp, kernel, or none for l2).

# Of VXLAN and Geneve: the virtual network, and the MAC address that every server's device has in it.
LAB_VNI=100
LAB_INNER_MAC=02:00:00:00:13:37
GUE_PORT=6080

# What a service in services.json says of its form.
send_keys() {
  case $LAB_SEND in
    gre) ;;
    vxlan | geneve) printf ', "send": "%s", "vni": %s, "innerDestinationMac": "%s"' "$LAB_SEND" $LAB_VNI $LAB_INNER_MAC ;;
    *) printf ', "send": "%s"' "$LAB_SEND" ;;
  esac
}

kernel_has_ipip() {
  if [ "$LAB_FAMILY" = 6 ]; then
    can_add ip6tnl mode any local fd00::1 remote fd00::2
  else
    can_add ipip local 127.0.0.1 remote 127.0.0.2 && can_add sit local 127.0.0.1 remote 127.0.0.2
  fi
}

# fou also knows GUE; what it takes out goes to a device of the inner protocol.
kernel_has_gue() {
  kernel_has_ipip && ip -n "$(namespace_of net)" -"$LAB_FAMILY" fou add port $GUE_PORT gue 2>/dev/null || return 1
  ip -n "$(namespace_of net)" -"$LAB_FAMILY" fou del port $GUE_PORT
}

kernel_has_vxlan() { can_add vxlan id 1 dstport 4789; }
kernel_has_geneve() { can_add geneve external; }

choose_decap() {
  local wanted=${LAB_DECAP:-$LAB_GRE}
  case $LAB_SEND in
    l2) LAB_DECAP=none; return ;;
    vxlan | geneve)
      [[ ! $LAB_DECAP =~ ^(own|xdp)$ ]] || fail "$LAB_SEND has no end of our own: --decap kernel"
      wanted=kernel ;;
  esac
  case $wanted in
    auto) if "kernel_has_$LAB_SEND"; then wanted=kernel; else wanted=own; fi ;;
    kernel) "kernel_has_$LAB_SEND" || fail "this kernel has no devices for $LAB_SEND over IPv$LAB_FAMILY (a module is missing$([[ $LAB_SEND =~ ^(vxlan|geneve)$ ]] || echo ', or --decap own'))" ;;
  esac
  LAB_DECAP=$wanted
}

describe_routers() {
  if [ $LAB_DIRECT = 1 ]; then
    echo "routers send to the servers$([ "$LAB_GRE" = own ] || echo ' by kernel devices')"
  else
    echo "routers' GRE by $([ "$LAB_GRE" = own ] && echo our own ends || echo the kernel)"
  fi
}

describe_ends() {
  local by
  case $LAB_DECAP in
    own) by=', taken apart by our own decap' ;;
    xdp) by=', taken apart by our own decap in the driver' ;;
    kernel) by=', taken apart by the kernel' ;;
  esac
  echo "servers get $LAB_SEND over IPv$LAB_FAMILY${by-}"
}

start_server_end() {
  local server=$1 from='--from 192.168.137.0/24'
  ! has_ipv6 || from+=' --from 2001:db8:137::/64'
  case $LAB_DECAP in
    none) ;;
    kernel) "kernel_end_$LAB_SEND" "$server" ;;
    own)
      make_tun "$server" tunnel-in
      spawn "$server" decap rustyrail-dataplane decap --tun tunnel-in --accept "$LAB_SEND" $from
      wait_started "$server" decap ;;
    xdp)
      spawn "$server" decap rustyrail-dataplane decap --xdp eth0 --accept "$LAB_SEND" $from
      wait_started "$server" decap ;;
  esac
}

# kernel_end SERVER DEVICE ARGUMENT...: a device for packets from any balancer to this server.
kernel_end() {
  local server=$1 device=$2 ns
  ns=$(namespace_of "$1")
  shift 2
  ip -n "$ns" link add "$device" mtu "$(inner_mtu)" "$@"
  ip -n "$ns" link set "$device" up
  [ "$device" != tunnel-in ] || ip -n "$ns" address add "$(t_address "$server")/22" dev "$device"
}

kernel_end_gre() {
  if [ "$LAB_FAMILY" = 6 ]; then
    kernel_end "$1" tunnel-in type ip6gre local "$(v6_address "$1")" remote ::
  else
    kernel_end "$1" tunnel-in type gre local "$(v_address "$1")" remote any ttl 64
  fi
}

# Over IPv4 each inner family has a device of its own.
kernel_end_ipip() {
  if [ "$LAB_FAMILY" = 6 ]; then
    kernel_end "$1" tunnel-in type ip6tnl mode any local "$(v6_address "$1")" remote ::
  else
    kernel_end "$1" tunnel-in type ipip local "$(v_address "$1")" remote any ttl 64
    ! has_ipv6 || kernel_end "$1" tunnel6-in type sit local "$(v_address "$1")" remote any ttl 64
  fi
}

kernel_end_gue() {
  ip -n "$(namespace_of "$1")" -"$LAB_FAMILY" fou add port $GUE_PORT gue
  kernel_end_ipip "$1"
}

# No peer and no learning: it only receives. Frames are for its own MAC address, which the catalogue names. Over IPv6 the kernel's own
# senders leave the UDP checksum out, which RFC 6935 allows.
kernel_end_vxlan() {
  kernel_end "$1" tunnel-in address $LAB_INNER_MAC type vxlan id $LAB_VNI local "$(tunnel_address "$1")" dstport 4789 nolearning udp6zerocsumrx
}

# A Geneve device with a peer takes that peer's packets alone; an external one takes everybody's.
kernel_end_geneve() {
  kernel_end "$1" tunnel-in address $LAB_INNER_MAC type geneve external udp6zerocsumrx
}

# As if the client's router were a balancer, for every form: set_direct_route CLIENT SERVER...
set_direct_route() {
  local client=$1 server ns to hops=() hops6=()
  shift
  ns=$(namespace_of "$client")
  for server in "$@"; do
    case $LAB_SEND in
      l2)
        hops+=(nexthop via "$(v_address "$server")" dev eth0)
        hops6+=(nexthop via "$(v6_address "$server")" dev eth0) ;;
      vxlan | geneve)
        make_overlay "$client" "$server"
        to="encap $(encap_family) id $LAB_VNI dst $(tunnel_address "$server")"
        hops+=(nexthop $to dev to-servers)
        hops6+=(nexthop $to via "$(hop6 "$server")" dev to-servers) ;;
      *)
        make_direct_devices "$client" "$server"
        hops+=(nexthop dev "to-$server")
        hops6+=(nexthop via "$(hop6 "$server")" dev "$([ "$LAB_FAMILY" = 4 ] && echo to6 || echo to)-$server") ;;
    esac
  done
  set_vip_routes "$client" hops hops6
}

encap_family() { if [ "$LAB_FAMILY" = 6 ]; then echo ip6; else echo ip; fi; }

# One device for all servers: the route says where each packet goes. Nobody answers for the VIP in there, so its neighbour is given.
make_overlay() {
  local ns hop port=4789
  ns=$(namespace_of "$1")
  [ "$LAB_SEND" = vxlan ] || port=6081
  ip -n "$ns" link show to-servers >/dev/null 2>&1 || {
    ip -n "$ns" link add to-servers mtu "$(inner_mtu)" type "$LAB_SEND" dstport $port external
    ip -n "$ns" link set to-servers up
  }
  for hop in $LAB_VIP4 $(! has_ipv6 || hop6 "$2"); do
    ip -n "$ns" neighbour replace "$hop" lladdr $LAB_INNER_MAC nud permanent dev to-servers
  done
}

# IPIP, and GUE around it. Over IPv4 each inner family has a device of its own.
make_direct_devices() {
  local ends encap=
  ! ip -n "$(namespace_of "$1")" link show "to-$2" >/dev/null 2>&1 || return 0
  ends="local $(tunnel_address "$1") remote $(tunnel_address "$2")"
  [ "$LAB_SEND" = ipip ] || encap="encap gue encap-sport auto encap-dport $GUE_PORT encap-csum"
  if [ "$LAB_FAMILY" = 6 ]; then
    make_direct_device "$1" "to-$2" ip6tnl mode any $ends encaplimit none $encap
  else
    make_direct_device "$1" "to-$2" ipip $ends ttl 64 $encap
    ! has_ipv6 || make_direct_device "$1" "to6-$2" sit $ends ttl 64 $encap
  fi
}

# make_direct_device CLIENT DEVICE TYPE ARGUMENT...
make_direct_device() {
  local ns device=$2
  ns=$(namespace_of "$1")
  shift 2
  ip -n "$ns" link add "$device" mtu "$(inner_mtu)" type "$@"
  ip -n "$ns" link set "$device" up
}
