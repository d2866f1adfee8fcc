import { Lines } from "../evidence/index.ts";
import { TraceError, TraceReader } from "../trace/jsonl.ts";
import { Exit, Failure } from "./failure.ts";
import type { JudgedEvidence } from "./judge-evidence.ts";
import { type Further, Judged } from "./judged.ts";
import { visible } from "./printable.ts";

/** A trace's line holds its scenario, or what a stranger made of one. */
const LINE_MAX = 1 << 24;

/** A trace of ours on its way to its verdict, a line at a time. */
export class TraceJudging {
  readonly #name: string;
  readonly #further: Further;
  readonly #reader = new TraceReader();
  readonly #lines = new Lines((line) => this.#take(line), LINE_MAX);
  #judged: Judged | undefined;
  #count = 0;

  constructor(name: string, further: Further) {
    this.#name = name;
    this.#further = further;
  }

  push(text: string): void {
    this.#refusing(() => this.#lines.push(text));
  }

  /** The trace is over. Throws when it is none, or claims what it has not. */
  end(): JudgedEvidence {
    return this.#refusing(() => {
      this.#lines.end();
      const cut = this.#reader.finish();
      const interfaces = this.#judged === undefined ? [] : [{ block: "", judged: this.#judged }];
      const open = cut === undefined ? [] : (this.#judged?.open ?? []);
      const remarks = [
        ...(cut === undefined ? [] : [`it breaks off (${cut.message})`]),
        ...open.map((what) => `open there, and not judged: ${what}`),
      ];
      return { format: "trace", lines: this.#count, interfaces, remarks };
    });
  }

  #take(line: string): void {
    this.#count++;
    const event = this.#reader.push(line);
    const { head } = this.#reader;
    if (head !== undefined) this.#judged ??= new Judged(head, this.#further);
    if (event !== undefined) this.#judged?.event(event);
  }

  #refusing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      throw new Failure(Exit.WrongCommand, visible(`${this.#name}: ${error.message}`));
    }
  }
}
