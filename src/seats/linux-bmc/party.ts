import { BrokenInvariant } from "../../assert.ts";
import { Bmc, type BmcOptions, type SystemInterface } from "../../bmc/index.ts";
import { SystemInterfaceType } from "../../ipmi/commands/app/system-interface.ts";
import { type BmcKernel, bmcKernelTitle } from "../../kernels/bmc-kernel.ts";
import { bmcOptions } from "../../match/bmc-options.ts";
import { ordinaryLatencies } from "../../match/course.ts";
import { Director } from "../../match/faults/director.ts";
import { MessageFaults } from "../../match/faults/message-faults.ts";
import type { RealBmc, RealGround, RealParts } from "../../match/party.ts";
import { exitText } from "../../programs/qemu-process.ts";
import type { Scenario } from "../../scenario/schema.ts";
import { type Scheduler, SECOND_US } from "../../time/scheduler.ts";
import { DriverDevice } from "./driver-device.ts";
import { BmcGuest } from "./guest.ts";
import { whyNotOnDriver } from "./playable.ts";

/** How long a boot and our bring-up may take beyond the scenario. In s. */
const START_S = 330;

/** What the referee notes of the driver with nothing wrong in what it is asked; docs/bmc-kernels.md. */
export const USUAL: readonly string[] = ["KCS-20"];

const SAYS: Partial<SystemInterface> = { type: SystemInterfaceType.Kcs };

/**
 * An unmodified Linux as the BMC: its own KCS driver at the chip's registers, and our daemon and
 * controller behind the driver's device, in the place of the BMC's application.
 */
export function linuxBmc(kernel: BmcKernel): RealBmc {
  return {
    name: `linux:${bmcKernelTitle(kernel)}`,
    time: "real",
    expects: "linux-bmc",
    usual: () => USUAL,
    whyNot: whyNotOnDriver,
    join: (parts) => ground(kernel, parts),
  };
}

async function ground(kernel: BmcKernel, parts: RealParts): Promise<RealGround> {
  const { scenario, options, tracer } = parts;
  const lifeS = Math.ceil(scenario.until / SECOND_US) + START_S;
  const { qemu: program, snapshot } = options;
  const guest = await BmcGuest.start({ kernel, program, lifeS, snapshot });
  const scheduler = inMoments(parts);
  const device = new DriverDevice(guest.line, scheduler, (on) => guest.power(on));
  const bmc = new Bmc(device, scheduler, tracer, optionsOf(scenario));
  const gone = guest.machine.gone.then(exitText);
  if (options.bmcTrace !== undefined) guest.traceRegisters();
  return {
    wire: { kind: "kcs", port: guest.port, spacing: 1 },
    director: directed(bmc, scheduler, parts),
    powerOn: async () => tracer.atOnce(() => bmc.powerOn()),
    whyGone: () => gone,
    gone,
    log: () => bmc.controller.logRecords,
    leave: async () => {
      if (options.bmcTrace !== undefined) takeTrace(guest, options.bmcTrace);
      await guest.stop();
    },
  };
}

/** Of a kernel whose processor stands, too: it goes on first. */
function takeTrace(guest: BmcGuest, put: (text: Uint8Array) => void): void {
  guest.power(true);
  for (let text = guest.traced(); text.length > 0; text = guest.traced()) put(text);
}

/** What the BMC does in one go, it does in one moment of the trace. */
function inMoments({ scheduler, tracer }: RealParts): Scheduler {
  return {
    now: () => scheduler.now(),
    at: (us, label, run) => scheduler.at(us, label, () => tracer.atOnce(run)),
  };
}

/** Until the daemon has come the driver is there without one, whatever the scenario's own BMC would show. */
function optionsOf({ bmc = {} }: Scenario): BmcOptions {
  const options = bmcOptions(bmc, SAYS, ordinaryLatencies({ bmc }));
  return { ...options, bootAbsence: "refuse" };
}

/** Who makes the daemon and the controller do what the scenario's faults say. */
function directed(bmc: Bmc, scheduler: Scheduler, { scenario, tracer }: RealParts): Director {
  const messages = new MessageFaults();
  bmc.daemon.interposer = messages.interposer;
  const none = () => {
    throw new BrokenInvariant("whyNotOnDriver lets no fault of the wire or the host pass");
  };
  return new Director(scenario.faults ?? [], {
    bmc,
    wire: { inject: none, absent: none, misdeeds: {} },
    messages,
    tracer,
    host: () => undefined,
    scheduler: { ...scheduler, atFirst: (us, label, run) => scheduler.at(us, label, run) },
    halt: { order: none },
  });
}
