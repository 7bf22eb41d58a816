# The clients' routers: GRE to the balancers, by the kernel's devices where it has them, by our own program otherwise.

# What is left of 1500 bytes inside the longest headers on the way to a server, so that nothing is ever too big in the lab.
inner_mtu() {
  local ip=20 router=24 send=0
  [ "$LAB_FAMILY" = 4 ] || ip=40 router=44
  case $LAB_SEND in
    gre) send=$((ip + 4)) ;;
    ipip) send=$ip ;;
    gue) send=$((ip + 12)) ;;
    vxlan | geneve) send=$((ip + 30)) ;;
  esac
  echo $((1500 - (send > router ? send : router)))
}

# The kernel's name for a GRE device of the segment's family.
gre_type() { if [ "$LAB_FAMILY" = 6 ]; then echo ip6gre; else echo gre; fi; }

# can_add TYPE [ARGUMENT...]: whether this kernel has such devices.
can_add() {
  ip -n "$(namespace_of net)" link add probe type "$@" 2>/dev/null || return 1
  ip -n "$(namespace_of net)" link del probe
}

kernel_has_gre() {
  if [ "$LAB_FAMILY" = 6 ]; then can_add ip6gre local fd00::1 remote fd00::2; else can_add gre local 127.0.0.1 remote 127.0.0.2; fi
}

choose_gre() {
  if [ $LAB_DIRECT = 1 ] && [ "$LAB_SEND" != gre ]; then
    [ "$LAB_SEND" = l2 ] || "kernel_has_$LAB_SEND" || fail "the routers' ends of --direct --send $LAB_SEND are the kernel's, and this one has no devices for it"
    LAB_GRE=kernel
    return
  fi
  case $LAB_GRE in
    auto) if kernel_has_gre; then LAB_GRE=kernel; else LAB_GRE=own; fi ;;
    kernel) kernel_has_gre || fail "this kernel has no $(gre_type) device (a module is missing, or --gre own)" ;;
  esac
}

# What the clients' routers spread flows over; our own router reads the file again when it changes.
write_route() {
  local client=$1 host
  shift
  for host in "$@"; do tunnel_address "$host"; done >"$(host_dir "$client")/balancers.new"
  mv "$(host_dir "$client")/balancers.new" "$(host_dir "$client")/balancers"
}

# The router's other half: balancers come into the route when they are ready and go out of it when their dataplane does.
start_follower() {
  ! alive net follower >/dev/null || return 0
  spawn_outside net follower env LAB_PREFIX="$LAB_PREFIX" "$LAB_OUT/lab/gre-router" follow --lab "$LAB_STATE" --command "$LAB_HOME/lab" $LAB_LBS
  wait_started net follower
}

# set_route CLIENT HOST...
set_route() {
  local client=$1 host ns hops=() hops6=() quiet=
  shift
  ns=$(namespace_of "$client")
  write_route "$client" "$@"
  [ "$LAB_GRE" = kernel ] || return 0
  if [ $LAB_DIRECT = 1 ] && [ "$LAB_SEND" != gre ]; then
    set_direct_route "$client" "$@"
    return
  fi
  [ "$LAB_FAMILY" = 4 ] || quiet='encaplimit none'
  for host in "$@"; do
    ip -n "$ns" link show "gre-$host" >/dev/null 2>&1 || {
      ip -n "$ns" link add "gre-$host" mtu "$(inner_mtu)" type "$(gre_type)" local "$(tunnel_address "$client")" remote "$(tunnel_address "$host")" ttl 64 $quiet
      ip -n "$ns" link set "gre-$host" up
    }
    hops+=(nexthop dev "gre-$host")
    hops6+=(nexthop via "$(hop6 "$host")" dev "gre-$host")
  done
  set_vip_routes "$client" hops hops6
}

# An IPv6 route over several devices wants a next hop in each, also where the device leads to one host alone and asks for nobody.
hop6() { v6_address "$1" | sed 's/.*::/fe80::/'; }

# set_vip_routes CLIENT ARRAY ARRAY6: names of arrays with the next hops for each family's VIPs.
set_vip_routes() {
  local -n via4=$2 via6=$3
  ip -n "$(namespace_of "$1")" route replace 10.1.0.0/24 src "$(c_address "$1")" "${via4[@]}"
  ! has_ipv6 || ip -n "$(namespace_of "$1")" -6 route replace 2001:db8:1::/64 src "$(c6_address "$1")" "${via6[@]}"
}

start_client_end() {
  local client=$1 ns local6=
  shift
  ns=$(namespace_of "$client")
  if [ "$LAB_GRE" = kernel ]; then
    inside "$client" sysctl -qw net.ipv4.fib_multipath_hash_policy=1
    ! has_ipv6 || inside "$client" sysctl -qw net.ipv6.fib_multipath_hash_policy=1
    set_route "$client" "$@"
    return
  fi
  write_route "$client" "$@"
  make_tun "$client" gre-out
  ip -n "$ns" route add 10.1.0.0/24 dev gre-out src "$(c_address "$client")"
  if has_ipv6; then
    ip -n "$ns" -6 route add 2001:db8:1::/64 dev gre-out src "$(c6_address "$client")"
    local6="--local $(v6_address "$client")"
  fi
  spawn "$client" gre-router "$LAB_OUT/lab/gre-router" --tun gre-out --local "$(v_address "$client")" $local6 --balancers "$(host_dir "$client")/balancers"
  wait_started "$client" gre-router
}

# Persistent, so that addresses and routes survive a restart of the program behind it.
make_tun() {
  local ns
  ns=$(namespace_of "$1")
  ip -n "$ns" tuntap add dev "$2" mode tun
  ip -n "$ns" address add "$(t_address "$1")/22" dev "$2"
  ip -n "$ns" link set "$2" mtu "$(inner_mtu)" up
}
