#!/bin/sh
# Unpacks what a guest of arm64 is made of into the folder that is named: the distribution's kernel, its IPMI
# drivers, and a BusyBox. The system's apt is asked for its sources alone: it need not know that architecture.
set -eu

folder="$1"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
cat > "$work/apt.conf" <<CONFIG
Dir::State "$work/state";
Dir::State::status "/dev/null";
Dir::Cache "$work/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
CONFIG
export APT_CONFIG="$work/apt.conf"

apt-get -q update
kernel="$(apt-cache depends linux-image-arm64 | sed -n 's/.*Depends: \(linux-image-\)/\1/p')"
sh "$(dirname "$0")/unpack-packages.sh" "$work/tree" "$kernel" busybox-static

mkdir -p "$folder"
cp "$work"/tree/boot/vmlinuz-* "$folder/vmlinuz"
cp "$work/tree/bin/busybox" "$folder/busybox"
cp "$work"/tree/lib/modules/*/kernel/drivers/char/ipmi/*.ko "$folder"
