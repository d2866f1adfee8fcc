import { type InterfaceKind, MEDIUM, type Medium } from "../../../wire/interface.ts";
import { SSIF_ADDRESS } from "../../../wire/ssif/protocol.ts";
import { type Step as GuestStep, insertDriver, modulePath, removeDriver } from "../index.ts";
import { NotForGuests } from "./not-for-guests.ts";

/** How a kernel's driver of an interface comes, goes, and shows what it knows. */
export interface GuestDrivers {
  /** What loads the drivers, and tells them where the interface is if they cannot find it. */
  readonly setup: readonly GuestStep[];
  readonly insert: GuestStep;
  readonly remove: GuestStep;
  /** The same of its modules, with which the device goes and comes. */
  readonly load: readonly GuestStep[];
  readonly unload: readonly GuestStep[];
  /** The interface by the driver's hotmod parameter, if it has one. */
  readonly hotRemove: readonly GuestStep[] | undefined;
  readonly hotAdd: readonly GuestStep[] | undefined;
  /** Where the interface's attributes are. */
  readonly folder: string;
  /** How often the guest says its time, in guest µs. */
  readonly tickUs: number;
}

/** What a guest tells right before its driver comes. */
export const DRIVER_COMES = "driver comes";
/** The modules with which an interface's driver goes; the others are of use to other drivers, too. */
export const INTERFACE_MODULES: readonly string[] = ["ipmi_si", "ipmi_ssif"];
/** What is loaded and unloaded on a bus; the bus's own drivers stay. */
const BUS_MODULES = ["ipmi_msghandler", "ipmi_devintf", "ipmi_ssif"] as const;
const REGISTER_MODULES = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"] as const;
/** What finds its device by itself, or comes later. */
const NOT_FOR_SSIF: readonly string[] = ["ipmi_si", "ipmi_watchdog"];
const TICK_US = 10_000;
/** A bus is slow: its transactions show as done when the guest's time has come after them. */
const BUS_TICK_US = 1_000;

const PCI_DEVICE = "/sys/devices/pci0000:00/0000:00:02.0";
/** The kernel says there what an interface is, in the words by which hotmod adds it again. */
const KEPT_PARAMETERS = "/tmp/hotmod";
export const HOTMOD = "/sys/module/ipmi_si/parameters/hotmod";

const I2C = "/sys/bus/i2c";
const ADAPTER = 0;
const CLIENT = `${ADAPTER}-${SSIF_ADDRESS.toString(16).padStart(4, "0")}`;

/** `modules`: those that were kept of the kernel, in the order in which they load. */
export function guestDrivers(kind: InterfaceKind, modules: readonly string[]): GuestDrivers {
  return DRIVERS[MEDIUM[kind]](modules);
}

const DRIVERS: Readonly<Record<Medium, (modules: readonly string[]) => GuestDrivers>> = {
  registers: () => REGISTER_DRIVERS,
  bus: busDrivers,
};

const REGISTER_DRIVERS: GuestDrivers = {
  setup: REGISTER_MODULES.map(load),
  insert: insertDriver,
  remove: removeDriver,
  load: REGISTER_MODULES.map(load),
  unload: REGISTER_MODULES.toReversed().map(unload),
  hotRemove: [
    { step: "copy-file", from: `${PCI_DEVICE}/params`, prefix: "", path: KEPT_PARAMETERS },
    { step: "copy-file", from: KEPT_PARAMETERS, prefix: "remove,", path: HOTMOD },
  ],
  hotAdd: [{ step: "copy-file", from: KEPT_PARAMETERS, prefix: "add,", path: HOTMOD }],
  folder: PCI_DEVICE,
  tickUs: TICK_US,
};

/** No firmware tells this guest of an SSIF: it is told by hand, as administrators do. */
function busDrivers(modules: readonly string[]): GuestDrivers {
  if (!modules.includes("ipmi_ssif")) {
    throw new NotForGuests("of this kernel no drivers for SSIF were kept: add it once more");
  }
  return {
    setup: [
      ...modules.filter((name) => !NOT_FOR_SSIF.includes(name)).map(loadForBus),
      {
        step: "write-file",
        path: `${I2C}/devices/i2c-${ADAPTER}/new_device`,
        text: `ipmi_ssif 0x${SSIF_ADDRESS.toString(16)}`,
      },
    ],
    insert: { step: "write-file", path: `${I2C}/drivers/ipmi_ssif/bind`, text: CLIENT },
    remove: { step: "write-file", path: `${I2C}/drivers/ipmi_ssif/unbind`, text: CLIENT },
    load: BUS_MODULES.map(load),
    unload: BUS_MODULES.toReversed().map(unload),
    hotRemove: undefined,
    hotAdd: undefined,
    folder: `${I2C}/devices/${CLIENT}`,
    tickUs: BUS_TICK_US,
  };
}

/** The controller has no interrupt, and its driver is told so, rather than let it look for one. */
function loadForBus(name: string): GuestStep {
  const step = { step: "insert-module", path: modulePath(name) } as const;
  return { ...step, parameters: name === "i2c_i801" ? "disable_features=0x10" : "" };
}

function unload(name: string): GuestStep {
  return { step: "remove-module", name };
}

function load(name: string): GuestStep {
  return { step: "insert-module", path: modulePath(name), parameters: "" };
}
