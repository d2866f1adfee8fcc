import type { Witnessed } from "./frame.ts";
import { PROBES } from "./probes.ts";
import { USERS } from "./users.ts";

/** How `ipmi_si` reads a register: through a port or from memory, 8 to 64 bits at once. */
const READS = ["port_inb", "port_inw", "port_inl", "intf_mem_inb", "mem_inw", "mem_inl", "mem_inq"];
const WRITES = READS.map((name) => name.replace("_in", "_out"));

/** The host's side of an interface of registers. */
export function registers(interfaceName: string): Witnessed {
  return {
    what: `each access of the host's driver (ipmi_si) to the registers of its ${interfaceName} interface`,
    notRun: false,
    modules: ["ipmi_si", "ipmi_msghandler"],
    events: ["baseboard"],
    resources: /ipmi/,
    functions: FUNCTIONS,
  };
}

/**
 * The first argument tells interfaces apart, the second is the register's number, before spacing. A read
 * has two lines, because only its end knows the value. `r64` lets so many reads be under way at once.
 */
const FUNCTIONS = `
look() {
  [ -e "$tracefs/kprobe_events" ] ||
    missing "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS); boot one that has, or give its log to \\\`baseboard diagnose\\\`"
  [ -d "$root/sys/module/ipmi_si" ] ||
    missing "ipmi_si is not loaded: load it, or for SSIF use the script of \\\`baseboard capture ssif\\\`"
}

# probe_all IO OFFSET VALUE: where functions have their arguments. A read without its end is of no use.
probe_all() {
  for each in ${READS.join(" ")}; do
    add ipmi_si r64 "v_$each" "$each" 'val=$retval:x8' || continue
    if add ipmi_si p "r_$each" "$each" "io=$1:x64 off=$2:u32"; then
      probes=$((probes + 1))
    else
      take_away "v_$each"
      say "probe: none at $each"
    fi
  done
  for each in ${WRITES.join(" ")}; do
    add ipmi_si p "w_$each" "$each" "io=$1:x64 off=$2:u32 val=$3:x8" && probes=$((probes + 1))
  done
}

arm() {
  probes=0
  probe_all '$arg1' '$arg2' '$arg3'
  if [ "$probes" -eq 0 ]; then
    # Kernels before 4.20 do not know arguments by their number.
    case $(uname -m) in
      x86_64) probe_all %di %si %dx ;;
      aarch64) probe_all %x0 %x1 %x2 ;;
    esac
  fi
  [ "$probes" -gt 0 ] ||
    missing "none of ipmi_si's port functions can be probed; boot a distribution's kernel, or give its log to \\\`baseboard diagnose\\\`"
  users
}
${PROBES}
${USERS}`;
