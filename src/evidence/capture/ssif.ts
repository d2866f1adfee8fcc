import type { Witnessed } from "./frame.ts";
import { PROBES } from "./probes.ts";
import { USERS } from "./users.ts";

/**
 * The host's side of SSIF, by the kernel's own tracepoints. Where an adapter makes SMBus out of plain I2C,
 * both kinds tell of one transaction, and only the second has its PEC.
 */
export const ssif: Witnessed = {
  what: "each transaction of the host's driver (ipmi_ssif) with the BMC on its bus",
  notRun: false,
  modules: ["ipmi_ssif", "ipmi_msghandler"],
  events: ["smbus", "i2c", "baseboard"],
  resources: /ipmi|i2c|smbus/,
  functions: `
look() {
  [ -d "$tracefs/events/smbus" ] ||
    missing "this kernel has no smbus tracepoints; load i2c-core, boot a kernel with CONFIG_TRACING, or put a logic analyser on the bus"
  [ -d "$root/sys/module/ipmi_ssif" ] ||
    missing "ipmi_ssif is not loaded: load it, or for KCS, SMIC and BT use the script of \\\`baseboard capture kcs\\\`"
}

# Others are on the bus, too, and are nobody's business: only what goes to the BMC is written down.
arm() {
  [ ! -e "$tracefs/kprobe_events" ] || users
  adapters=
  clients=
  for each in "$root/sys/bus/i2c/drivers/ipmi_ssif"/*-*; do
    [ -e "$each" ] || continue
    each=\${each##*/}
    say "client: $each"
    adapters="$adapters\${adapters:+ || }adapter_nr == \${each%%-*}"
    clients="$clients\${clients:+ || }(adapter_nr == \${each%%-*} && addr == 0x\${each##*-})"
  done
  if [ -z "$clients" ]; then
    say "note: ipmi_ssif has no interface yet, so what others do on the buses is here, too"
    return 0
  fi
  for each in "$here/events/smbus"/*/filter "$here/events/i2c"/*/filter; do
    [ -e "$each" ] || continue
    put "$clients" "$each" || put "$adapters" "$each"
  done
}
${PROBES}
${USERS}`,
};
