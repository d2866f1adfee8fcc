import type { SystemInterface } from "../../../bmc/index.ts";
import {
  type BtInterfaceCapabilities,
  SystemInterfaceType,
} from "../../../ipmi/commands/app/system-interface.ts";
import { bmcOptions } from "../../../match/bmc-options.ts";
import { ordinaryLatencies } from "../../../match/course.ts";
import type { RealGround } from "../../../match/party.ts";
import { exitText } from "../../../programs/qemu-process.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { MILLISECOND_US, type Scheduler, SECOND_US } from "../../../time/scheduler.ts";
import type { Tracer } from "../../../trace/tracer.ts";
import type { HostWire, InterfaceKind } from "../../../wire/interface.ts";
import {
  ExternBmc,
  ExternSocket,
  type QemuMachine,
  startIpmiDevice,
  startSsifDevice,
} from "../index.ts";

/** Which of QEMU's devices, and which BMC behind it. */
export interface QemuBmc {
  /** Of KCS and BT; SSIF is on the SMBus that the first has beside it. */
  readonly bus: "isa" | "pci";
  /** QEMU's own, or our controller behind QEMU's `ipmi-bmc-extern`. */
  readonly behind: "qemu" | "controller";
}

/** The interfaces that QEMU has a device for. */
export type QemuInterface = Exclude<InterfaceKind, "smic">;

export interface QemuGroundParts {
  readonly interface: QemuInterface;
  /** What the scenario wants of our controller. */
  readonly wanted: NonNullable<Scenario["bmc"]>;
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly program?: string | undefined;
  readonly lifeS?: number | undefined;
}

/** QEMU connects, and says what its machine can do, within this. */
const HANDSHAKE_LIMIT_US = 5 * SECOND_US;

/** QEMU itself gives up after 4 s. */
const BT_ABILITIES: BtInterfaceCapabilities = {
  outstandingRequests: 1,
  inputBytesMax: 255,
  outputBytesMax: 255,
  requestToResponseS: 5,
  retries: 1,
};

/** What our controller says of the interface that QEMU puts before it. */
const SAYS: Readonly<Record<QemuInterface, Partial<SystemInterface>>> = {
  kcs: { type: SystemInterfaceType.Kcs },
  bt: { type: undefined, bt: BT_ABILITIES },
  ssif: { type: SystemInterfaceType.Ssif },
};

/** Starts QEMU, and what belongs behind its device. */
export async function qemuGround(bmc: QemuBmc, parts: QemuGroundParts): Promise<RealGround> {
  if (bmc.behind === "qemu") return withOwnBmc(await device(bmc, parts), parts.tracer);
  const { controller, daemon, resetUs } = bmcOptions(
    parts.wanted,
    SAYS[parts.interface],
    ordinaryLatencies({ bmc: parts.wanted }),
  );
  const { scheduler, tracer } = parts;
  const latencyUs = daemon.commandLatencyUs;
  const extern = new ExternBmc({ scheduler, tracer, controller, latencyUs, resetUs });
  const socket = await ExternSocket.open(extern);
  try {
    const started = await device(bmc, parts, socket.arguments());
    return withController(started, { extern, socket, scheduler });
  } catch (error) {
    await socket.close();
    throw error;
  }
}

interface Device {
  readonly machine: QemuMachine;
  readonly wire: HostWire;
}

async function device(
  { bus }: QemuBmc,
  { interface: kind, program, lifeS }: QemuGroundParts,
  bmc?: readonly string[],
): Promise<Device> {
  switch (kind) {
    case "ssif": {
      const { machine, ...at } = await startSsifDevice({ bmc, program, lifeS });
      return { machine, wire: { kind, ...at } };
    }
    case "kcs":
    case "bt": {
      const asked = { interface: kind, bus, bmc, program, lifeS };
      const { machine, ...at } = await startIpmiDevice(asked);
      return { machine, wire: { kind, ...at } };
    }
  }
}

function withOwnBmc({ machine, wire }: Device, tracer: Tracer): RealGround {
  return {
    wire,
    powerOn: async () => {
      tracer.emit({ e: "bmc", what: "power-on", flags: 0, text: "" });
      tracer.emit({ e: "bmc", what: "up", flags: 0, text: "" });
    },
    whyGone: () => whyGone(machine),
    leave: () => machine.stop(),
  };
}

function withController(
  { machine, wire }: Device,
  behind: { extern: ExternBmc; socket: ExternSocket; scheduler: Scheduler },
): RealGround {
  const { extern, socket, scheduler } = behind;
  return {
    wire,
    powerOn: () => connected(extern, scheduler),
    whyGone: () => whyGone(machine),
    leave: async () => {
      await machine.stop();
      await socket.close();
    },
  };
}

/** How long a QEMU that closed its end may take to be gone. */
const GONE_LIMIT_MS = 2_000;

async function whyGone({ gone }: QemuMachine): Promise<string | undefined> {
  let limit: NodeJS.Timeout | undefined;
  const stays = new Promise<undefined>((resolve) => {
    limit = setTimeout(() => resolve(undefined), GONE_LIMIT_MS);
  });
  const why = await Promise.race([gone.then(exitText), stays]);
  clearTimeout(limit);
  return why;
}

async function connected(extern: ExternBmc, scheduler: Scheduler): Promise<void> {
  const limitUs = scheduler.now() + HANDSHAKE_LIMIT_US;
  while (extern.capabilities === 0 && scheduler.now() < limitUs) {
    await new Promise<void>((resolve) => {
      scheduler.at(scheduler.now() + MILLISECOND_US, "handshake", resolve);
    });
  }
}
