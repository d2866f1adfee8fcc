#!/bin/sh
# Installs the outside programs that seats and tests need, from the distribution's packages: QEMU
# for x86, ARM and POWER with their firmware, ipmiutil, ipmitool, a BusyBox for guests with a shell, xz and
# zstd to unpack kernels and modules, make and a compiler for ARM for the module that Debian's kernels
# lack, what reads our exports and pages: tshark, sigrok-cli, GTKWave, Chromium, and a server for the queue
# of a campaign: Redis.
set -eu

packages="qemu-system-x86 qemu-system-arm qemu-system-ppc qemu-system-data seabios ipmiutil ipmitool busybox-static xz-utils zstd make gcc-arm-linux-gnueabihf tshark sigrok-cli gtkwave chromium redis-server"

if ! command -v apt-get >/dev/null 2>&1; then
  echo "install-programs: no apt-get here; install by other means: $packages" >&2
  exit 3
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  as_root="sudo"
fi

export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root apt-get install -q -y --no-install-recommends $packages
