import { kernelLine } from "../evidence/formats/kernel-log.ts";
import { withoutSecretText } from "../ipmi/secrets.ts";
import { shapeOf } from "./shape.ts";

/** A kind of line that a log has: how often, and the first of them. */
export interface Seen {
  readonly shape: string;
  count: number;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What a log is asked about beyond its lines. */
export interface About {
  /** The interfaces that it speaks of: kcs, smic, bt, ssif. */
  readonly interfaces: ReadonlySet<string>;
  /** As the kernel says it when it boots. */
  readonly kernel: string | undefined;
}

/** More kinds of lines than these are not kept: no right log has so many. */
const SHAPES_MAX = 5_000;
/** Of a line, for a reader. */
const SHOWN_MAX = 200;

const KERNEL = /(?:Linux version|[Tt]ainted(?:: [A-Z ]+)?) (\d+\.\d+[\w.+-]*)/;
/** A capture has the log of its time, and says on which kernel. */
const CAPTURED_ON = /^# kernel: (\d+\.\d+[\w.+-]*)/;
/** What only a driver of one interface says. */
const SPEAKS_OF = [
  ["kcs", /IPMI kcs interface|specified kcs state|KCS in invalid|KCS: State|kcs_sm/],
  ["smic", /IPMI smic interface|specified smic state|smic_drv|SMIC in invalid/],
  ["bt", /IPMI bt interface|specified bt state|IPMI BT: |BT in invalid|bt cap/],
  ["ssif", /\bipmi_ssif\b(?!: IPMI SSIF Interface driver)|SSIF interface/],
] as const;
const CHEAP =
  /ipmi|bmc|kcs|smic|ssif|list_|BUG|Oops|protection|refcount|lockup|nobody|panic|WARNING|rcu|blocked|\+0x|Linux version|tainted|^# kernel/i;

/** A kernel's log, line by line in bounded memory: which kinds of lines it has. */
export class KernelLog implements About {
  readonly seen = new Map<string, Seen>();
  readonly interfaces = new Set<string>();
  kernel: string | undefined;
  /** Lines so far, and how many of them were the kernel's own on what we look at. */
  lines = 0;
  relevant = 0;

  /** Takes a line without its end. */
  line(text: string): void {
    this.lines++;
    if (!CHEAP.test(text)) return;
    this.kernel ??= CAPTURED_ON.exec(text)?.[1];
    const said = kernelLine(text);
    if (said !== undefined) this.#message(said.text);
  }

  #message(text: string): void {
    this.kernel ??= KERNEL.exec(text)?.[1];
    const shape = shapeOf(text);
    if (shape === undefined) return;
    for (const [kind, words] of SPEAKS_OF) {
      if (words.test(text)) this.interfaces.add(kind);
    }
    this.relevant++;
    const known = this.seen.get(shape);
    if (known !== undefined) known.count++;
    else if (this.seen.size < SHAPES_MAX) {
      const shown = withoutSecretText(text.slice(0, SHOWN_MAX));
      this.seen.set(shape, { shape, count: 1, line: this.lines, text: shown });
    }
  }
}
