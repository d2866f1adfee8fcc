#!/bin/sh
# Unpacks the distribution's kexec, and the libraries that it needs beside libc, into the folder that is
# named.
set -eu

packages="$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
  --no-replaces --no-enhances kexec-tools | grep -E '^(kexec-tools|libxen[^:]*)$' | sort -u)"
# shellcheck disable=SC2086
exec sh "$(dirname "$0")/unpack-packages.sh" "$1" $packages
