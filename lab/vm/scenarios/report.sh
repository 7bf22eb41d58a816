# What a scenario says of itself: one line per thing shown, and at the end how many were not.

failures=0
shown() { echo "$SECONDS s  shown: $*"; }
failed() { echo "$SECONDS s  FAILED: $*"; failures=$((failures + 1)); }

# expect WHAT COMMAND...: the command must succeed.
expect() {
  local what=$1
  shift
  if "$@"; then shown "$what"; else failed "$what"; fi
}

# within SECONDS COMMAND...: true as soon as the command is; WAITED then says how many milliseconds that took.
within() {
  local start end
  start=$(date +%s%N)
  end=$((start + $1 * 1000000000))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s%N)" -lt $end ] || return 1
    sleep 0.05
  done
  WAITED=$((($(date +%s%N) - start) / 1000000))
}

finish() {
  [ $failures = 0 ] && exit 0
  echo "$failures not shown"
  exit 1
}
