import { BtDevice } from "../../bmc/index.ts";
import type { BtInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import type { BtAbilities } from "../../scenario/bt.ts";
import { own, REGISTERS } from "../../scenario/registers.ts";
import type { WireAction } from "../../scenario/schema.ts";
import { type BtWireFault, FaultyBtPort } from "../../wire/bt/faults.ts";
import { BT_INPUT_LENGTH_MIN, BT_OUTPUT_LENGTH_MIN } from "../../wire/bt/protocol.ts";
import { BtRegisters } from "../../wire/bt/registers.ts";
import { BtBmcTap, BtHostTap } from "../../wire/bt/tap.ts";
import { ClockedPort } from "../clocked-port.ts";
import { INPUT_LATENCY_US, type LabWire, type LabWireParts } from "./lab-wire.ts";

const REPEAT_LATER_US = 20;
const OUTSTANDING_MAX = 8;
const TIME_MAX_S = 30;

/** A BT register block, and the BT device behind it. */
export function btWire(parts: LabWireParts): LabWire {
  const { scenario, time, labLane, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const asked = scenario.bmc?.bt ?? {};
  const said = capabilitiesOf(asked);
  const kept = within(said);
  const registers = new BtRegisters({
    spacing,
    fifoBytes: asked.fifo ?? 256,
    hardwareReset: asked["hardware-reset"] !== undefined,
  });
  const faulty = new FaultyBtPort(registers, spacing, {
    now: () => time.nowUs,
    later: (us, run) => labLane.at(time.nowUs + us, "wire fault", run),
  });
  registers.onLine((level) => faulty.line(level));
  const { tags } = registers;
  const { numbersTransfers } = parts;
  const tap = new BtHostTap(faulty, tracer, { tags, spacing, numbersTransfers });
  return {
    host: { kind: "bt", port: new ClockedPort(tap, time, parts.halt), spacing },
    tags,
    device: new BtDevice(new BtBmcTap(registers, tracer), parts.bmcLane, {
      inputLatencyUs: scenario.bmc?.["input-latency"] ?? INPUT_LATENCY_US,
      whenClosed: scenario.bmc?.["when-closed"] ?? "refuse",
      trusting: scenario.bmc?.trusting ?? false,
      busyWhileFull: asked["busy-while-full"] ?? false,
      capabilities: kept,
    }),
    systemInterface: {
      type: undefined,
      bt: said,
      // Length counts Seq, too.
      inputBytesMax: kept.inputBytesMax - 1,
      outputBytesMax: kept.outputBytesMax - 1,
    },
    inject: (action, ended) => faulty.inject(btFault(action), ended),
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onHardwareReset: (run) => registers.onHardwareReset(run),
    onLine: (changed) => faulty.onLine(changed),
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

function btFault(action: WireAction): BtWireFault {
  const { stuck, "lost-write": lost, "repeated-write": repeated, corrupt } = action;
  if (stuck !== undefined) {
    return { kind: "stuck", ...stuck, reg: own(stuck.reg, REGISTERS.bt.read) };
  }
  if (lost !== undefined) {
    const reg = own(lost.reg, REGISTERS.bt.written);
    return { kind: "lost-write", reg, count: lost.count, bits: lost.bits };
  }
  if (repeated !== undefined) {
    const reg = own(repeated.reg, REGISTERS.bt.written);
    const us = repeated.later ?? REPEAT_LATER_US;
    return { kind: "repeated-write", reg, count: repeated.count, us };
  }
  if (corrupt !== undefined) return { kind: "corrupt", ...corrupt };
  const late = action["busy-late"];
  if (late !== undefined) return { kind: "busy-late", us: late };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  const us = action["spurious-interrupt"];
  return us === undefined ? { kind: "absent", value: 0xff } : { kind: "spurious-interrupt", us };
}
