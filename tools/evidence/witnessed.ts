import { existsSync, readFileSync } from "node:fs";
import { type CaptureKind, captureScript } from "../../src/evidence/capture/kinds.ts";
import {
  type InterfaceKind,
  type MatchResult,
  onInterface,
  playBetween,
  readScenario,
} from "../../src/lab/index.ts";
import type { GuestWitness, Kernel } from "../../src/seats/linux/index.ts";
import { linux } from "../../src/seats/linux/match/party.ts";
import { model } from "../../src/seats/model/party.ts";
import type { TraceEvent } from "../../src/trace/events.ts";

const BUSYBOX = "/bin/busybox";
const KILOBYTES = 4_096;

/** A match of which there are two records. */
export interface Witnessed {
  readonly result: MatchResult;
  /** What our own tap saw. */
  readonly events: readonly TraceEvent[];
  /** What the script in the guest printed. */
  readonly lines: readonly string[];
}

export interface Asked {
  /** A scenario of the catalogue. */
  readonly name: string;
  readonly kind: InterfaceKind;
  readonly kernel: Kernel;
  /** The size of the guest's buffer. */
  readonly kilobytes?: number;
  /** How long the script captures; to the match's end when left out. */
  readonly seconds?: number;
}

/** The script at work in a guest, as a user would run it; the match's end ends it, if not its seconds. */
export function witnessOf(
  kind: CaptureKind,
  line: GuestWitness["line"],
  { kilobytes = KILOBYTES, seconds = 0 }: Pick<Asked, "kilobytes" | "seconds"> = {},
): GuestWitness {
  if (!existsSync(BUSYBOX)) {
    throw new Error("there is no BusyBox here; on Debian: apt-get install busybox-static");
  }
  return {
    busybox: readFileSync(BUSYBOX),
    script: captureScript(kind),
    arguments: [String(seconds), String(kilobytes)],
    begins: "it has begun",
    ends: "# end",
    line,
  };
}

/** A scenario by a kernel, while the script in its guest captures what it does. */
export async function playWitnessed(asked: Asked): Promise<Witnessed> {
  const { name, kind, kernel } = asked;
  const lines: string[] = [];
  const witness = witnessOf(kind, (text) => void lines.push(text), asked);
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
  const scenario = readScenario(onInterface(readFileSync(file, "utf8"), kind), `${name}.yaml`);
  const events: TraceEvent[] = [];
  const sink = { event: (event: TraceEvent) => void events.push({ ...event }) };
  const parties = { host: linux(kernel, { witness }), bmc: model };
  const result = await playBetween(parties, scenario, { sinks: () => [sink] });
  // Behind the capture's last line, the guest says what the script said on standard error.
  return { result, events, lines: lines.slice(0, lines.indexOf(witness.ends) + 1) };
}
