import { RESULTS_AT } from "../../../crash/results.ts";
import type { CpioMember } from "../../../seats/linux/cpio.ts";
import { placingWrites } from "../../../seats/linux/placed-registers.ts";
import type { CrashingGuest, RegisterPlace, Watched } from "./parts.ts";
import {
  driverMembers,
  KERNEL_ARGUMENTS as PLAIN_ARGUMENTS,
  SHELL_BEGINS,
  shellArchive,
} from "./shell-guest.ts";

/** What the guest tells at its ear: the second that it is, of so many, or one of these. */
export const Said = { Clock: 128, HasShown: 0xfd, IsUp: 0xfe, Crashes: 0xff } as const;

export const KERNEL_ARGUMENTS: readonly string[] = [...PLAIN_ARGUMENTS, "8250.nr_uarts=1"];
const DUMP_ARGUMENTS = [...KERNEL_ARGUMENTS, "reset_devices", "nr_cpus=1", "irqpoll"];
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"];
const WATCHDOG_DRIVER = "ipmi_watchdog";

/** Where the functions are on the machine's bus. */
export const SLOTS = { registers: 2, ear: 3 } as const;
const FUNCTIONS = "/sys/bus/pci/devices/0000:00:0";

/** Tells a byte, or the second that it is. */
const TELLING = `ear=$((\`cut -d' ' -f1 ${FUNCTIONS}${SLOTS.ear}.0/resource | head -n1\`))
tell() { printf "\\\\x$(printf %x $1)" | dd of=/dev/port bs=1 seek=$ear conv=notrunc 2> /dev/null; }
tick() { tell $(( $(date +%s) % ${Said.Clock} )); }`;

/** What the driver calls it. */
const SPACE = { io: "i/o", mem: "mem" } as const;

/** Puts the registers where they are to be. */
function placing(place: RegisterPlace): string {
  const config = `dd of=${FUNCTIONS}${SLOTS.registers}.0/config conv=notrunc 2> /dev/null`;
  const lines = placingWrites(place).map(({ offset, value }) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    const octal = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    return `printf '${octal}' | ${config} bs=4 seek=${offset / 4}`;
  });
  return lines.join("\n");
}

/** Loads the drivers and the image, and crashes by the kernel's own key for it. */
export function firstArchive(guest: CrashingGuest, kexec: readonly CpioMember[]): Uint8Array {
  const { kernel, image, how, watched, place } = guest;
  const { at, kind, base, spacing, width } = place;
  const arming = `insmod /modules/${WATCHDOG_DRIVER}.ko timeout=${watched?.timerS} action=reset
tick; exec 3> /dev/watchdog; echo -n x >&3; echo ARMED`;
  const [main = "", ...others] = DRIVERS.toReversed();
  const init = `${SHELL_BEGINS}
${TELLING}
${placing(place)}
for each in ${others.toReversed().join(" ")}; do insmod /modules/$each.ko; done
insmod /modules/${main}.ko trypci=0 tryacpi=0 trydmi=0 unload_when_empty=0
echo add,${kind},${SPACE[at]},${base},rsp=${spacing},rsi=${width / 8} > /sys/module/${main}/parameters/hotmod
LD_LIBRARY_PATH=/lib kexec ${how} -p --command-line="${DUMP_ARGUMENTS.join(" ")}" \\
  --initrd=/crash/initrd /crash/vmlinuz
echo "KEXEC $? $(cat /sys/kernel/kexec_crash_loaded)"
[ $(cat /sys/kernel/kexec_crash_loaded) = 1 ] || reboot -f
${watched === undefined ? "" : arming}
tick; tell ${Said.Crashes}
echo c > /proc/sysrq-trigger
`;
  return shellArchive(init, [
    ...kexec,
    ...driverMembers(kernel, [...DRIVERS, WATCHDOG_DRIVER]),
    { path: "crash/vmlinuz", kind: "file", data: image },
    { path: "crash/initrd", kind: "file", data: secondArchive(watched) },
  ]);
}

/** Shows which kernel it is, that the other's memory is there, and what it was given. */
function secondArchive(watched: Watched | undefined): Uint8Array {
  const init = `${SHELL_BEGINS}
${TELLING}
tick; tell ${Said.IsUp}
echo "SECOND $(uname -r), vmcore $(test -s /proc/vmcore && echo there || echo missing)"
echo "PARAMS $(tail -c +${RESULTS_AT + 1} /sys/kernel/boot_params/data | od -An -v -tx1 | tr -d '\\n')"
sleep 1; tell ${Said.HasShown}
${watched === undefined ? "" : dumping(watched.dumpS)}
reboot -f
`;
  return shellArchive(init, []);
}

/** A dump to a slow disk, a piece each second; one that hangs has no more pieces after the third. */
function dumping(dumpS: Watched["dumpS"]): string {
  const goesOn = dumpS === "hangs" ? "true" : `[ $piece -lt ${dumpS} ]`;
  const saves = dumpS === "hangs" ? "[ $piece -lt 3 ]" : "true";
  return `piece=0
tick
while ${goesOn}; do
  ${saves} && dd if=/proc/vmcore of=/dev/null bs=65536 skip=$piece count=1 2> /dev/null && echo "DUMPED $piece"
  sleep 1; tick; piece=$((piece + 1))
done
echo "DUMP COMPLETE"`;
}
