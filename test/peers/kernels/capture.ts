import { existsSync, readFileSync } from "node:fs";
import { type CaptureKind, captureScript } from "../../../src/evidence/capture/kinds.ts";
import {
  type InterfaceKind,
  type MatchResult,
  onInterface,
  playBetween,
  readScenario,
} from "../../../src/lab/index.ts";
import { linux } from "../../../src/seats/linux/match/party.ts";
import { model } from "../../../src/seats/model/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { kernelFor } from "./kernel.ts";

const BUSYBOX = "/bin/busybox";

export interface Captured {
  readonly result: MatchResult;
  /** What our own tap saw. */
  readonly events: readonly TraceEvent[];
  /** What the script in the guest printed. */
  readonly lines: readonly string[];
}

export interface Asked {
  readonly name: string;
  readonly kind: InterfaceKind;
  readonly version: string;
  readonly kilobytes?: number;
  readonly interrupt?: "poll" | "timer" | "irq";
}

/** A scenario of the catalogue by a kernel, while the script in its guest captures what it does. */
export async function playCaptured(asked: Asked): Promise<Captured> {
  if (!existsSync(BUSYBOX)) {
    throw new Error("there is no BusyBox here; on Debian: apt-get install busybox-static");
  }
  const { name, kind, version, kilobytes = 4_096 } = asked;
  const lines: string[] = [];
  const script: CaptureKind = kind;
  const witness = {
    busybox: readFileSync(BUSYBOX),
    script: captureScript(script),
    arguments: ["0", String(kilobytes)],
    begins: "it has begun",
    ends: "# end",
    line: (text: string) => void lines.push(text),
  };
  const host = linux(await kernelFor(version, kind), { witness });
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  const scenario = readScenario(onInterface(readFileSync(file, "utf8"), kind), `${name}.yaml`);
  const events: TraceEvent[] = [];
  const sink = { event: (event: TraceEvent) => void events.push({ ...event }) };
  const result = await playBetween({ host, bmc: model }, scenario, { sinks: () => [sink] });
  return { result, events, lines };
}
