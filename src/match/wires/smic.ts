import { SmicDevice } from "../../bmc/index.ts";
import { SystemInterfaceType } from "../../ipmi/commands/app/system-interface.ts";
import { SmicBmcTap } from "../../wire/smic/bmc-tap.ts";
import { SmicRegisters } from "../../wire/smic/registers.ts";
import { SmiHandler } from "../../wire/smic/smi-handler.ts";
import { LateSmic } from "../faults/late-smic.ts";
import { deviceOptions, type LabWire, type LabWireParts } from "./lab-wire.ts";
import { type RegisterBlock, registerWire } from "./register-wire.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);

/** A SMIC register block, and the SMIC device behind it. */
export function smicWire(parts: LabWireParts): LabWire {
  const { scenario, time, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const registers = new SmicRegisters({ spacing });
  const { tags } = registers;
  const elapse = () => time.elapse(1);
  const handler = new SmiHandler({ port: registers, spacing, tags, elapse });
  const block: RegisterBlock = {
    kind: "smic",
    host: registers,
    tags,
    onLine: (changed: (level: boolean) => void) => registers.onLine(changed),
    smi: ({ request = GET_DEVICE_ID, restores = true }) => {
      return handler.intrusion({ request, restores });
    },
  };
  const late = new LateSmic(new SmicBmcTap(registers, tracer), parts.bmcLane);
  return {
    ...registerWire(block, parts),
    device: new SmicDevice(late, parts.bmcLane, deviceOptions(parts)),
    misdeeds: {
      "bytes-late": (us) => {
        late.bytesUs = us;
      },
      "ready-late": (us) => {
        late.readyUs = us;
      },
    },
    systemInterface: { type: SystemInterfaceType.Smic },
  };
}
