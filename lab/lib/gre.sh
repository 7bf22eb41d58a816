# GRE ends: the kernel's where it has them, our own otherwise. Inner MTU 1476: 1500 less 24 bytes of outer IPv4 and GRE.

INNER_MTU=1476

kernel_has_gre() {
  ip -n "$(namespace_of net)" link add probe type gre local 127.0.0.1 remote 127.0.0.2 2>/dev/null || return 1
  ip -n "$(namespace_of net)" link del probe
}

choose_gre() {
  case $LAB_GRE in
    auto) if kernel_has_gre; then LAB_GRE=kernel; else LAB_GRE=own; fi ;;
    kernel) kernel_has_gre || fail "this kernel has no GRE device (modprobe ip_gre, or --gre own)" ;;
  esac
}

# What the clients' routers spread flows over; our own router reads the file again when it changes.
write_route() {
  local client=$1 host
  shift
  for host in "$@"; do v_address "$host"; done >"$(host_dir "$client")/balancers.new"
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
  local client=$1 host ns hops=()
  shift
  ns=$(namespace_of "$client")
  write_route "$client" "$@"
  [ "$LAB_GRE" = kernel ] || return 0
  for host in "$@"; do
    ip -n "$ns" link show "gre-$host" >/dev/null 2>&1 || {
      ip -n "$ns" link add "gre-$host" mtu $INNER_MTU type gre local "$(v_address "$client")" remote "$(v_address "$host")" ttl 64
      ip -n "$ns" link set "gre-$host" up
    }
    hops+=(nexthop dev "gre-$host")
  done
  ip -n "$ns" route replace 10.1.0.0/24 src "$(c_address "$client")" "${hops[@]}"
}

start_client_end() {
  local client=$1 ns
  shift
  ns=$(namespace_of "$client")
  if [ "$LAB_GRE" = kernel ]; then
    inside "$client" sysctl -qw net.ipv4.fib_multipath_hash_policy=1
    set_route "$client" "$@"
    return
  fi
  write_route "$client" "$@"
  make_tun "$client" gre-out
  ip -n "$ns" route add 10.1.0.0/24 dev gre-out src "$(c_address "$client")"
  spawn "$client" gre-router "$LAB_OUT/lab/gre-router" --tun gre-out --local "$(v_address "$client")" --balancers "$(host_dir "$client")/balancers"
  wait_started "$client" gre-router
}

start_server_end() {
  local server=$1 ns
  ns=$(namespace_of "$server")
  if [ "$LAB_GRE" = kernel ]; then
    ip -n "$ns" link add gre-in mtu $INNER_MTU type gre local "$(v_address "$server")" remote any ttl 64
    ip -n "$ns" address add "$(t_address "$server")/22" dev gre-in
    ip -n "$ns" link set gre-in up
    return
  fi
  make_tun "$server" gre-in
  spawn "$server" decap rustyrail-dataplane decap --tun gre-in --from 192.168.137.0/24
  wait_started "$server" decap
}

# Persistent, so that addresses and routes survive a restart of the program behind it.
make_tun() {
  local ns
  ns=$(namespace_of "$1")
  ip -n "$ns" tuntap add dev "$2" mode tun
  ip -n "$ns" address add "$(t_address "$1")/22" dev "$2"
  ip -n "$ns" link set "$2" mtu $INNER_MTU up
}
