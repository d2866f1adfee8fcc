#!/bin/sh
# OpenBMC's ipmid behind an interface of ours: each request, a line on standard input, goes to ipmid over D-Bus as
# its own bridges from /dev/ipmi-kcs and /dev/ipmi-ssif-host send it, and comes back as a line on standard output.
# On the BMC itself, or from elsewhere with BUSCTL="ssh root@bmc busctl".
: "${BUSCTL:=busctl}"
name=xyz.openbmc_project.Ipmi

while read -r netfn cmd data; do
  bytes=""
  count=0
  for byte in $data; do
    bytes="$bytes 0x$byte"
    count=$((count + 1))
  done
  # NetFn, LUN, command, the data, and no options.
  reply=$($BUSCTL call $name.Host /xyz/openbmc_project/Ipmi $name.Server execute 'yyyaya{sv}' \
    $((0x$netfn >> 2)) $((0x$netfn & 3)) "0x$cmd" "$count" $bytes 0 </dev/null) || exit
  # (yyyyay) NetFn LUN command code count data...
  set -- $reply
  line=$(printf '%02x %02x %02x' $(($2 << 2 | $3)) "$4" "$5")
  shift 6
  for byte; do line="$line $(printf '%02x' "$byte")"; done
  echo "$line"
done
