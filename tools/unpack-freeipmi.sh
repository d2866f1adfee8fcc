#!/bin/sh
# Unpacks FreeIPMI's programs, and the libraries that they need beside libc, into the folder that is named.
# Bookworm's own build, 1.6.10, has no port instructions: there it is the backport's. The package lists are
# read into a folder of our own, so that the system's sources stay as they are.
set -eu

codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
suite="$codename"
[ "$codename" != bookworm ] || suite=bookworm-backports

# shellcheck disable=SC2016
source="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $codename" \
  | head -n 1)"
if [ -z "$source" ]; then
  echo "unpack-freeipmi: apt has no source for $codename" >&2
  exit 3
fi

apt="$(mktemp -d)"
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ ! -f "$keyring" ] || trusted="[signed-by=$keyring] "
echo "deb ${trusted:-}$source $suite main" > "$apt/sources.list"
: > "$apt/status"
cat > "$apt/apt.conf" << END
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
export APT_CONFIG="$apt/apt.conf"
apt-get -q update
sh "$(dirname "$0")/unpack-packages.sh" "$1" \
  freeipmi-common freeipmi-tools libfreeipmi17 libipmiconsole2 libipmidetect0
