import {
  SSIF_LIMITS,
  SsifDevice,
  type SsifLimits,
  type SsifManners,
  type SystemInterface,
} from "../../bmc/index.ts";
import { SsifTransactions, SystemInterfaceType } from "../../ipmi/commands/app/system-interface.ts";
import type { SsifAbilities } from "../../scenario/bus.ts";
import { Smbus } from "../../wire/smbus/bus.ts";
import { FaultySmbus } from "../../wire/smbus/faults.ts";
import { SmbusBmcTap, SmbusHostTap } from "../../wire/smbus/tap.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import { HaltingBus } from "../faults/halting-bus.ts";
import { busFault } from "../faults/wire-actions.ts";
import {
  deviceOptions,
  faultTime,
  type LabWire,
  type LabWireParts,
  type Misdeeds,
} from "./lab-wire.ts";

/** An SMBus, and the SSIF device on it. */
export function ssifWire(parts: LabWireParts): LabWire {
  const { scenario, time, tracer, numbersTransfers } = parts;
  const clock = { now: () => time.nowUs, elapse: (us: number) => time.elapse(us) };
  const bus = new Smbus(clock, parts.course.byteUs);
  const faulty = new FaultySmbus(bus, { clock, later: faultTime(parts).later });
  bus.onAlert((asserted) => faulty.line(asserted));
  const { tags } = bus;
  const tap = new SmbusHostTap(faulty, tracer, { tags, numbersTransfers });
  const slave = new SmbusBmcTap(bus.attach(SSIF_ADDRESS), tracer);
  const abilities = scenario.bmc?.ssif ?? {};
  const limits = limitsOf(abilities);
  const device = new SsifDevice(slave, parts.bmcLane, deviceOptions(parts), limits);
  return {
    host: { kind: "ssif", bus: new HaltingBus(tap, parts.halt), address: SSIF_ADDRESS },
    tags,
    device,
    misdeeds: misdeedsOf(device.manners),
    systemInterface: told(abilities, limits),
    inject: (action, ended) => faulty.inject(busFault(action), ended),
    absent: () => faulty.inject({ kind: "absent" }),
    onLine: (changed) => faulty.onAlert(changed),
  };
}

function misdeedsOf(manners: SsifManners): Misdeeds {
  return {
    "bytes-late": (us) => {
      manners.byteUs = us;
    },
    "blocks-from": (number) => {
      manners.firstBlock = number;
    },
    "address-refused": (on) => {
      manners.deaf = on !== 0;
    },
    "response-kept": (on) => {
      manners.keepsResponse = on !== 0;
    },
    "requests-merged": (on) => {
      manners.mergesRequests = on !== 0;
    },
  };
}

/** What fits into one part, and into a start and an end. @see IPMI 2.0 §12.2 to §12.5 */
const SINGLE_PART = { inputBytesMax: 32, outputBytesMax: 32 } as const;
const START_AND_END = { inputBytesMax: 63, outputBytesMax: 61 } as const;

const TRANSACTIONS = {
  "single-part": SsifTransactions.SinglePart,
  "start-and-end": SsifTransactions.StartAndEnd,
  "multi-part": SsifTransactions.StartMiddleAndEnd,
} as const;

function limitsOf({
  transfers = "multi-part",
  bytes = 255,
  pec = true,
}: SsifAbilities): SsifLimits {
  if (transfers === "single-part") return { ...SINGLE_PART, pec };
  const most = transfers === "start-and-end" ? START_AND_END : SSIF_LIMITS;
  return {
    inputBytesMax: Math.min(bytes, most.inputBytesMax),
    outputBytesMax: Math.min(bytes, most.outputBytesMax),
    pec,
  };
}

function told(
  { transfers = "multi-part" }: SsifAbilities,
  { inputBytesMax, outputBytesMax, pec }: SsifLimits,
): Partial<SystemInterface> {
  const ssif = { transactions: TRANSACTIONS[transfers], pecSupported: pec };
  return { type: SystemInterfaceType.Ssif, ssif, inputBytesMax, outputBytesMax };
}
