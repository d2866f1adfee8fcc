#!/bin/sh
# Unpacks packages of the distribution into the folder that is named first, without installing them: a
# package's scripts have a say in what this machine does.
set -eu

folder="$1"
shift
mkdir -p "$folder"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cd "$work"
apt-get -o APT::Sandbox::User=root -q download "$@"
for package in *.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder"
done
