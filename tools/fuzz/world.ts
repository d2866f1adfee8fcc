import { satellite } from "../../src/bmc/controller/satellite.ts";
import {
  type Absence,
  Bmc,
  BtDevice,
  type InterfaceDevice,
  KcsDevice,
  SmicDevice,
  SsifDevice,
  type SystemInterface,
  type WhenClosed,
} from "../../src/bmc/index.ts";
import { type Lane, VirtualTime } from "../../src/time/index.ts";
import { Tracer, type TraceSink } from "../../src/trace/index.ts";
import {
  BtBmcTap,
  type InterfaceKind,
  KcsBmcTap,
  type MachineWire,
  RegisterHostTap,
  type RegisterPort,
  SmbusBmcTap,
  SmbusHostTap,
  SmicBmcTap,
  SSIF_ADDRESS,
  type TransactionTags,
} from "../../src/wire/index.ts";
import { REGISTER_LAYOUTS } from "../../src/wire/registers/layouts.ts";
import type { Random } from "./random.ts";
import { SpellingBt, SpellingBus, SpellingKcs, SpellingSmic, Spelt } from "./spelling.ts";

/** What a BMC and its wire are like. */
export interface Setting {
  readonly kind: InterfaceKind;
  readonly spacing: 1 | 4 | 16;
  readonly inputLatencyUs: number;
  readonly whenClosed: WhenClosed;
  readonly trusting: boolean;
  readonly readLatencyUs: number;
  readonly commandLatencyUs: number;
  readonly outstanding: number;
  readonly inputBytesMax: number;
  readonly outputBytesMax: number;
  readonly fifoBytes: number;
  readonly hardwareReset: boolean;
  readonly busyWhileFull: boolean;
  readonly pec: boolean;
  readonly btTimeS: number;
  readonly bootUs: number;
  readonly bootAbsence: Absence;
  readonly resetUs: number;
}

const BYTES = {
  kcs: { input: [255], output: [255] },
  smic: { input: [255], output: [255] },
  bt: { input: [255, 255, 63, 41], output: [255, 255, 39] },
  ssif: { input: [255, 255, 63, 32, 40], output: [255, 255, 32, 61] },
} as const;

export function drawSetting(random: Random, kind: InterfaceKind): Setting {
  return {
    kind,
    spacing: kind === "ssif" ? 1 : random.pick([1, 1, 4, 16]),
    inputLatencyUs: random.pick([0, 1, 1, 7, 300, 20_000]),
    whenClosed: random.pick(["refuse", "storm", "hold"]),
    trusting: random.chance(0.2),
    readLatencyUs: random.pick([0, 5, 1_000]),
    commandLatencyUs: random.pick([0, 30, 2_000, 200_000]),
    outstanding: random.pick([1, 1, 2, 4, 8]),
    inputBytesMax: random.pick(BYTES[kind].input),
    outputBytesMax: random.pick(BYTES[kind].output),
    fifoBytes: random.pick([64, 256]),
    hardwareReset: random.chance(0.3),
    busyWhileFull: random.chance(0.3),
    pec: random.chance(0.7),
    btTimeS: random.pick([1, 5, 30]),
    bootUs: random.pick([0, 0, 5_000]),
    bootAbsence: random.pick(["hold", "error", "storm", "refuse"]),
    resetUs: random.pick([1_000, 1_000_000]),
  };
}

const ACCESS_US = 1;

/** One wire, with our BMC behind it and nobody before it yet. */
export class World {
  readonly time = new VirtualTime();
  readonly hostLane: Lane = this.time.lane("host", { ticks: true });
  readonly labLane: Lane = this.time.lane("lab");
  readonly #bmcLane: Lane = this.time.lane("bmc", { mayLag: true });
  readonly tracer = new Tracer(() => this.time.nowUs);
  /** The requests that the host's bytes spell. */
  readonly spelt = new Spelt();
  readonly setting: Setting;
  /** The host's face of the wire: each access takes its time. */
  readonly wire: MachineWire;
  readonly tags: TransactionTags;
  readonly device: InterfaceDevice;
  readonly bmc: Bmc;
  /** Registers for changes of the interrupt's or the alert's line. */
  readonly onLine: (changed: (level: boolean) => void) => void;
  /** Connects the block to the interrupt line, or not, as the BMC may. */
  readonly enableInterrupt: (enabled: boolean) => void;

  /** `sinks` hear of everything from the BMC's first moment on. */
  constructor(setting: Setting, sinks: readonly TraceSink[] = []) {
    this.setting = setting;
    for (const sink of sinks) this.tracer.attach(sink);
    const laid = layOut({
      setting,
      time: this.time,
      lane: this.#bmcLane,
      tracer: this.tracer,
      spelt: this.spelt,
      tapsHost: sinks.length > 0,
    });
    this.wire = laid.wire;
    this.tags = laid.tags;
    this.device = laid.device;
    this.onLine = laid.onLine;
    this.enableInterrupt = laid.enableInterrupt;
    this.bmc = new Bmc(laid.device, this.#bmcLane, this.tracer, {
      whenClosed: setting.whenClosed,
      daemon: {
        readLatencyUs: setting.readLatencyUs,
        commandLatencyUs: setting.commandLatencyUs,
        threads: setting.outstanding,
      },
      controller: {
        systemInterface: laid.systemInterface,
        ipmb: [satellite({ address: 0x52, latencyUs: 1_000 })],
      },
      bootUs: setting.bootUs,
      bootAbsence: setting.bootAbsence,
      resetDelayUs: 2_000,
      resetUs: setting.resetUs,
    });
    laid.onHardwareReset(() => {
      this.#bmcLane.at(this.time.nowUs, "BMC_HWRST", () => {
        this.bmc.reset("cold", setting.resetUs, "error");
      });
    });
    this.bmc.powerOn();
  }

  /** Lets so much time go by. */
  wait(us: number): void {
    this.time.runUntil(this.time.nowUs + Math.ceil(us));
  }
}

interface Laid {
  readonly wire: MachineWire;
  readonly tags: TransactionTags;
  readonly device: InterfaceDevice;
  readonly systemInterface: Partial<SystemInterface>;
  readonly onLine: (changed: (level: boolean) => void) => void;
  readonly enableInterrupt: (enabled: boolean) => void;
  readonly onHardwareReset: (run: () => void) => void;
}

/** What a wire is laid out of. */
interface Parts {
  readonly setting: Setting;
  readonly time: VirtualTime;
  readonly lane: Lane;
  /** What the BMC sees and does at its own face. */
  readonly tracer: Tracer;
  readonly spelt: Spelt;
  /** A host that says nothing of its requests is recorded, too, and its transfers are numbered. */
  readonly tapsHost: boolean;
}

function layOut(parts: Parts): Laid {
  const { setting, lane, tracer, spelt } = parts;
  switch (setting.kind) {
    case "kcs": {
      const registers = new SpellingKcs(setting.spacing, spelt);
      const device = new KcsDevice(new KcsBmcTap(registers, tracer), lane, setting);
      return registerBlock("kcs", parts, registers, device);
    }
    case "smic": {
      const registers = new SpellingSmic(setting.spacing, spelt);
      const device = new SmicDevice(new SmicBmcTap(registers, tracer), lane, setting);
      return registerBlock("smic", parts, registers, device);
    }
    case "bt":
      return btBlock(parts);
    case "ssif":
      return ssifBus(parts);
  }
}

interface Registers extends RegisterPort {
  readonly tags: TransactionTags;
  onLine(changed: (level: boolean) => void): void;
  enableInterrupt(enabled: boolean): void;
}

function registerBlock(
  kind: "kcs" | "smic" | "bt",
  { setting: { spacing }, time, tracer, tapsHost }: Parts,
  registers: Registers,
  device: InterfaceDevice,
): Laid {
  const facts = { layout: REGISTER_LAYOUTS[kind], spacing, tags: registers.tags };
  const face = tapsHost
    ? new RegisterHostTap(registers, tracer, { ...facts, numbersTransfers: true })
    : registers;
  // What the BMC does meanwhile comes before the access, as in a match.
  const port: RegisterPort = {
    read: (offset) => {
      time.elapse(ACCESS_US);
      return face.read(offset);
    },
    write: (offset, value) => {
      time.elapse(ACCESS_US);
      face.write(offset, value);
    },
  };
  return {
    wire: { kind, port, spacing },
    tags: registers.tags,
    device,
    systemInterface: {},
    onLine: (changed) => registers.onLine(changed),
    enableInterrupt: (enabled) => registers.enableInterrupt(enabled),
    onHardwareReset: () => {},
  };
}

function btBlock(parts: Parts): Laid {
  const { setting, lane, tracer, spelt } = parts;
  const capabilities = {
    outstandingRequests: setting.outstanding,
    inputBytesMax: setting.inputBytesMax,
    outputBytesMax: setting.outputBytesMax,
    requestToResponseS: setting.btTimeS,
    retries: 1,
  };
  const registers = new SpellingBt(setting, spelt);
  const tap = new BtBmcTap(registers, tracer);
  const device = new BtDevice(tap, lane, { ...setting, capabilities });
  return {
    ...registerBlock("bt", parts, registers, device),
    // Length counts Seq, too.
    systemInterface: {
      bt: capabilities,
      inputBytesMax: setting.inputBytesMax - 1,
      outputBytesMax: setting.outputBytesMax - 1,
    },
    onHardwareReset: (run) => registers.onHardwareReset(run),
  };
}

function ssifBus({ setting, time, lane, tracer, spelt, tapsHost }: Parts): Laid {
  const { inputBytesMax, outputBytesMax, pec } = setting;
  const bus = new SpellingBus(
    { now: () => time.nowUs, elapse: (us) => time.elapse(us) },
    SSIF_ADDRESS,
    spelt,
  );
  const slave = new SmbusBmcTap(bus.attach(SSIF_ADDRESS), tracer);
  const { tags } = bus;
  const face = tapsHost ? new SmbusHostTap(bus, tracer, { tags, numbersTransfers: true }) : bus;
  return {
    wire: { kind: "ssif", bus: face, address: SSIF_ADDRESS },
    tags,
    device: new SsifDevice(slave, lane, setting, setting),
    systemInterface: {
      type: 0,
      ssif: { transactions: inputBytesMax <= 32 ? 0 : 2, pecSupported: pec },
      inputBytesMax,
      outputBytesMax,
    },
    onLine: (changed) => bus.onAlert(changed),
    enableInterrupt: () => {},
    onHardwareReset: () => {},
  };
}
