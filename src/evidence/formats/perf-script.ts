import { KernelEvents } from "../events/kernel-events.ts";
import { usOf } from "../numbers.ts";
import type { LineReader, Teller } from "../sighting.ts";

/** The text of `perf script`: the same events as tracefs has, behind other columns. */
export class PerfScriptReader implements LineReader {
  readonly #teller: Teller;
  readonly #events: KernelEvents;
  #lastUs = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
    this.#events = new KernelEvents(teller);
  }

  line(text: string): void {
    if (LOST.test(text)) return this.#events.lost(this.#lastUs, "perf lost events");
    const found = EVENT.exec(text);
    if (found === null) {
      if (!OF_NO_EVENT.test(text)) this.#unusable("a line that is no event of perf");
      return;
    }
    const [, pid = "", tid, cpu = "", seconds = "", fraction = "", name = ""] = found;
    const atUs = usOf(seconds, fraction);
    if (atUs === undefined) return this.#unusable("a time that is none");
    this.#lastUs = atUs;
    const body = text.slice(found[0].length);
    this.#events.event({ pid: Number(tid ?? pid), cpu: Number(cpu), atUs, name, body });
  }

  end(): void {}

  /** It may have been an access before something spoiled it. */
  #unusable(kind: string): void {
    this.#teller.unread(kind);
    this.#events.lost(this.#lastUs, kind);
  }
}

/** Whether a line looks like one of this format. */
export function isPerfScript(line: string): boolean {
  return EVENT.test(line);
}

/** `ipmitool 98 [000] 12.703561: baseboard:r: `, with a thread's number and a period where asked for. */
const EVENT =
  /^ *\S.{0,40}? +(\d{1,10})(?:\/(\d{1,10}))? +\[(\d{1,5})\] +(?:[\w.#!+*@]+ +)?(\d{1,10})\.(\d{1,9}): +(?:\d+ +)?[\w-]{1,64}:([\w.-]{1,64}): +/;
const LOST = /PERF_RECORD_LOST|^Processed .* lost \d+ (?:chunks|events)/;
/** Comments, empty lines, and a call chain. */
const OF_NO_EVENT = /^(?:#.*|\s*|\s+[0-9a-f]{4,16} .*)$/;
