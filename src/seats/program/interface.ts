import {
  BtDevice,
  type InterfaceDevice,
  KcsDevice,
  SmicDevice,
  SSIF_LIMITS,
  SsifDevice,
} from "../../bmc/index.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import { BtRegisters } from "../../wire/bt/registers.ts";
import type { HostWire, InterfaceKind, RegisterSpacing } from "../../wire/interface.ts";
import { KcsRegisters } from "../../wire/kcs/registers.ts";
import { Smbus } from "../../wire/smbus/bus.ts";
import { SmicRegisters } from "../../wire/smic/registers.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";

/** An interface of ours in real time, by its two ends. */
export interface OwnInterface {
  readonly wire: HostWire;
  readonly device: InterfaceDevice;
}

interface Parts {
  readonly scheduler: Scheduler;
  readonly spacing: RegisterSpacing;
}

/** At once, as far as the platform's timers know one. */
const MANNERS = { inputLatencyUs: 0, whenClosed: "refuse", trusting: false } as const;

/** As much as BT can carry; how much of it is used is between the host and the BMC's answer to it. */
const BT_MOST = {
  outstandingRequests: 8,
  inputBytesMax: 255,
  outputBytesMax: 255,
  requestToResponseS: 30,
  retries: 1,
} as const;

/** By the interface, its registers or its bus, with our device at the BMC's end. */
const OWN: Readonly<Record<InterfaceKind, (parts: Parts) => OwnInterface>> = {
  kcs: ({ scheduler, spacing }) => {
    const port = new KcsRegisters({ spacing });
    return {
      wire: { kind: "kcs", port, spacing },
      device: new KcsDevice(port, scheduler, MANNERS),
    };
  },
  smic: ({ scheduler, spacing }) => {
    const port = new SmicRegisters({ spacing });
    return {
      wire: { kind: "smic", port, spacing },
      device: new SmicDevice(port, scheduler, MANNERS),
    };
  },
  bt: ({ scheduler, spacing }) => {
    const port = new BtRegisters({ spacing, fifoBytes: 256, hardwareReset: false });
    const options = { ...MANNERS, busyWhileFull: false, capabilities: BT_MOST };
    return { wire: { kind: "bt", port, spacing }, device: new BtDevice(port, scheduler, options) };
  },
  ssif: ({ scheduler }) => {
    const bus = new Smbus();
    const slave = bus.attach(SSIF_ADDRESS);
    const device = new SsifDevice(slave, scheduler, MANNERS, SSIF_LIMITS);
    return { wire: { kind: "ssif", bus, address: SSIF_ADDRESS }, device };
  },
};

export function ownInterface(kind: InterfaceKind, parts: Parts): OwnInterface {
  return OWN[kind](parts);
}
