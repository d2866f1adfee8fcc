import { KcsDevice } from "../../bmc/index.ts";
import { FaultyKcsPort, type KcsWireFault } from "../../wire/kcs/faults.ts";
import { KcsRegisters } from "../../wire/kcs/registers.ts";
import { BmcTap, HostTap } from "../../wire/kcs/tap.ts";
import { ClockedPort } from "../clocked-port.ts";
import type { WireAction } from "../scenario/schema.ts";
import { INPUT_LATENCY_US, type LabWire, type LabWireParts } from "./lab-wire.ts";

const REPEAT_LATER_US = 20;

/** A KCS register block, and the KCS device behind it. */
export function kcsWire(parts: LabWireParts): LabWire {
  const { scenario, time, labLane, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const registers = new KcsRegisters({ spacing });
  const faulty = new FaultyKcsPort(registers, spacing, {
    now: () => time.nowUs,
    later: (us, run) => labLane.at(time.nowUs + us, "wire fault", run),
  });
  registers.onLine((level) => faulty.line(level));
  const { tags } = registers;
  const { numbersTransfers } = parts;
  const tap = new HostTap(faulty, tracer, { tags, spacing, numbersTransfers });
  return {
    host: { kind: "kcs", port: new ClockedPort(tap, time, parts.halt), spacing },
    tags,
    device: new KcsDevice(new BmcTap(registers, tracer), parts.bmcLane, {
      inputLatencyUs: scenario.bmc?.["input-latency"] ?? INPUT_LATENCY_US,
      whenClosed: scenario.bmc?.["when-closed"] ?? "refuse",
      trusting: scenario.bmc?.trusting ?? false,
    }),
    inject: (action, ended) => faulty.inject(kcsFault(action), ended),
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onLine: (changed) => faulty.onLine(changed),
  };
}

function kcsFault(action: WireAction): KcsWireFault {
  if (action.stuck !== undefined) return { kind: "stuck", ...action.stuck };
  if (action["ibf-late"] !== undefined) return { kind: "ibf-late", us: action["ibf-late"] };
  if (action["ibf-never"] === true) return { kind: "ibf-late", us: Number.MAX_SAFE_INTEGER };
  if (action["lost-write"] !== undefined) return { kind: "lost-write", ...action["lost-write"] };
  if (action.corrupt !== undefined) return { kind: "corrupt", ...action.corrupt };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  if (action["spurious-interrupt"] !== undefined) {
    return { kind: "spurious-interrupt", us: action["spurious-interrupt"] };
  }
  const repeated = action["repeated-write"];
  if (repeated === undefined) return { kind: "absent", value: 0xff };
  const us = repeated.later ?? REPEAT_LATER_US;
  return { kind: "repeated-write", reg: repeated.reg, count: repeated.count, us };
}
