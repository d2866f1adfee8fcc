import { type BothFaces, bothFaces, EvidenceError, type WholeTrace } from "../evidence/index.ts";
import { Exit, Failure } from "./failure.ts";
import type { JudgedEvidence } from "./judge-evidence.ts";
import { type Further, Judged } from "./judged.ts";
import { visible } from "./printable.ts";

/** One of two files: what it is called, and the traces that are in it. */
export interface FaceFile {
  readonly name: string;
  readonly came: JudgedEvidence;
}

/** Two faces of one wire, judged as one. Throws where they cannot be laid together. */
export function judgedBoth(one: FaceFile, other: FaceFile, further: Further = {}): JudgedEvidence {
  const both = laidTogether(one, other);
  const judged = new Judged(both.head, further);
  for (const event of both.events) judged.event(event);
  const remarks = [one, other].flatMap(({ name, came }) => {
    return came.remarks.map((remark) => `${name}: ${remark}`);
  });
  return {
    format: `${one.came.format} and ${other.came.format}`,
    lines: one.came.lines + other.came.lines,
    interfaces: [{ block: "", judged }],
    remarks: [clocksText(both), ...differencesText(both), ...unsureText(both), ...remarks],
  };
}

/** Of all interfaces that the files show, the two that are one wire. */
function laidTogether(one: FaceFile, other: FaceFile): BothFaces {
  const fit: BothFaces[] = [];
  let refused: EvidenceError | undefined;
  for (const first of tracesOf(one)) {
    for (const second of tracesOf(other)) {
      try {
        fit.push(bothFaces(first, second));
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        refused ??= error;
      }
    }
  }
  const [both, ...more] = fit;
  if (both !== undefined && more.length === 0) return both;
  const why = both === undefined ? (refused?.message ?? "nothing is in them") : SEVERAL;
  throw new Failure(Exit.WrongCommand, visible(`${one.name} and ${other.name}: ${why}`));
}

const SEVERAL = "several of their interfaces fit together; cut the files to one each";

function tracesOf({ came }: FaceFile): WholeTrace[] {
  return came.interfaces.map(({ judged: { head, kept } }) => ({ head, events: kept }));
}

function clocksText({ clocks }: BothFaces): string {
  const { offsetUs, driftPpm, driftErrorPpm, errorUs } = clocks;
  const way = offsetUs < 0 ? "ahead" : "behind";
  const by = `${(Math.abs(offsetUs) / 1e6).toFixed(6)} s ${way}, known to ± ${errorUs} µs`;
  const runs = driftPpm < 0 ? "gains" : "loses";
  const drift = `${Math.abs(driftPpm).toFixed(1)} ± ${driftErrorPpm.toFixed(1)} ppm`;
  return `the BMC's clock is ${by}, and ${runs} ${drift}`;
}

function unsureText({ unclear, unlaid, stretches }: BothFaces): string[] {
  const texts: string[] = [];
  if (unclear > 0) {
    const times = unclear === 1 ? "once" : `${unclear} times`;
    const why = "whether that was the wire's or a party's doing, neither face shows";
    texts.push(`the BMC's address was not taken, or the clock held too long, ${times}: ${why}`);
  }
  if (unlaid > 0) {
    const whole = `${unlaid} of ${unlaid + stretches} stretches between gaps`;
    texts.push(`${whole} are not judged: how they lie over each other in time cannot be told`);
  }
  return texts;
}

function differencesText({ differences }: BothFaces): string[] {
  if (differences === 0) return [];
  const places = differences === 1 ? "one place" : `${differences} places`;
  const why = "that is the wire's, or a line is missing in one file";
  const judged = "nothing is judged from the request before it on until they agree again";
  return [`the faces differ in ${places}: ${why}, and ${judged}`];
}
