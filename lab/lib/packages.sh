# Installs Debian/Ubuntu packages, but only those whose program or file is missing. Sourced by build.sh, test.sh, demo.sh.

# need_packages PACKAGE=PROGRAM_OR_FILE...
need_packages() {
  local missing=() entry
  for entry in "$@"; do
    case ${entry#*=} in
      /*) [ -e "${entry#*=}" ] || missing+=("${entry%%=*}") ;;
      *) PATH=$PATH:/usr/sbin:/sbin command -v "${entry#*=}" >/dev/null || missing+=("${entry%%=*}") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "$(basename "$0"): missing packages: ${missing[*]} (install them, or run as root where apt-get exists)" >&2
    exit 2
  fi
  echo "installing ${missing[*]}"
  install_quietly "${missing[@]}" || exit 2
}

# A package's own daemon (nginx on port 80) must not start on this machine: the lab starts its servers in namespaces.
# A subshell, so that its trap takes the ban away again, whatever happens.
install_quietly() (
  policy=/usr/sbin/policy-rc.d made= log=$(mktemp)
  trap 'rm -f "$log" $made' EXIT
  trap 'exit 130' INT TERM HUP
  if [ ! -e $policy ]; then
    made=$policy
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
  fi
  # An unreachable extra source must not stop what the others have.
  apt-get update -qq >"$log" 2>&1 || true
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "$(basename "$0"): apt-get could not install $*" >&2
    exit 2
  fi
  case " $* " in *" nginx "*) systemctl disable nginx >>"$log" 2>&1 || true ;; esac
)

need_dotnet() {
  command -v dotnet >/dev/null && return
  echo "$(basename "$0"): the .NET SDK 10 is missing (https://dotnet.microsoft.com/download)" >&2
  exit 2
}

# NativeAOT links with gcc against zlib; strip takes the symbols out.
need_build_packages() { need_packages gcc=gcc libc6-dev=/usr/include/stdio.h zlib1g-dev=/usr/include/zlib.h binutils=strip; }

need_lab_packages() {
  need_packages iproute2=ip ethtool=ethtool nginx=nginx curl=curl nftables=nft iputils-ping=ping procps=sysctl util-linux=setsid openssl=openssl
}
