#!/bin/sh
# Unpacks what a guest of another architecture is made of: the distribution's kernel, its IPMI drivers, a BusyBox, and
# the trees of the packages that are named besides. The system's apt is asked for its sources alone: it need
# not know that architecture.
#
#     unpack-guest.sh FOLDER ARCHITECTURE KERNEL [PACKAGE...]     KERNEL: the package that depends on the newest one
set -eu

folder="$1"
architecture="$2"
newest="$3"
shift 3
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
cat > "$work/apt.conf" <<CONFIG
Dir::State "$work/state";
Dir::State::status "/dev/null";
Dir::Cache "$work/cache";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
CONFIG
export APT_CONFIG="$work/apt.conf"

# A mirror need not have every suite whole: what is lacking then, the next command says.
apt-get -q update || true
kernel="$(apt-cache depends "$newest" | sed -n 's/.*Depends: \(linux-image-\)/\1/p')"
unpack="$(dirname "$0")/unpack-packages.sh"
sh "$unpack" "$work/tree" "$kernel" busybox-static

mkdir -p "$folder"
cp "$work"/tree/boot/vmlinu[xz]-* "$folder/vmlinuz"
cp "$work/tree/bin/busybox" "$folder/busybox"
cp "$work"/tree/lib/modules/*/kernel/drivers/char/ipmi/*.ko "$folder"
[ $# -eq 0 ] || sh "$unpack" "$folder/tree" "$@"
