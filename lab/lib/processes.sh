# Processes of the lab. Each is recorded with pid and start time, so that a pid which the kernel gave to somebody else is left alone.

start_time_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# spawn HOST NAME COMMAND...: in the background, in a session of its own; output to HOST/NAME.log.
spawn() {
  local host=$1 name=$2
  shift 2
  spawn_outside "$host" "$name" ip netns exec "$(namespace_of "$host")" env $(environment_of "$host") "$@"
}

# The same in the machine's own network; only recorded with the host.
spawn_outside() {
  local dir name=$2
  dir=$(host_dir "$1")
  shift 2
  setsid "$@" </dev/null >>"$dir/$name.log" 2>&1 9>&- &
  echo "$! $(start_time_of $!)" >"$dir/$name.pid"
}

# alive HOST NAME: prints the pid, or fails.
alive() {
  local pid started
  read -r pid started 2>/dev/null <"$(host_dir "$1")/$2.pid" || return 1
  [ -n "$started" ] && [ "$(start_time_of "$pid")" = "$started" ] || return 1
  [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c1)" != Z ] || return 1
  echo "$pid"
}

# stop HOST NAME: asks, waits up to 5 s, insists.
stop() {
  local pid tries
  pid=$(alive "$1" "$2") || { rm -f "$(host_dir "$1")/$2.pid"; return 0; }
  kill -TERM "$pid" 2>/dev/null || true
  for ((tries = 0; tries < 250; tries++)); do
    alive "$1" "$2" >/dev/null || break
    sleep 0.02
  done
  ! alive "$1" "$2" >/dev/null || kill -KILL "$pid" 2>/dev/null || true
  rm -f "$(host_dir "$1")/$2.pid"
}

# wait_until SECONDS COMMAND...: true as soon as the command is, false after that time.
wait_until() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# Programs of the lab print a line once they receive.
wait_started() {
  wait_until 10 test -s "$(host_dir "$1")/$2.log" && alive "$1" "$2" >/dev/null && return
  cat "$(host_dir "$1")/$2.log" >&2
  echo "lab: $2 does not start on $1" >&2
  return 1
}
