# Web servers: nginx on port 80 of every address of a server, its name in the body.

# 200,000,000 bytes, the same everywhere, no two lines alike: a lost or doubled piece changes the sum.
make_big_file() { seq 100000000000000 100000012499999 >"$LAB_STATE/big"; }

write_nginx_configuration() {
  local server=$1 dir
  dir=$(host_dir "$server")
  mkdir -p "$dir/upload"
  cat >"$dir/nginx.conf" <<END
user root;
worker_processes 1;
daemon off;
pid $dir/nginx.process;
error_log $dir/nginx-error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $dir/nginx-body;
  proxy_temp_path $dir/nginx-proxy;
  fastcgi_temp_path $dir/nginx-fastcgi;
  uwsgi_temp_path $dir/nginx-uwsgi;
  scgi_temp_path $dir/nginx-scgi;
  client_max_body_size 0;
  sendfile on;
  keepalive_requests 1000000;
  keepalive_timeout 1h;
  server {
    listen 0.0.0.0:80 backlog=4096;
$(! has_ipv6 || echo '    listen [::]:80 backlog=4096;')
    default_type text/plain;
    location / { return 200 "$server\n"; }
    location = /echo { return 200 "$server \$arg_n\n"; }
    location = /healthz { return 200 "ok\n"; }
    location = /big { alias $LAB_STATE/big; add_header X-Server $server; }
    location /upload/ { root $dir; dav_methods PUT; }
  }
}
END
}

start_web() {
  local server=$1 dir
  dir=$(host_dir "$server")
  ! alive "$server" nginx >/dev/null || return 0
  spawn "$server" nginx nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/nginx-error.log"
  wait_until 5 inside "$server" curl -sf -m 1 -o /dev/null http://127.0.0.1/healthz ||
    { tail -n 5 "$dir/nginx-error.log" >&2; echo "lab: nginx does not answer on $server" >&2; return 1; }
}

# SIGTERM to the master: it closes listening sockets and connections at once.
stop_web() { stop "$1" nginx; }

# Dropped, not refused: SYNs, requests and probes vanish, both directions of what is established too.
silence_web() {
  inside "$1" nft -f - <<'END'
table inet lab
delete table inet lab
table inet lab {
  chain input { type filter hook input priority 0; tcp dport 80 drop; }
  chain output { type filter hook output priority 0; tcp sport 80 drop; }
}
END
}

heal_web() { inside "$1" nft delete table inet lab; }
