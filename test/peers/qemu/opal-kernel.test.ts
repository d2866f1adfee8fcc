import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { cacheFolder } from "../../../src/kernels/store.ts";
import { SHELL_BEGINS, shellArchive } from "../../../src/lab/crash/guest/shell-guest.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";
import { ExternBmc, ExternSocket } from "../../../src/seats/qemu/index.ts";
import { LeasedScheduler, RealScheduler } from "../../../src/time/index.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
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
    const scheduler = new LeasedScheduler(new RealScheduler());
    ends.push(() => scheduler.end());
    const tracer = new Tracer(() => scheduler.now());
    const recorder = new Recorder();
    tracer.attach(recorder);
    const bmc = new ExternBmc({ scheduler, tracer });
    const socket = await ExternSocket.open(bmc);
    ends.push(() => socket.close());
    const { machine, console } = await startOpal(socket.arguments(), linux());
    ends.unshift(() => machine.stop());
    await eventually(() => expect(bmc.capabilities).not.toBe(0));
    machine.qmp.execute("cont");

    const events: string[] = [];
    await eventually(() => {
      events.push(...machine.qmp.sync().map(({ event }) => event));
      expect(events).toContain("SHUTDOWN");
    }, OFF_LIMIT_MS);

    const said = console().replaceAll("\r", "");
    expect(said).toContain("crw------- /dev/ipmi0");
    expect(said).toMatch(/^Device ID +: 32$[\s\S]*^IPMI Version +: 2\.0$[\s\S]*^mc info: 0$/m);
    expect(said).toMatch(
      /^ +1 .* Voltage #0x60 \| Lower Critical going low .*$[\s\S]*^sel list: 0$/m,
    );
    expect(said).not.toMatch(/IPMI:|BT: /);
    expect(bmc.controller.logRecords).toHaveLength(1);
    expect(requests(recorder).at(-1)).toBe(CHASSIS_CONTROL_OFF);
    expect(bmc.controller.poweredOn).toBe(false);
  },
  OFF_LIMIT_MS,
);

const CHASSIS_CONTROL_OFF = "000200";

function requests({ events }: Recorder): readonly string[] {
  return events.flatMap((event) => {
    return event.e === "bmc.request" ? [Buffer.from(event.message).toString("hex")] : [];
  });
}

/** QEMU 7.2 delivers the BT device's interrupt on this board, and on powernv9 does not. */
function linux(): OpalBoot {
  return {
    board: "powernv8",
    lifeS: LIFE_S,
    kernel: (folder) => {
      const initrd = join(folder, "initrd");
      const shell = readFileSync(join(FOLDER, "busybox"));
      writeFileSync(initrd, shellArchive(INIT, members(), shell));
      const kernel = ["-kernel", join(FOLDER, "vmlinuz"), "-initrd", initrd];
      return [...kernel, "-append", "console=hvc0 quiet"];
    },
  };
}

const INIT = `${SHELL_BEGINS}
for each in ${DRIVERS.join(" ")}; do insmod /modules/$each.ko; done
until [ -e /dev/ipmi0 ]; do sleep 0.1; done
ls -l /dev/ipmi0 | sed 's/ .* / /'
ipmitool mc info; echo "mc info: $?"
ipmitool event 2 > /dev/null
ipmitool sel list; echo "sel list: $?"
poweroff -f
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
