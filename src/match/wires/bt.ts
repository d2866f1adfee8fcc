import { BtDevice } from "../../bmc/index.ts";
import type { BtInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import type { BtAbilities } from "../../scenario/bt.ts";
import { BtBmcTap } from "../../wire/bt/bmc-tap.ts";
import { BT_INPUT_LENGTH_MIN, BT_OUTPUT_LENGTH_MIN } from "../../wire/bt/protocol.ts";
import { BtRegisters } from "../../wire/bt/registers.ts";
import { deviceOptions, type LabWire, type LabWireParts } from "./lab-wire.ts";
import { registerWire } from "./register-wire.ts";

const OUTSTANDING_MAX = 8;
const TIME_MAX_S = 30;

/** A BT register block, and the BT device behind it. */
export function btWire(parts: LabWireParts): LabWire {
  const { scenario } = parts;
  const asked = scenario.bmc?.bt ?? {};
  const said = capabilitiesOf(asked);
  const kept = within(said);
  const registers = new BtRegisters({
    spacing: scenario.spacing ?? 1,
    fifoBytes: asked.fifo ?? 256,
    hardwareReset: asked["hardware-reset"] !== undefined,
  });
  const device = deviceOptions(parts);
  const onLine = (changed: (level: boolean) => void) => registers.onLine(changed);
  return {
    ...registerWire({ kind: "bt", host: registers, tags: registers.tags, onLine }, parts),
    device: new BtDevice(
      new BtBmcTap(registers, parts.tracer),
      parts.bmcLane,
      Object.freeze({
        get inputLatencyUs() {
          return device.inputLatencyUs;
        },
        whenClosed: device.whenClosed,
        trusting: device.trusting,
        busyWhileFull: asked["busy-while-full"] ?? false,
        capabilities: kept,
      }),
    ),
    misdeeds: {},
    systemInterface: {
      type: undefined,
      bt: said,
      // Length counts Seq, too.
      inputBytesMax: kept.inputBytesMax - 1,
      outputBytesMax: kept.outputBytesMax - 1,
    },
    onHardwareReset: (run) => registers.onHardwareReset(run),
  };
}

function capabilitiesOf(asked: BtAbilities): BtInterfaceCapabilities {
  return {
    outstandingRequests: asked.outstanding ?? 1,
    inputBytesMax: asked.input ?? 255,
    outputBytesMax: asked.output ?? 255,
    requestToResponseS: asked.time ?? 5,
    retries: asked.retries ?? 1,
  };
}

/** What a BMC really does that says what no BMC may say. @see IPMI 2.0 §22.10 */
function within(said: BtInterfaceCapabilities): BtInterfaceCapabilities {
  return {
    outstandingRequests: Math.min(Math.max(said.outstandingRequests, 1), OUTSTANDING_MAX),
    inputBytesMax: Math.max(said.inputBytesMax, BT_INPUT_LENGTH_MIN),
    outputBytesMax: Math.max(said.outputBytesMax, BT_OUTPUT_LENGTH_MIN),
    requestToResponseS: Math.min(Math.max(said.requestToResponseS, 1), TIME_MAX_S),
    retries: said.retries,
  };
}
