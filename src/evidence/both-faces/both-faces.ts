import { type InterfaceKind, type TraceHead, traceHead } from "../../trace/head.ts";
import { EvidenceError } from "../evidence-error.ts";
import { bt } from "./bt.ts";
import { type Clocks, hostTime } from "./clocks.ts";
import { bmcPieces, hostPieces, type WholeTrace } from "./face.ts";
import { kcs } from "./kcs.ts";
import { beginOf, endOf, type Laid, layTogether, type Refusal, type Stretch } from "./laying.ts";
import { Merge } from "./merge.ts";
import { smic } from "./smic.ts";
import { ssif } from "./ssif.ts";
import { Telling } from "./telling.ts";
import type { Wire } from "./wire.ts";

/** Two traces of one wire as one, and how well their clocks are known. */
export interface BothFaces extends WholeTrace {
  readonly clocks: Clocks;
  /** How often one face showed what the other did not: that is the wire's, or one lacks a line; it is in a gap. */
  readonly differences: number;
  /** How often it cannot be told whether it was the wire's or a party's doing: nothing is judged across it. */
  readonly unclear: number;
  /** How many stretches without a hole were laid together, and how many could not be. */
  readonly stretches: number;
  readonly unlaid: number;
}

const WIRES: Readonly<Record<InterfaceKind, Wire>> = { kcs, smic, bt, ssif };

/**
 * Makes one trace of two, the host's face of a wire and the BMC's, whichever comes first. Their clocks
 * are laid together by the traffic itself. Throws `EvidenceError` where that cannot be done.
 */
export function bothFaces(one: WholeTrace, other: WholeTrace): BothFaces {
  const [host, bmc] = one.head.taps.host ? [one, other] : [other, one];
  checkHeads(host.head, bmc.head);
  const wire = wireOf(host.head);
  const hosts = hostPieces(host, wire.sent);
  const bmcs = bmcPieces(bmc, wire.taken);
  const laid = layTogether(wire, { hosts, bmcs });
  if (typeof laid === "string") throw new EvidenceError("FACES", REFUSALS[laid]);
  const { events, differences, unclear } = merged(wire, laid);
  return {
    head: headOf(host.head, bmc.head),
    events,
    clocks: laid.clocks,
    differences,
    unclear,
    stretches: laid.stretches.length,
    unlaid: laid.unlaid.length,
  };
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  "nothing in common":
    "the two files have no traffic in common that is seldom enough to lay them together by: no bytes that the host wrote and the BMC read",
  contradiction: "the two files contradict each other: no clocks fit what both show in common",
  "several ways":
    "the two files fit together in several ways, because their traffic repeats itself",
};

/**
 * The accesses of a match in real time are made from outside a machine, which takes its time to answer. Only KCS's
 * registers tell enough at each look to place the BMC's steps by what was read in place of when.
 */
function wireOf({ interface: kind, clock, witness }: TraceHead): Wire {
  if (kind === "opal") throw new EvidenceError("FACES", "OPAL's calls have one face, the host's");
  const datesAnswers = kind === "kcs" && clock === "real" && witness === undefined;
  return { ...WIRES[kind], datesAnswers };
}

function merged(wire: Wire, { clocks, stretches }: Laid) {
  const told = new Telling();
  let before: Merge | undefined;
  for (const stretch of stretches) {
    const { fromUs, toUs } = timesOf(stretch, clocks);
    if (toUs <= Math.max(fromUs, told.nowUs)) continue;
    if (before !== undefined) {
      before.end();
      const text = stretch.host.lost || stretch.bmc.lost;
      told.tell({ e: "gap", text });
    }
    before = new Merge(wire, stretch, clocks, told);
    before.run(Math.max(fromUs, told.nowUs), toUs);
  }
  told.tell({ e: "end", why: "interrupted" });
  return { events: told.events(), differences: told.differences, unclear: told.unclear };
}

/** The time in which both faces show all. Of what comes last in one, the other may not show what belongs to it. */
function timesOf(stretch: Stretch, clocks: Clocks) {
  const { host, bmc, way } = stretch;
  const [first] = way.pairs;
  const last = way.pairs.at(-1);
  const begin = beginOf(stretch, clocks);
  const end = endOf(stretch, clocks) - clocks.errorUs;
  const opens = hostTime(clocks, bmc.bytes[first?.r ?? 0]?.t ?? 0);
  const ends = host.bytes[last?.w ?? 0]?.t ?? 0;
  return {
    fromUs: way.opensBroken ? Math.max(begin, opens) : begin,
    toUs: way.endsBroken ? Math.min(end, ends) : end,
  };
}

function checkHeads(host: TraceHead, bmc: TraceHead): void {
  const one = host.taps.host && !host.taps.bmc;
  const other = bmc.taps.bmc && !bmc.taps.host;
  if (!one || !other) {
    const why = "two files are judged as one where one is the host's face, and one the BMC's";
    throw new EvidenceError("FACES", `${why}: ${shownBy(host)}, and ${shownBy(bmc)}`);
  }
  if (host.interface !== bmc.interface) {
    const why = `one file is of ${host.interface}, the other of ${bmc.interface}`;
    throw new EvidenceError("FACES", why);
  }
}

function shownBy({ taps }: TraceHead): string {
  if (taps.host && taps.bmc) return "here is one with both";
  if (!taps.host && !taps.bmc) return "here are messages alone";
  return `here is one of the ${taps.host ? "host's" : "BMC's"}`;
}

function headOf(host: TraceHead, bmc: TraceHead): TraceHead {
  return traceHead({
    scenario: "",
    host: host.host,
    bmc: bmc.bmc,
    interface: host.interface,
    seed: 0,
    taps: { host: true, bmc: true },
    clock: host.clock,
    promises: host.promises,
    scenarioText: "",
    witness: { middle: true, tells: [] },
  });
}
