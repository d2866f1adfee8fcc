#!/bin/sh
# The least that a BMC's application can be, behind an interface of ours: a request a line on standard
# input, its response a line on standard output. Get Device ID (18 01) is answered, all else refused with C1h.
while read -r netfn cmd data; do
  case "$netfn $cmd" in
    "18 01") echo "1c 01 00 20 01 01 00 02 00 00 00 00 00 00" ;;
    *) printf '%02x %s c1\n' $((0x$netfn | 4)) "$cmd" ;;
  esac
done
