# Who is in the lab and where. V is the segment, C the clients' own addresses, S the VIPs, T inside the tunnels (IPv4 alone).
# Every host has addresses of both families. LAB_FAMILY says which the catalogue's backends and the tunnels have, LAB_VIP_FAMILY which the VIP has.

LAB_VIP4=10.1.0.1
LAB_VIP6=2001:db8:1::1

vip_address() { if [ "$LAB_VIP_FAMILY" = 6 ]; then echo $LAB_VIP6; else echo $LAB_VIP4; fi; }

has_ipv6() { [ -e /proc/sys/net/ipv6 ]; }

namespace_of() { echo "$LAB_PREFIX$1"; }
host_dir() { echo "$LAB_STATE/$1"; }
host_named() { echo "${1#"$LAB_PREFIX"}"; }

# What a program inside a host finds set: its programs on the path, and an instance of its own.
environment_of() { echo "PATH=$(programs_of "$1")$PATH" "RR_STATE_DIR=$(host_dir "$1")/run" "RR_DATA_DIR=$(host_dir "$1")/data" "RR_CLUSTER_NODE=$1"; }

# Another folder than the lab's, once 'lb use' has named one.
programs_of() { [ ! -e "$(host_dir "$1")/programs" ] || echo "$(<"$(host_dir "$1")/programs"):"; }

# number_of server12 -> 12
number_of() { echo "${1//[a-z]/}"; }

v_address() {
  local n
  n=$(number_of "$1")
  case $1 in
    client*) echo "192.168.137.$((100 + n))" ;;
    lb*) echo "192.168.137.$((187 + n))" ;;
    server*) echo "192.168.137.$((10 + n))" ;;
  esac
}

# The same numbers: lb1 is 192.168.137.188 and 2001:db8:137::188.
v6_address() { v_address "$1" | sed 's/.*\./2001:db8:137::/'; }

# Where balancers and tunnels find a host.
tunnel_address() { if [ "$LAB_FAMILY" = 6 ]; then v6_address "$1"; else v_address "$1"; fi; }

c_address() { echo "10.0.0.$(number_of "$1")"; }
c6_address() { echo "2001:db8:10::$(number_of "$1")"; }

# Many more addresses of a client, for whoever binds to them.
c_prefix() { echo "10.0.$(number_of "$1").0/24"; }
c6_prefix() { echo "2001:db8:10:$(number_of "$1")::/64"; }

t_address() {
  local n
  n=$(number_of "$1")
  case $1 in
    client1) echo 172.16.0.1 ;;
    client*) echo "172.16.1.$n" ;;
    server*) echo "172.16.0.$((1 + n))" ;;
  esac
}

# list_of server 3 -> server1 server2 server3
list_of() {
  local n
  for ((n = 1; n <= $2; n++)); do echo "$1$n"; done
}

# The topology of the lab that is up: LAB_CLIENTS, LAB_SERVERS, LAB_POOL (those that serve from the start), LAB_LBS, LAB_SPARE_LBS (those of them that do not run at first), and what
# was asked for: LAB_GRE, LAB_PORT, LAB_DIRECT, LAB_SEND, LAB_DECAP, LAB_FAMILY, LAB_VIP_FAMILY.
save_topology() {
  local name
  for name in LAB_CLIENTS LAB_SERVERS LAB_POOL LAB_LBS LAB_SPARE_LBS LAB_GRE LAB_PORT LAB_DIRECT LAB_SEND LAB_DECAP LAB_FAMILY LAB_VIP_FAMILY; do printf '%s=%q\n' $name "${!name}"; done >"$LAB_STATE/topology"
}

load_topology() {
  [ -r "$LAB_STATE/topology" ] || fail "no lab is up (lab up)"
  . "$LAB_STATE/topology"
}

all_hosts() { echo $LAB_CLIENTS $LAB_LBS $LAB_SERVERS; }

require_host() {
  local kind=$1 host=$2
  case " $(all_hosts) " in *" $host "*) ;; *) fail "there is no host '$host' (there are: $(all_hosts))" ;; esac
  [[ $host == $kind* ]] || fail "$host is not a $kind"
}

inside() {
  local host=$1
  shift
  ip netns exec "$(namespace_of "$host")" "$@"
}
