import { SmicDevice } from "../../bmc/index.ts";
import { SystemInterfaceType } from "../../ipmi/commands/app/system-interface.ts";
import { own, REGISTERS } from "../../scenario/registers.ts";
import type { WireAction } from "../../scenario/schema.ts";
import { FaultySmicPort, type SmicWireFault } from "../../wire/smic/faults.ts";
import { SmicRegisters } from "../../wire/smic/registers.ts";
import { SmicBmcTap, SmicHostTap } from "../../wire/smic/tap.ts";
import { ClockedPort } from "../clocked-port.ts";
import { INPUT_LATENCY_US, type LabWire, type LabWireParts } from "./lab-wire.ts";

const REPEAT_LATER_US = 20;
const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);

/** A SMIC register block, and the SMIC device behind it. */
export function smicWire(parts: LabWireParts): LabWire {
  const { scenario, time, labLane, tracer, numbersTransfers } = parts;
  const spacing = scenario.spacing ?? 1;
  const registers = new SmicRegisters({ spacing });
  const { tags } = registers;
  const faulty = new FaultySmicPort(
    registers,
    { spacing, tags },
    {
      now: () => time.nowUs,
      later: (us, run) => labLane.at(time.nowUs + us, "wire fault", run),
      elapse: (us) => time.elapse(us),
    },
  );
  registers.onLine((level) => faulty.line(level));
  const tap = new SmicHostTap(faulty, tracer, { tags, spacing, numbersTransfers });
  return {
    host: { kind: "smic", port: new ClockedPort(tap, time, parts.halt), spacing },
    tags,
    device: new SmicDevice(new SmicBmcTap(registers, tracer), parts.bmcLane, {
      inputLatencyUs: scenario.bmc?.["input-latency"] ?? INPUT_LATENCY_US,
      whenClosed: scenario.bmc?.["when-closed"] ?? "refuse",
      trusting: scenario.bmc?.trusting ?? false,
    }),
    systemInterface: { type: SystemInterfaceType.Smic },
    inject: (action, ended) => faulty.inject(smicFault(action), ended),
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onLine: (changed) => faulty.onLine(changed),
  };
}

function smicFault(action: WireAction): SmicWireFault {
  const { stuck, smi, corrupt, "lost-write": lost, "repeated-write": repeated } = action;
  if (stuck !== undefined) {
    return { kind: "stuck", ...stuck, reg: own(stuck.reg, REGISTERS.smic.read) };
  }
  if (lost !== undefined) {
    const reg = own(lost.reg, REGISTERS.smic.written);
    return { kind: "lost-write", reg, count: lost.count };
  }
  if (repeated !== undefined) {
    const reg = own(repeated.reg, REGISTERS.smic.written);
    const us = repeated.later ?? REPEAT_LATER_US;
    return { kind: "repeated-write", reg, count: repeated.count, us };
  }
  if (smi !== undefined) {
    const { request = GET_DEVICE_ID, restores = true } = smi;
    return { kind: "smi", request, restores };
  }
  if (corrupt !== undefined) return { kind: "corrupt", ...corrupt };
  const late = action["busy-late"];
  if (late !== undefined) return { kind: "busy-late", us: late };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  const us = action["spurious-interrupt"];
  return us === undefined ? { kind: "absent", value: 0xff } : { kind: "spurious-interrupt", us };
}
