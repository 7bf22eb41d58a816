#!/bin/bash
# Builds, checks the format, runs every test project. Tests that this machine cannot run are skipped, each with its reason.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. lab/lib/packages.sh

need_lab_packages
./build.sh || exit
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build RustyRail.sln -c Release -v quiet -clp:ErrorsOnly || { echo "test.sh: the solution does not build" >&2; exit 1; }
status=0
dotnet format RustyRail.sln --verify-no-changes --no-restore --severity warn || { echo "test.sh: the format differs: run dotnet format" >&2; status=1; }

for project in tests/*/*.Tests.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  dotnet test "$project" -c Release --no-build --nologo -v quiet --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --logger "console;verbosity=minimal" || status=1
  [ -s "$results/$name.trx" ] || echo "no tests in $name"
done

lab/lib/test-totals.sh "$results"/*.trx || status=1
exit $status
