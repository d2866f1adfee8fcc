import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { cacheFolder } from "../../../src/kernels/store.ts";
import { SHELL_BEGINS, shellArchive } from "../../../src/lab/crash/guest/shell-guest.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";
import { eventually } from "../eventually.ts";
import { leavesNothing } from "../nothing-left.ts";
import { unpackOnce } from "../unpack.ts";
import { type OpalBoot, startOpal } from "./opal.ts";

const FOLDER = join(cacheFolder(), "ppc64el");
const KERNEL = "linux-image-powerpc64le";
/** ipmitool, and what it is linked with. */
const TOOL = [
  ...["ipmitool", "libc6", "libfreeipmi17", "libgcrypt20", "libgpg-error0"],
  ...["libreadline8", "libssl3", "libtinfo6"],
];
const LIBRARIES = ["lib/powerpc64le-linux-gnu", "usr/lib/powerpc64le-linux-gnu"];
const NEEDED = /^(ld64|lib(c|m|crypto|freeipmi|gcrypt|gpg-error|readline|tinfo))\.so\.\d+$/;
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_powernv"];
/** A busy machine's. */
const LIFE_S = 150;
const OFF_LIMIT_MS = 140_000;

leavesNothing();

beforeAll(() => unpackOnce("unpack-guest.sh", FOLDER, "ppc64el", KERNEL, ...TOOL), 900_000);

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

// Goal: an unmodified kernel that reaches its BMC through firmware, and programs on it, are content with our
// controller. Method: Debian's kernel for POWER boots by skiboot, its ipmi_powernv makes /dev/ipmi0, ipmitool asks
// and files an event, and the machine goes off through the BMC.
test(
  "an unmodified kernel for POWER drives our controller through OPAL",
  async () => {
    const { bmc, console, events, messages } = await startOpal(linux(ASKS), ends);
    await eventually(() => expect(events()).toContain("SHUTDOWN"), OFF_LIMIT_MS);

    const said = console().replaceAll("\r", "");
    expect(said).toContain("crw------- /dev/ipmi0");
    expect(said).toMatch(/^Device ID +: 32$[\s\S]*^IPMI Version +: 2\.0$[\s\S]*^mc info: 0$/m);
    expect(said).toMatch(
      /^ +1 .* Voltage #0x60 \| Lower Critical going low .*$[\s\S]*^sel list: 0$/m,
    );
    expect(said).not.toMatch(/IPMI:|BT: /);
    expect(bmc.controller.logRecords).toHaveLength(1);
    expect(messages("bmc.request").at(-1)).toBe(CHASSIS_CONTROL_OFF);
    expect(bmc.controller.poweredOn).toBe(false);
  },
  OFF_LIMIT_MS,
);

const CHASSIS_CONTROL_OFF = "000200";

// Goal: what firmware and driver make of a BMC that answers another question, and of a panic that has something to say
// (docs/findings.md). Method: one answer of the controller's gets another command's number; then the kernel panics, and
// is watched for three times as long as it would wait before it restarts the machine.
test(
  "through OPAL another command's answer counts as success, and a panic never ends",
  async () => {
    const { bmc, console, events, messages } = await startOpal(linux(PANICS), ends);
    const execute = bmc.controller.execute.bind(bmc.controller);
    bmc.controller.execute = (request, from) => {
      const response = execute(request, from);
      return request[1] === SELF_TEST ? response?.with(1, OTHER_COMMAND) : response;
    };
    await eventually(() => expect(console()).toContain("Kernel panic"), OFF_LIMIT_MS);
    await eventually(() => expect(messages("bmc.response").at(-1)).toBe(EVENT_TAKEN), OFF_LIMIT_MS);
    await new Promise((resolve) => setTimeout(resolve, 3 * RESTARTS_S * 1_000));

    const said = console().replaceAll("\r", "");
    expect(said).toMatch(/Incorrect cmd 0x77 in response/);
    expect(said).toMatch(/^self test: 0$/m);
    expect(messages("bmc.request").at(-1)).toMatch(PANIC_EVENT);
    expect(events()).not.toContain("RESET");
    expect(said).not.toContain("Rebooting");
  },
  OFF_LIMIT_MS,
);

const SELF_TEST = 0x04;
const OTHER_COMMAND = 0x77;
/** Platform Event of an OS Critical Stop, a run-time one. @see IPMI 2.0 §29.3, Table 42-3 */
const PANIC_EVENT = /^1002410320/;
const EVENT_TAKEN = "140200";
const RESTARTS_S = 2;

/** QEMU 7.2 delivers the BT device's interrupt on this board, and on powernv9 does not. */
function linux(init: string): OpalBoot {
  return {
    board: "powernv8",
    lifeS: LIFE_S,
    kernel: (folder) => {
      const initrd = join(folder, "initrd");
      const shell = readFileSync(join(FOLDER, "busybox"));
      writeFileSync(initrd, shellArchive(init, members(), shell));
      const kernel = ["-kernel", join(FOLDER, "vmlinuz"), "-initrd", initrd];
      return [...kernel, "-append", "console=hvc0 quiet"];
    },
  };
}

/** `handler`: parameters of `ipmi_msghandler`. */
function driven(handler: string): string {
  const [first, ...others] = DRIVERS;
  return `${SHELL_BEGINS}
insmod /modules/${first}.ko ${handler}
for each in ${others.join(" ")}; do insmod /modules/$each.ko; done
until [ -e /dev/ipmi0 ]; do sleep 0.1; done`;
}

const ASKS = `${driven("")}
ls -l /dev/ipmi0 | sed 's/ .* / /'
ipmitool mc info; echo "mc info: $?"
ipmitool event 2 > /dev/null
ipmitool sel list; echo "sel list: $?"
poweroff -f
`;

const PANICS = `${driven("panic_op=string")}
ipmitool raw 6 4; echo "self test: $?"
echo ${RESTARTS_S} > /proc/sys/kernel/panic
echo c > /proc/sysrq-trigger
`;

function members(): readonly CpioMember[] {
  const libraries = LIBRARIES.flatMap((place) => {
    const names = readdirSync(join(FOLDER, "tree", place)).filter((name) => NEEDED.test(name));
    return names.map((name) => file(`lib/${name}`, join(FOLDER, "tree", place, name)));
  });
  const loader = join(FOLDER, "tree", LIBRARIES[0] ?? "", "ld64.so.2");
  return [
    ...DRIVERS.map((name) => file(`modules/${name}.ko`, join(FOLDER, `${name}.ko`))),
    file("bin/ipmitool", join(FOLDER, "tree/usr/bin/ipmitool")),
    file("lib64/ld64.so.2", loader),
    ...libraries,
  ];
}

function file(path: string, from: string): CpioMember {
  return { path, kind: "file", data: readFileSync(from) };
}
