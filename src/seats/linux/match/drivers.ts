import { BUS_DEVICE } from "../../../kernels/modules.ts";
import { type InterfaceKind, MEDIUM, type Medium } from "../../../wire/interface.ts";
import type { RegisterLocation } from "../../../wire/location.ts";
import { SSIF_ADDRESS } from "../../../wire/ssif/protocol.ts";
import {
  findDevice,
  forgetDevice,
  forgetSecond,
  type Step as GuestStep,
  insertDriver,
  modulePath,
  placingWrites,
  removeDriver,
  Witness,
} from "../index.ts";
import { NotForGuests } from "./not-for-guests.ts";
import type { WatchdogDriver } from "./watchdog.ts";

/** How a kernel's driver of an interface comes, goes, and shows what it knows. */
export interface GuestDrivers {
  /** What loads the drivers, and tells them where the interface is if they cannot find it. */
  readonly setup: readonly GuestStep[];
  readonly insert: GuestStep;
  readonly remove: GuestStep;
  /** The same of its modules, with which the device goes and comes; none of a driver built in. */
  readonly load: readonly GuestStep[] | undefined;
  readonly unload: readonly GuestStep[] | undefined;
  /** The interface by the driver's hotmod parameter, if it has one. */
  readonly hotRemove: readonly GuestStep[] | undefined;
  readonly hotAdd: readonly GuestStep[] | undefined;
  readonly watchdog: WatchdogDriver;
  /** Where the interface's attributes are. */
  readonly folder: string;
  /** How often the guest says its time, in guest µs. */
  readonly tickUs: number;
}

/** A kernel's drivers by name. */
export interface KernelDrivers {
  /** Those that were kept as modules, in the order in which they load. */
  readonly modules: readonly string[];
  readonly builtIn: readonly string[];
}

/** What a guest tells right before its driver comes. */
export const DRIVER_COMES = "driver comes";
/** The modules with which an interface's driver goes; the others are of use to other drivers, too. */
export const INTERFACE_MODULES: readonly string[] = ["ipmi_si", "ipmi_ssif"];
/** What is loaded and unloaded on a bus; the bus's own drivers stay. */
const BUS_MODULES = ["ipmi_msghandler", "ipmi_devintf", "ipmi_ssif"] as const;
const REGISTER_MODULES = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"] as const;
/** What finds its device by itself, or comes later. */
const NOT_FOR_SSIF: readonly string[] = ["ipmi_si", "ipmi_watchdog", BUS_DEVICE];
const TICK_US = 10_000;
/** A bus is slow: its transactions show as done when the guest's time has come after them. */
const BUS_TICK_US = 1_000;

const PCI_DEVICE = "/sys/devices/pci0000:00/0000:00:02.0";
/** The kernel says there what an interface is, in the words by which hotmod adds it again. */
const KEPT_PARAMETERS = "/tmp/hotmod";
export const HOTMOD = "/sys/module/ipmi_si/parameters/hotmod";

/** The controller has no interrupt, and its driver is told so, rather than let it look for one. */
const CONTROLLER_POLLS = "disable_features=0x10";
const STAYS_WITHOUT_DEVICE = "unload_when_empty=0";
const BUILT_IN_ARGUMENTS = [
  ["ipmi_si", STAYS_WITHOUT_DEVICE],
  ["i2c_i801", CONTROLLER_POLLS],
] as const;

/** What a guest tells when its clock runs, so that a driver which is built in may find the device. */
const MAY_BE_KNOWN = "the device may be known";
/** The clock first has to have told the time, so that the driver's begin has one. */
function showDevices(second: boolean): readonly GuestStep[] {
  return [
    { step: "sleep", us: 2 * TICK_US },
    { step: "tell", what: MAY_BE_KNOWN },
    forgetDevice,
    ...(second ? [forgetSecond] : []),
    findDevice,
  ];
}

const WITNESS_LIMIT_US = 20_000_000;
const awaitWitness: readonly GuestStep[] = [
  { step: "write-file", path: Witness.begin, text: "begin\n" },
  { step: "wait-for-file", path: Witness.begun, limitUs: WITNESS_LIMIT_US },
];

const I2C = "/sys/bus/i2c";
const ADAPTER = 0;
const CLIENT = `${ADAPTER}-${SSIF_ADDRESS.toString(16).padStart(4, "0")}`;

/** What else there is in a guest. */
interface Besides {
  readonly second?: boolean;
  /** The interface is where the firmware says, and nowhere else. */
  readonly described?: RegisterLocation | undefined;
  /** Somebody who has to be at work before the driver finds its device. */
  readonly witness?: boolean;
}

/** How a guest with these drivers gets at its interface, and perhaps at a second one. */
export function guestDrivers(
  kind: InterfaceKind,
  has: KernelDrivers,
  besides: Besides = {},
): GuestDrivers {
  return DRIVERS[MEDIUM[kind]](has, besides);
}

const DRIVERS: Readonly<
  Record<Exclude<Medium, "calls">, (has: KernelDrivers, besides: Besides) => GuestDrivers>
> = {
  registers: registerDrivers,
  bus: busDrivers,
};

/** What the kernel makes of the first record of SMBIOS that it can use, and the driver of such devices. */
const FIRMWARE_DEVICE = "dmi-ipmi-si.0";
const PLATFORM_DRIVER = "/sys/bus/platform/drivers/ipmi_si";
/** The function with the registers, behind that with the agent's mailbox. */
const PLACED_SLOT = 3;

/** By which the guest's agent puts the registers where they are to be. */
export function placingSteps(place: RegisterLocation): readonly GuestStep[] {
  return placingWrites(place).map((write) => ({ step: "set-pci", slot: PLACED_SLOT, ...write }));
}

/** The guest's agent puts the registers where they are to be, and the driver finds them by the firmware. */
function describedDrivers(place: RegisterLocation, usual: GuestDrivers): GuestDrivers {
  const bound = (file: string): GuestStep => {
    return { step: "write-file", path: `${PLATFORM_DRIVER}/${file}`, text: FIRMWARE_DEVICE };
  };
  return {
    ...usual,
    setup: [...placingSteps(place), ...usual.setup],
    ...{ insert: bound("bind"), remove: bound("unbind") },
    ...{ hotRemove: undefined, hotAdd: undefined },
    folder: `/sys/devices/platform/${FIRMWARE_DEVICE}`,
  };
}

function registerDrivers(has: KernelDrivers, besides: Besides): GuestDrivers {
  const { described, ...rest } = besides;
  if (described === undefined) return pciDrivers(has, rest);
  if (has.builtIn.includes("ipmi_si")) {
    throw new NotForGuests("a driver that is built in looks before the registers are in place");
  }
  return describedDrivers(described, pciDrivers(has, rest));
}

function pciDrivers({ builtIn }: KernelDrivers, besides: Besides): GuestDrivers {
  const { second = false, witness = false } = besides;
  const modules = REGISTER_MODULES.filter((name) => !builtIn.includes(name));
  const removable = !builtIn.includes("ipmi_si");
  return {
    setup: [
      ...modules.map(witness ? loadWithoutDevice : load),
      ...(witness ? awaitWitness : []),
      ...(removable && !witness ? [] : showDevices(second)),
    ],
    insert: insertDriver,
    remove: removeDriver,
    load: removable ? modules.map(load) : undefined,
    unload: removable ? modules.toReversed().map(unload) : undefined,
    hotRemove: [
      { step: "copy-file", from: `${PCI_DEVICE}/params`, prefix: "", path: KEPT_PARAMETERS },
      { step: "copy-file", from: KEPT_PARAMETERS, prefix: "remove,", path: HOTMOD },
    ],
    hotAdd: [{ step: "copy-file", from: KEPT_PARAMETERS, prefix: "add,", path: HOTMOD }],
    watchdog: watchdogOf(builtIn),
    folder: PCI_DEVICE,
    tickUs: TICK_US,
  };
}

/** No firmware tells this guest of an SSIF: it is told by hand, as administrators do. */
function busDrivers({ modules, builtIn }: KernelDrivers, besides: Besides): GuestDrivers {
  if (!modules.includes("ipmi_ssif") && !builtIn.includes("ipmi_ssif")) {
    throw new NotForGuests("this kernel has no drivers for SSIF, or was added without them");
  }
  const own = BUS_MODULES.filter((name) => !builtIn.includes(name));
  const removable = !builtIn.includes("ipmi_ssif");
  return {
    setup: [
      ...modules.filter((name) => !NOT_FOR_SSIF.includes(name)).map(loadForBus),
      ...(besides.witness === true ? awaitWitness : []),
      ...(builtIn.includes("i2c_i801") ? showDevices(false) : []),
      {
        step: "write-file",
        path: `${I2C}/devices/i2c-${ADAPTER}/new_device`,
        text: `ipmi_ssif 0x${SSIF_ADDRESS.toString(16)}`,
      },
    ],
    insert: { step: "write-file", path: `${I2C}/drivers/ipmi_ssif/bind`, text: CLIENT },
    remove: { step: "write-file", path: `${I2C}/drivers/ipmi_ssif/unbind`, text: CLIENT },
    load: removable ? own.map(load) : undefined,
    unload: removable ? own.toReversed().map(unload) : undefined,
    hotRemove: undefined,
    hotAdd: undefined,
    watchdog: watchdogOf(builtIn),
    folder: `${I2C}/devices/${CLIENT}`,
    tickUs: BUS_TICK_US,
  };
}

/**
 * What a kernel with these drivers built in gets on its command line. Its `ipmi_si` looks for devices
 * before there is one, and must not leave the bus for that.
 */
export function kernelArguments(builtIn: readonly string[]): readonly string[] {
  return BUILT_IN_ARGUMENTS.filter(([driver]) => builtIn.includes(driver)).map(
    ([driver, parameter]) => `${driver}.${parameter}`,
  );
}

function watchdogOf(builtIn: readonly string[]): WatchdogDriver {
  return builtIn.includes("ipmi_watchdog") ? "built-in" : "module";
}

/** Whether the guest's drivers may find our device from that step on. */
export function showsDevice(step: GuestStep): boolean {
  return step.step === "tell" && step.what === MAY_BE_KNOWN;
}

/** Loads a driver of the bus's, or one that needs no telling. */
export function loadForBus(name: string): GuestStep {
  const step = { step: "insert-module", path: modulePath(name) } as const;
  return { ...step, parameters: name === "i2c_i801" ? CONTROLLER_POLLS : "" };
}

function unload(name: string): GuestStep {
  return { step: "remove-module", name };
}

function loadWithoutDevice(name: string): GuestStep {
  const step = { step: "insert-module", path: modulePath(name) } as const;
  return { ...step, parameters: name === "ipmi_si" ? STAYS_WITHOUT_DEVICE : "" };
}

function load(name: string): GuestStep {
  return { step: "insert-module", path: modulePath(name), parameters: "" };
}
