import { beforeAll, describe, expect, test } from "vitest";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { SmbusFunction } from "../../../src/seats/linux/smbus-device.ts";
import { NEWS, programmeTests } from "./device-programme.ts";
import { kernelFor } from "./kernel.ts";
import { GuestClock } from "./machine-clock.ts";
import { runNodeGuest } from "./node-guest.ts";
import { type Told, toldIn } from "./told.ts";

const VERSION = "7.2";
const SSIF_SLOT = "0000:00:05.0";
/** Behind the bus controller's registers. */
const CLOCK = { file: `/sys/bus/pci/devices/${SSIF_SLOT}/resource4`, offset: 0x24 };
const HOTMOD = "/sys/module/ipmi_si/parameters/hotmod";

/** Which interfaces there are, where the kernel says they are, and how they are written when it has gone. */
const OURS = [
  { name: "bt", ...onPci(2, "bt,i/o"), target: "bt:pci:0000:00:02.0" },
  { name: "smic", ...onPci(3, "smic,i/o"), target: "smic:pci:0000:00:03.0" },
  { name: "memory", ...onPci(4, "kcs,mem"), target: "kcs:mem:ADDRESS", whole: true },
  {
    name: "ssif",
    begins: "0-0010",
    off: { file: "/sys/bus/i2c/drivers/ipmi_ssif/unbind", text: "0-0010" },
    target: "ssif:i2c-0:0x10",
  },
] as const;
const OF_QEMU = [
  { name: "kcs of qemu", ...byHotmod("kcs,i/o,0xca2"), target: "kcs:io:0xca2" },
  { name: "bt of qemu", ...byHotmod("bt,i/o,0xe4"), target: "bt:io:0xe4" },
] as const;
const QEMU_ARGUMENTS = [
  ...["-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-kcs,bmc=bmc0,irq=0"],
  ...["-device", "ipmi-bmc-sim,id=bmc1", "-device", "isa-ipmi-bt,bmc=bmc1,irq=0"],
];

// Goal: each interface that a guest can have is reached by the kernel's driver and by our own, by each kind
// of file that the kernel has for it: ports, a mapped memory, a bus. Method: one guest with all of them.
describe(`Linux ${VERSION}, a machine with every interface`, () => {
  let told: ReadonlyMap<string, Told>;
  let played: Awaited<ReturnType<typeof play>>;

  beforeAll(async () => {
    played = await play();
    told = played.told;
  });

  test.each([...OURS, ...OF_QEMU])("$name answers the kernel's driver", ({ name }) => {
    expect(told.get(`${name} by the kernel`)).toMatchObject({ is: rightAnswers(name, "unknown") });
  });

  test.each([...OURS, ...OF_QEMU])("$name is refused while the kernel has it", ({ name }) => {
    expect(told.get(`${name} is taken`)).toMatchObject({ code: "TAKEN", exit: 3 });
  });

  test.each([...OURS, ...OF_QEMU])("$name answers our own stack", ({ name }) => {
    expect(told.get(`${name} by us`)).toMatchObject({ is: rightAnswers(name, "bmc") });
  });

  // On the memory's registers.
  programmeTests((name) => {
    const found = told.get(name);
    if (found === undefined) throw new Error(`nothing was told of ${name}: ${[...told.keys()]}`);
    return found;
  });

  test.each(OURS.map(({ name }, index) => ({ name, index })))(
    "the referee finds no fault on $name",
    (of) => {
      const verdict = played.verdicts[of.index];
      expect(verdict?.violations).toEqual([]);
      expect(verdict?.transactions).toBeGreaterThan(10);
    },
  );
});

/** Get Self Test Results (which QEMU's BMC has not), Get Device ID, and a command that there is not. */
function rightAnswers(name: string, maker: string) {
  const selfTest = name.endsWith(" of qemu") ? 0xc1 : 0;
  return expect.arrayContaining([
    expect.objectContaining({ cmd: 0x04, cc: selfTest }),
    expect.objectContaining({ cmd: 0x01, cc: 0, maker }),
    expect.objectContaining({ netFn: 0x30, cc: 0xc1 }),
  ]);
}

async function play() {
  const kernel = await kernelFor(VERSION, "ssif");
  const [bt, smic, memory, ssif] = [
    bootedArena({ kind: "bt" }).arena,
    bootedArena({ kind: "smic" }).arena,
    bootedArena({ kind: "kcs", scenario: NEWS }).arena,
    bootedArena({ kind: "ssif" }).arena,
  ];
  const arenas = [bt, smic, memory, ssif];
  const clock = new GuestClock(arenas);
  const mailbox = new Mailbox(new Uint8Array(0), {
    report: () => {},
    tick: (guestUs) => clock.tick(guestUs),
  });
  const { console } = await runNodeGuest({
    kernel,
    functions: [
      new IpmiFunction(
        guestPort(bt.wire, () => false),
        undefined,
        { kind: "bt", pin: 0 },
      ),
      new IpmiFunction(
        guestPort(smic.wire, () => false),
        undefined,
        { kind: "smic", pin: 0 },
      ),
      new IpmiFunction(
        guestPort(memory.wire, () => false),
        undefined,
        {
          ...{ kind: "kcs", pin: 0, space: "memory" },
        },
      ),
      new SmbusFunction(
        guestPort(ssif.wire, () => false),
        mailbox,
      ),
    ],
    qemuArguments: QEMU_ARGUMENTS,
    programs: ["interfaces"],
    script: `
insmod ipmi_msghandler ipmi_devintf i2c_smbus
/bin/busybox insmod /modules/ipmi_si.ko tryacpi=0 trydmi=0
/bin/busybox insmod /modules/i2c_i801.ko disable_features=0x10
insmod i2c_dev ipmi_ssif
echo add,kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32 > ${HOTMOD}
echo add,bt,i/o,0xe4,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32 > ${HOTMOD}
echo "ipmi_ssif 0x10" > /sys/bus/i2c/devices/i2c-0/new_device
await /dev/ipmi5
node interfaces.mjs '${JSON.stringify({ interfaces: [...OURS, ...OF_QEMU], clock: CLOCK })}' 2>&1
`,
  });
  for (const { tracer } of arenas) tracer.emit({ e: "end", why: "done" });
  return {
    told: toldIn(console),
    verdicts: arenas.map(({ referee }) => referee?.verdict()),
  };
}

function onPci(slot: number, begins: string) {
  const text = `0000:00:0${slot}.0`;
  return { begins, off: { file: "/sys/bus/pci/drivers/ipmi_si/unbind", text } };
}

function byHotmod(place: string) {
  return { begins: place, off: { file: HOTMOD, text: `remove,${place}` } };
}
