import {
  Assembler,
  EvidenceError,
  EvidenceReading,
  type Format,
  type SeenInterface,
  type Unread,
} from "../evidence/index.ts";
import { verdictText } from "../referee/index.ts";
import type { InterfaceKind } from "../trace/head.ts";
import { Judged, withVisibleTexts } from "./judged.ts";
import { visible } from "./printable.ts";

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

/** Evidence on its way from text to verdicts. */
export class EvidenceJudging {
  readonly #name: string;
  readonly #keeps: boolean;
  readonly #interfaces: JudgedInterface[] = [];
  readonly #assembler: Assembler;
  readonly #reading: EvidenceReading;

  /** `name`: of the file, for messages. */
  constructor(
    name: string,
    given: {
      readonly format?: Format | undefined;
      readonly kind?: InterfaceKind | undefined;
      /** The events are needed once more. */
      readonly keeps?: boolean;
    },
  ) {
    this.#keeps = given.keeps ?? false;
    this.#name = name;
    this.#assembler = new Assembler((seen) => this.#begin(seen), given.kind);
    this.#reading = new EvidenceReading((each) => this.#assembler.take(each), given.format);
  }

  push(text: string): void {
    this.#reading.push(text);
  }

  /** The evidence is over. Throws when nothing of it can be judged. */
  end(): JudgedEvidence {
    this.#reading.end();
    this.#assembler.end();
    const { format, lines } = this.#reading;
    const name = format?.name ?? "";
    const { lostNowhere } = this.#assembler;
    if (lostNowhere > 0) {
      const why = `${lostNowhere} events are missing nobody knows where: capture with larger buffers`;
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
    const why = `${lines} lines of ${name}, and none tells of IPMI${because}`;
    throw new EvidenceError("NO_IPMI", why);
  }

  #begin({ block, head }: SeenInterface): Judged {
    const judged = new Judged(head, this.#keeps);
    this.#interfaces.push({ block, judged });
    return judged;
  }

  #remarks(): string[] {
    const { gaps, ties, undecided } = this.#assembler;
    return [
      ...(gaps === 0
        ? []
        : [`events are missing in ${gaps} places: nothing is judged across them`]),
      ...(ties === 0 ? [] : [`${ties} times go back a little: they count as one`]),
      ...undecided.map(({ block, accesses }) => {
        const where = block === "" ? "" : ` at ${visible(block)}`;
        return `of ${accesses} accesses${where} it cannot be told which interface they are of`;
      }),
      ...this.#reading.unread.map(unreadText),
    ];
  }

  /** The file's name, as messages give it. */
  get name(): string {
    return this.#name;
  }
}

function unreadText({ kind, count, firstLine }: Unread): string {
  const where = count === 1 ? `line ${firstLine}` : `${count} lines, the first is ${firstLine}`;
  return `not used: ${kind} (${where})`;
}

/** All verdicts for a reader. */
export function evidenceText(name: string, of: JudgedEvidence): string {
  const blocks = of.interfaces.flatMap(({ block, judged }) => [
    headline(name, block, judged),
    "",
    verdictText(withVisibleTexts(judged.verdict)),
  ]);
  return [...blocks, ...of.remarks.map(visible)].join("\n");
}

function headline(name: string, block: string, { head }: Judged): string {
  const where = block === "" ? "" : ` at ${visible(block)}`;
  const faces = [
    ...(head.taps.host ? ["the host's"] : []),
    ...(head.taps.bmc ? ["the BMC's"] : []),
  ];
  const face = `${faces.join(" and ")} ${faces.length === 1 ? "face" : "faces"}`;
  return `${visible(name)}: ${head.interface}${where}, ${face}, as written down there`;
}

/** All verdicts as data. */
export function evidenceJson({ format, lines, interfaces, remarks }: JudgedEvidence): unknown {
  return {
    format,
    lines,
    remarks,
    interfaces: interfaces.map(({ block, judged }) => ({
      block,
      ...judged.head,
      verdict: judged.verdict,
    })),
  };
}
