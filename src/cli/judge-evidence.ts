import {
  Assembler,
  EvidenceError,
  EvidenceReading,
  type Format,
  PcapReading,
  type SeenInterface,
  type Unread,
} from "../evidence/index.ts";
import { verdictText } from "../referee/index.ts";
import type { InterfaceKind } from "../trace/head.ts";
import { type Further, Judged, withVisibleTexts } from "./judged.ts";
import { visible } from "./printable.ts";
import { explanationText, laddersJson } from "./report/explanation.ts";
import type { JudgedSuite } from "./report/judged-suites.ts";

/** One interface of the evidence, judged. */
export interface JudgedInterface {
  /** What tells it from others on that machine; empty when nothing does. */
  readonly block: string;
  readonly judged: Judged;
}

/** What was judged, and what is to be said of how it was written down. */
export interface JudgedEvidence {
  readonly format: string;
  readonly lines: number;
  readonly interfaces: readonly JudgedInterface[];
  /** Sentences on what could not be used, and where it was. */
  readonly remarks: readonly string[];
}

/** What reads a kind of evidence, piece by piece. */
interface Reading<P> {
  /** Of what `lines` are counted. */
  readonly unit: string;
  readonly lines: number;
  readonly format: Pick<Format, "name"> | undefined;
  readonly unread: readonly Unread[];
  push(piece: P): void;
  end(): void;
}

/** Evidence that is text on its way to verdicts. */
export function judgingText(given: Given): EvidenceJudging<string> {
  return new EvidenceJudging(given, (tell) => new EvidenceReading(tell, given.format));
}

/** A file of packets on its way to verdicts. */
export function judgingPackets(given: Given): EvidenceJudging<Uint8Array> {
  return new EvidenceJudging(given, (tell) => new PcapReading(tell));
}

interface Given extends Further {
  readonly format?: Format | undefined;
  readonly kind?: InterfaceKind | undefined;
}

/** Evidence on its way from its pieces to verdicts. */
class EvidenceJudging<P> {
  readonly #further: Further;
  readonly #interfaces: JudgedInterface[] = [];
  readonly #assembler: Assembler;
  readonly #reading: Reading<P>;

  constructor(
    { kind, ...further }: Given,
    reading: (tell: (sighting: Parameters<Assembler["take"]>[0]) => void) => Reading<P>,
  ) {
    this.#further = further;
    this.#assembler = new Assembler((seen) => this.#begin(seen), kind);
    this.#reading = reading((each) => this.#assembler.take(each));
  }

  push(piece: P): void {
    this.#reading.push(piece);
  }

  /** The evidence is over. Throws when nothing of it can be judged. */
  end(): JudgedEvidence {
    this.#reading.end();
    this.#assembler.end();
    const { format, lines } = this.#reading;
    const name = format?.name ?? "";
    const { lostNowhere } = this.#assembler;
    if (lostNowhere > 0) {
      const why = `${lostNowhere} events are missing nobody knows where: capture again, with larger buffers`;
      throw new EvidenceError("HOLES", why);
    }
    const remarks = this.#remarks();
    if (this.#interfaces.length > 0) {
      return { format: name, lines, interfaces: this.#interfaces, remarks };
    }
    if (this.#assembler.undecided.length > 0) {
      const why = "whether this is KCS, SMIC or BT cannot be told from it: --interface says which";
      throw new EvidenceError("UNKNOWN_INTERFACE", why);
    }
    if (name === "kernel-log") {
      const why = "a kernel's log has no accesses to judge: `baseboard diagnose` is for it";
      throw new EvidenceError("NO_IPMI", why);
    }
    const [first] = remarks;
    const because = first === undefined ? "" : `; ${first}`;
    const why = `${lines} ${this.#reading.unit}s of ${name}, and none tells of IPMI${because}`;
    throw new EvidenceError("NO_IPMI", why);
  }

  #begin({ block, head }: SeenInterface): Judged {
    const judged = new Judged(head, this.#further);
    this.#interfaces.push({ block, judged });
    return judged;
  }

  #remarks(): string[] {
    const { gaps, ties, undecided } = this.#assembler;
    return [
      ...(gaps === 1 ? ["events are missing in one place: nothing is judged across it"] : []),
      ...(gaps > 1 ? [`events are missing in ${gaps} places: nothing is judged across them`] : []),
      ...(ties === 0 ? [] : [`${ties} times go back a little: they count as one`]),
      ...undecided.map(({ block, accesses }) => {
        const where = block === "" ? "" : ` at ${visible(block)}`;
        return `of ${accesses} accesses${where} it cannot be told which interface they are of`;
      }),
      ...this.#reading.unread.map((each) => unreadText(each, this.#reading.unit)),
    ];
  }
}

function unreadText({ kind, count, firstLine }: Unread, unit: string): string {
  const where =
    count === 1 ? `${unit} ${firstLine}` : `${count} ${unit}s, the first is ${firstLine}`;
  return `not used: ${kind} (${where})`;
}

/** All verdicts for a reader. */
export function evidenceText(name: string, of: JudgedEvidence, explain: boolean): string {
  const blocks = of.interfaces.flatMap(({ block, judged }) => [
    headline(name, block, judged),
    "",
    verdictText(withVisibleTexts(judged.verdict)),
    ...(explain ? explained(judged) : []),
  ]);
  return [...blocks, ...of.remarks.map(visible)].join("\n");
}

function explained({ verdict, ladders }: Judged): string[] {
  if (ladders === undefined) return [];
  const text = explanationText(verdict, ladders);
  return text === "" ? [] : [`${text}\n`];
}

/** What was judged, in one line. */
export function headline(name: string, block: string, { head }: Judged): string {
  const where = block === "" ? "" : ` at ${visible(block)}`;
  const faces = [
    ...(head.taps.host ? ["the host's"] : []),
    ...(head.taps.bmc ? ["the BMC's"] : []),
  ];
  const shown = `${faces.join(" and ")} ${faces.length === 1 ? "face" : "faces"}`;
  const face = faces.length === 0 ? "the messages" : shown;
  return `${visible(name)}: ${head.interface}${where}, ${face}, as written down there`;
}

/** All verdicts as data. */
export function evidenceJson(of: JudgedEvidence, explain: boolean): unknown {
  const { format, lines, interfaces, remarks } = of;
  return {
    format,
    lines,
    remarks,
    interfaces: interfaces.map(({ block, judged }) => ({
      block,
      ...judged.head,
      verdict: judged.verdict,
      ...(judged.ladders === undefined || !explain ? {} : { ladders: laddersJson(judged.ladders) }),
    })),
  };
}

/** All verdicts for test tools. */
export function evidenceSuites(name: string, { interfaces }: JudgedEvidence): JudgedSuite[] {
  return interfaces.map(({ block, judged }) => {
    const { head, verdict, ladders } = judged;
    const where = block === "" ? "" : ` at ${block}`;
    return { name: `${name}: ${head.interface}${where}`, head, verdict, ladders };
  });
}
