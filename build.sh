#!/bin/bash
# Builds out/rustyrail, out/rustyrail-dataplane and the lab's programs. Says so at once when nothing has changed.
# With --netmap-load also out/lab/netmap-load, which the scenarios in lab/vm need; then every time.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. lab/lib/packages.sh

need_dotnet
need_build_packages
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

shared="global.json Directory.Build.props Directory.Packages.props .editorconfig"

# What a program is made of, by content: a checkout that only touches times builds nothing.
digest_of() {
  { dotnet --version
    find $shared "$@" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum
}

# publish NAME PROJECT SOURCES...: into out/.staging/NAME, unless its sources are those of the last time.
publish() {
  local name=$1 project=$2 digest log
  shift 2
  digest=$(digest_of "$@")
  [ "$(cat "out/.staging/$name.digest" 2>/dev/null)" = "$digest" ] && return
  echo "building $name"
  rm -rf "out/.staging/$name" "out/.staging/$name.digest"
  log=$(mktemp)
  if ! dotnet publish "$project" -c Release -o "out/.staging/$name" -v quiet >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "build.sh: $project does not build" >&2
    exit 1
  fi
  rm -f "$log"
  echo "$digest" >"out/.staging/$name.digest"
}

# join FOLDER NAME...: the staged files in one folder. A new file replaces the old one instead of being written into it:
# the programs may be running from it.
join() {
  local folder=$1 name file list
  shift
  list=$(mktemp)
  for name in "$@"; do
    while IFS= read -r -d '' file; do
      if grep -qxF "$file" "$list" && ! cmp -s "out/.staging/$name/$file" "$folder/$file"; then
        echo "build.sh: two different files are called $file" >&2
        exit 1
      fi
      echo "$file" >>"$list"
      mkdir -p "$folder/$(dirname "$file")"
      cmp -s "out/.staging/$name/$file" "$folder/$file" || cp -a --remove-destination "out/.staging/$name/$file" "$folder/$file"
    done < <(cd "out/.staging/$name" && find . -type f -not -name '*.pdb' -not -name '*.dbg' -print0)
  done
  { grep -vxFf "$list" "$folder/.files" 2>/dev/null || true; } | while read -r file; do rm -f "$folder/$file"; done
  mv "$list" "$folder/.files"
}

mkdir -p out/.staging out/lab
exec 9>out/.staging/lock
flock 9
publish rustyrail-dataplane Dataplane/Host Dataplane
publish rustyrail ControlPlane ControlPlane Actors Dataplane/Contract
publish lab lab/GreRouter lab/GreRouter Dataplane/Contract Dataplane/Native Dataplane/Ports
publish lab-survival lab/Survival lab/Survival
[ "${1:-}" != --netmap-load ] || mkdir -p out/.staging/netmap-load
[ ! -d out/.staging/netmap-load ] || publish netmap-load lab/NetmapLoad lab/NetmapLoad Dataplane
if [ "$(cat out/.staging/*.digest)" != "$(cat out/.staging/joined 2>/dev/null)" ] || [ ! -x out/rustyrail ]; then
  rm -f out/.staging/joined
  join out rustyrail-dataplane rustyrail
  join out/lab lab lab-survival $([ ! -d out/.staging/netmap-load ] || echo netmap-load)
  cat out/.staging/*.digest >out/.staging/joined
  echo "built out/rustyrail, out/rustyrail-dataplane"
else
  echo "out/ is up to date"
fi
