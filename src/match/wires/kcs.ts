import { KcsDevice } from "../../bmc/index.ts";
import { own, REGISTERS } from "../../scenario/registers.ts";
import type { WireAction } from "../../scenario/schema.ts";
import { FaultyKcsPort, type KcsWireFault } from "../../wire/kcs/faults.ts";
import { type KcsController, KcsRegisters } from "../../wire/kcs/registers.ts";
import { BmcTap, HostTap } from "../../wire/kcs/tap.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { ClockedPort } from "../clocked-port.ts";
import { INPUT_LATENCY_US, type LabWire, type LabWireParts } from "./lab-wire.ts";

const REPEAT_LATER_US = 20;

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
export function kcsWireOver(block: KcsBlock, parts: LabWireParts): LabWire {
  const { scenario, time, labLane, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const faulty = new FaultyKcsPort(block.host, spacing, {
    now: () => time.nowUs,
    later: (us, run) => labLane.at(time.nowUs + us, "wire fault", run),
  });
  block.onLine((level) => faulty.line(level));
  const { tags } = block.bmc;
  const { numbersTransfers } = parts;
  const tap = new HostTap(faulty, tracer, { tags, spacing, numbersTransfers });
  return {
    host: { kind: "kcs", port: new ClockedPort(tap, time, parts.halt), spacing },
    tags,
    device: new KcsDevice(new BmcTap(block.bmc, tracer), parts.bmcLane, {
      inputLatencyUs: scenario.bmc?.["input-latency"] ?? INPUT_LATENCY_US,
      whenClosed: scenario.bmc?.["when-closed"] ?? "refuse",
      trusting: scenario.bmc?.trusting ?? false,
    }),
    systemInterface: {},
    inject: (action, ended) => faulty.inject(kcsFault(action), ended),
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onLine: (changed) => faulty.onLine(changed),
  };
}

function kcsFault(action: WireAction): KcsWireFault {
  const { stuck, "lost-write": lost } = action;
  if (stuck !== undefined) {
    return { kind: "stuck", ...stuck, reg: own(stuck.reg, REGISTERS.kcs.read) };
  }
  if (action["ibf-late"] !== undefined) return { kind: "ibf-late", us: action["ibf-late"] };
  if (action["ibf-never"] === true) return { kind: "ibf-late", us: Number.MAX_SAFE_INTEGER };
  if (lost !== undefined) {
    return { kind: "lost-write", ...lost, reg: own(lost.reg, REGISTERS.kcs.written) };
  }
  if (action.corrupt !== undefined) return { kind: "corrupt", ...action.corrupt };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  if (action["spurious-interrupt"] !== undefined) {
    return { kind: "spurious-interrupt", us: action["spurious-interrupt"] };
  }
  const repeated = action["repeated-write"];
  if (repeated === undefined) return { kind: "absent", value: 0xff };
  const us = repeated.later ?? REPEAT_LATER_US;
  const reg = own(repeated.reg, REGISTERS.kcs.written);
  return { kind: "repeated-write", reg, count: repeated.count, us };
}
