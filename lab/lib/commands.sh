# The commands, one function each.

lab_up() {
  local iteration=2 clients= servers= lbs= spares=0 spare_lbs=0 started host
  LAB_GRE=${LAB_GRE:-auto} LAB_DECAP=${LAB_DECAP:-} LAB_PORT=${LAB_PORT:-auto} LAB_DIRECT=0 LAB_SEND=gre LAB_FAMILY=4 LAB_VIP_FAMILY=
  while [ $# -gt 0 ]; do
    case $1 in
      [1-4]) iteration=$1 ;;
      --clients | --servers | --lbs)
        [[ ${2:-} =~ ^[1-9][0-9]?$ ]] && [ "$2" -le 60 ] || fail "$1 needs a number from 1 to 60"
        printf -v "${1#--}" %s "$2"
        shift ;;
      --spares | --spare-lbs)
        [[ ${2:-} =~ ^[0-9]$ ]] || fail "$1 needs a number from 0 to 9"
        if [ "$1" = --spares ]; then spares=$2; else spare_lbs=$2; fi
        shift ;;
      --gre)
        [[ ${2:-} =~ ^(auto|own|kernel)$ ]] || fail "--gre needs auto, own or kernel"
        LAB_GRE=$2
        shift ;;
      --decap)
        [[ ${2:-} =~ ^(auto|own|kernel|xdp)$ ]] || fail "--decap needs auto, own, kernel or xdp"
        LAB_DECAP=$2
        shift ;;
      --send)
        [[ ${2:-} =~ ^(gre|ipip|l2|gue|vxlan|geneve)$ ]] || fail "--send needs gre, ipip, l2, gue, vxlan or geneve"
        LAB_SEND=$2
        shift ;;
      --family | --vip-family)
        [[ ${2:-} =~ ^[46]$ ]] || fail "$1 needs 4 or 6"
        if [ "$1" = --family ]; then LAB_FAMILY=$2; else LAB_VIP_FAMILY=$2; fi
        shift ;;
      --port)
        [[ ${2:-} =~ ^(auto|netmap|af_xdp|af_packet)$ ]] || fail "--port needs auto, netmap, af_xdp or af_packet"
        LAB_PORT=$2
        shift ;;
      --direct) LAB_DIRECT=1 ;;
      *) fail "unknown argument '$1' (lab --help)" ;;
    esac
    shift
  done
  LAB_VIP_FAMILY=${LAB_VIP_FAMILY:-$LAB_FAMILY}
  [ "$LAB_FAMILY$LAB_VIP_FAMILY" = 44 ] || has_ipv6 || fail "this kernel has no IPv6"
  [ -x "$LAB_OUT/rustyrail" ] || fail "$LAB_OUT/rustyrail is missing (run ./build.sh)"
  mkdir "$LAB_STATE" 2>/dev/null || fail "a lab is up already (lab status; lab down removes it)"
  trap 'undo_up $?' EXIT
  trap 'exit 130' INT TERM HUP

  LAB_CLIENTS=$(list_of client "${clients:-$((iteration == 4 ? 2 : 1))}" | xargs)
  servers=${servers:-$((iteration == 1 ? 1 : 2))}
  LAB_SERVERS=$(list_of server $((servers + spares)) | xargs)
  LAB_POOL=$(list_of server "$servers" | xargs)
  lbs=${lbs:-$((iteration >= 3 ? 2 : 1))}
  LAB_LBS=$(list_of lb $((lbs + spare_lbs)) | xargs)
  started=$(list_of lb "$lbs" | xargs)
  LAB_SPARE_LBS=${LAB_LBS#"$started"}
  make_segment
  choose_decap
  choose_gre
  save_topology

  for host in $LAB_CLIENTS; do make_client "$host"; done
  for host in $LAB_LBS; do make_host "$host"; done
  for host in $LAB_SERVERS; do make_server "$host"; done
  make_big_file
  for host in $LAB_SERVERS; do
    write_nginx_configuration "$host"
    start_web "$host"
    start_server_end "$host"
  done
  if [ $LAB_DIRECT = 1 ]; then
    for host in $LAB_CLIENTS; do start_client_end "$host" $LAB_POOL; done
  else
    for host in $LAB_LBS; do write_services "$host"; write_node "$host"; done
    for host in $started; do start_balancer "$host"; done
    for host in $LAB_CLIENTS; do start_client_end "$host" $started; done
    for host in $started; do wait_ready "$host"; done
    [ "$LAB_LBS" = lb1 ] || start_follower
  fi
  trap - EXIT
  echo "lab up: $(all_hosts), $(describe_routers), $(describe_ends), VIP $(vip_address) port 80"
}

# A failed or interrupted start leaves nothing behind.
undo_up() {
  trap '' INT TERM HUP
  trap - EXIT
  echo "lab: up did not finish, removing what was made" >&2
  remove_lab
  exit "$1"
}

lab_down() {
  if [ ! -e "$LAB_STATE" ]; then
    echo "no lab is up"
    return
  fi
  trap '' INT
  remove_lab
  echo "lab down"
}

remove_lab() {
  local file
  # The balancers before the rest: they restore what they changed, while their device is still there. Nobody is to follow them then.
  for file in "$LAB_STATE"/net/follower.pid "$LAB_STATE"/lb*/rustyrail.pid "$LAB_STATE"/*/*.pid; do
    [ -e "$file" ] || continue
    stop "$(basename "$(dirname "$file")")" "$(basename "$file" .pid)"
  done
  remove_network
  rm -rf "$LAB_STATE"
}

lab_exec() {
  local host
  load_topology
  [ $# -ge 2 ] || fail "exec needs a host and a command"
  host=$(host_named "$1")
  require_host '' "$host"
  shift
  exec ip netns exec "$(namespace_of "$host")" env $(environment_of "$host") "$@"
}

lab_route() {
  local host
  load_topology
  [ $# -ge 1 ] || fail "route needs at least one host, or auto"
  if [ "$*" = auto ]; then
    start_follower
    return
  fi
  for host in "$@"; do require_host '' "$host"; done
  stop net follower
  lab_reroute "$@"
}

# What the follower calls: the next hops change, the follower stays.
lab_reroute() {
  local client
  load_topology
  for client in $LAB_CLIENTS; do set_route "$client" "$@"; done
}

lab_web() {
  load_topology
  [ $# -eq 2 ] || fail "web needs start, stop, silence or heal, and a server"
  require_host server "$2"
  case $1 in
    start | stop | silence | heal) "$1_web" "$2" ;;
    *) fail "web '$1' is not start, stop, silence or heal" ;;
  esac
}

lab_lb() {
  load_topology
  [ $# -eq 2 ] || [ "$1 $#" = "use 3" ] || fail "lb needs start, stop, crash or kill, and a load balancer"
  require_host lb "$2"
  case $1 in
    use)
      [ -x "$3/rustyrail" ] && [[ $3 != *[[:space:]:]* ]] || fail "there is no rustyrail in '$3'"
      readlink -f "$3" >"$(host_dir "$2")/programs" ;;
    start) start_balancer "$2"; wait_ready "$2" ;;
    stop) stop "$2" rustyrail ;;
    crash | kill) "$1_balancer" "$2" ;;
    *) fail "lb '$1' is not start, stop, crash, kill or use" ;;
  esac
}

lab_isolate() {
  load_topology
  [ $# -eq 1 ] || fail "isolate needs a load balancer"
  require_host lb "$1"
  [ "$LAB_LBS" != lb1 ] || fail "there is no other load balancer to isolate $1 from"
  isolate_balancer "$1"
}

lab_heal() {
  load_topology
  [ $# -eq 1 ] || fail "heal needs a load balancer"
  require_host lb "$1"
  reconnect_balancer "$1"
}

lab_status() {
  local host name file state
  load_topology
  printf '%-10s %-16s %s\n' host address processes
  for host in $(all_hosts); do
    state=
    for file in "$(host_dir "$host")"/*.pid; do
      [ -e "$file" ] || continue
      name=$(basename "$file" .pid)
      state+="$name $(alive "$host" "$name" || echo dead)  "
    done
    printf '%-10s %-16s %s\n' "$host" "$(v_address "$host")" "$state"
  done
  echo "GRE ends: $LAB_GRE; $(describe_ends)"
}
