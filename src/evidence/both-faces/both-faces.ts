import type { TraceEvent } from "../../trace/events.ts";
import { type TraceHead, traceHead } from "../../trace/head.ts";
import { Recorder, Tracer } from "../../trace/tracer.ts";
import { EvidenceError } from "../evidence-error.ts";
import { boundsOf, type Faces } from "./bounds.ts";
import { type Clocks, clocksBy, hostTime } from "./clocks.ts";
import {
  type BmcStep,
  bmcSteps,
  type HostStep,
  hostSteps,
  taken,
  type WholeTrace,
  written,
} from "./face.ts";
import { Merge } from "./merge.ts";
import { type Pair, waysToPair } from "./pairs.ts";

/** Two traces of one wire as one, and how well their clocks are known. */
export interface BothFaces extends WholeTrace {
  readonly clocks: Clocks;
  /** How often one face showed what the other did not: that is the wire's. */
  readonly differences: number;
}

/**
 * Makes one trace of two, the host's face of a wire and the BMC's, whichever comes first. Their clocks
 * are laid together by the traffic itself. Throws `EvidenceError` where that cannot be done.
 */
export function bothFaces(one: WholeTrace, other: WholeTrace): BothFaces {
  const [host, bmc] = one.head.taps.host ? [one, other] : [other, one];
  checkHeads(host.head, bmc.head);
  const hosts = hostSteps(host);
  const bmcs = bmcSteps(bmc);
  const faces = { host: hosts, bmc: bmcs, writes: written(hosts), reads: taken(bmcs) };
  checkWhole(faces);
  const { pairs, clocks } = laidTogether(faces);
  const recorder = new Recorder();
  const merge = new Merge(faces, pairs, clocks, (now) => {
    const tracer = new Tracer(now);
    tracer.attach(recorder);
    return tracer;
  });
  const bmcsTime = (each: TraceEvent | undefined) => hostTime(clocks, each?.t ?? 0);
  const fromUs = Math.max(hosts[0]?.t ?? 0, bmcsTime(bmcs[0]));
  const toUs = Math.min(host.events.at(-1)?.t ?? 0, bmcsTime(bmc.events.at(-1)));
  // Of what comes last in one, the other may not show what belongs to it.
  merge.run(fromUs, toUs - clocks.errorUs);
  const { differences } = merge;
  return { head: headOf(host.head, bmc.head), events: recorder.events, clocks, differences };
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
  if (host.interface !== "kcs") {
    const why = `both faces of ${host.interface} cannot be laid together yet, only those of kcs`;
    throw new EvidenceError("FACES", why);
  }
}

/** What one face lacks in a hole would look like what the wire, or a party, did not do. */
function checkWhole({ host, bmc }: Faces): void {
  const isGap = ({ e }: HostStep | BmcStep) => e === "gap";
  if (!host.some(isGap) && !bmc.some(isGap)) return;
  const whose = host.some(isGap) ? "host's" : "BMC's";
  const why = `the ${whose} file has gaps, and what has gaps cannot be laid beside another file yet`;
  throw new EvidenceError("FACES", why);
}

function shownBy({ taps }: TraceHead): string {
  if (taps.host && taps.bmc) return "here is one with both";
  if (!taps.host && !taps.bmc) return "here are messages alone";
  return `here is one of the ${taps.host ? "host's" : "BMC's"}`;
}

interface Laid {
  readonly pairs: readonly Pair[];
  readonly clocks: Clocks;
}

function laidTogether(faces: Faces): Laid {
  const ways = waysToPair(faces.writes, faces.reads);
  if (ways.length === 0) {
    const why =
      "the two files have no traffic in common: no bytes that the host wrote and the BMC read";
    throw new EvidenceError("FACES", why);
  }
  const fromUs = faces.bmc[0]?.t ?? 0;
  const toUs = faces.bmc.at(-1)?.t ?? 0;
  const laid = ways
    .flatMap((pairs): Laid[] => {
      const clocks = clocksBy(boundsOf(faces, pairs), fromUs, toUs);
      return clocks === undefined ? [] : [{ pairs, clocks }];
    })
    .sort((a, b) => b.pairs.length - a.pairs.length);
  const [best, second] = laid;
  const most = Math.max(...ways.map(({ length }) => length));
  if (best === undefined || best.pairs.length < MOST * most) {
    const why = "the two files contradict each other: no clocks fit what both show in common";
    throw new EvidenceError("FACES", why);
  }
  if (second !== undefined && second.pairs.length >= AS_GOOD * best.pairs.length) {
    const apart = Math.abs(second.clocks.offsetUs - best.clocks.offsetUs);
    if (apart > best.clocks.errorUs) {
      const why =
        "the two files fit together in several ways, because their traffic repeats itself";
      throw new EvidenceError("FACES", why);
    }
  }
  return best;
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

/** What fits with fewer of the pairs than that fits by chance: the clocks jumped. */
const MOST = 0.8;
/** Another way to lay them together is as good with this share of the pairs. */
const AS_GOOD = 0.95;
