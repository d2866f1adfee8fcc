import { KcsDevice } from "../../bmc/index.ts";
import { KcsBmcTap } from "../../wire/kcs/bmc-tap.ts";
import { type KcsController, KcsRegisters } from "../../wire/kcs/registers.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { LateKcs } from "../faults/late-kcs.ts";
import { deviceOptions, type LabWire, type LabWireParts } from "./lab-wire.ts";
import { registerWire } from "./register-wire.ts";

/** A KCS register block by its two faces. */
export interface KcsBlock {
  readonly host: RegisterPort;
  readonly bmc: KcsController;
  /** The host's end of the interrupt line. */
  onLine(changed: (level: boolean) => void): void;
}

/** The model's KCS register block, and the KCS device behind it. */
export function kcsWire(parts: LabWireParts): LabWire {
  const registers = new KcsRegisters({ spacing: parts.scenario.spacing ?? 1 });
  const onLine = (changed: (level: boolean) => void) => registers.onLine(changed);
  return kcsWireOver({ host: registers, bmc: registers, onLine }, parts);
}

/** Any KCS register block, and the KCS device behind it. */
export function kcsWireOver({ host, bmc, onLine }: KcsBlock, parts: LabWireParts): LabWire {
  const late = new LateKcs(new KcsBmcTap(bmc, parts.tracer), parts.bmcLane);
  return {
    ...registerWire({ kind: "kcs", host, tags: bmc.tags, onLine }, parts),
    device: new KcsDevice(late, parts.bmcLane, deviceOptions(parts)),
    systemInterface: {},
    misdeeds: {
      "bytes-late": (us) => {
        late.bytesUs = us;
      },
      "state-late": (us) => {
        late.stateUs = us;
      },
    },
  };
}
