#!/bin/sh
# Unpacks the distribution's kexec, and the libraries that it needs beside libc, into the folder that is
# named. It is not installed: the package's scripts would have a say in how this machine reboots.
set -eu

folder="$1"
mkdir -p "$folder"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

packages="$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
  --no-replaces --no-enhances kexec-tools | grep -E '^(kexec-tools|libxen[^:]*)$' | sort -u)"
cd "$work"
# shellcheck disable=SC2086
apt-get -o APT::Sandbox::User=root -q download $packages
for package in *.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder"
done
