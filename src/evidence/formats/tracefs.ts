import { KernelEvents } from "../events/kernel-events.ts";
import { usOf } from "../numbers.ts";
import type { LineReader, Teller } from "../sighting.ts";

/** The text of `trace` and `trace_pipe`, and of `trace-cmd report`, which has other columns. */
export class TracefsReader implements LineReader {
  readonly #teller: Teller;
  readonly #events: KernelEvents;
  #lastUs = 0;
  #lost = 0;
  /** CPUs of which events were read, where some were overwritten. */
  readonly #heard = new Set<number>();
  #unheard = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
    this.#events = new KernelEvents(teller);
  }

  /** Events of which the text says where they are missing; all of them if it gives no number. */
  get lost(): number {
    return this.#lost;
  }

  line(text: string): void {
    const found = EVENT.exec(text);
    if (found === null) return this.#other(text);
    const [, pid = "", cpu = "", seconds = "", fraction = "", name = ""] = found;
    const atUs = usOf(seconds, fraction);
    if (atUs === undefined) return this.#unusable("a time that is none");
    this.#lastUs = atUs;
    if (this.#unheard > 0) {
      this.#hears(Number(cpu), atUs);
      if (this.#unheard > 0) return this.#teller.unread(OVERWRITTEN);
    }
    const body = text.slice(found[0].length);
    this.#events.event({ pid: Number(pid), cpu: Number(cpu), atUs, name, body });
  }

  end(): void {}

  #other(text: string): void {
    const lost = LOST.exec(text);
    if (lost !== null) {
      const [, cpu = "", count = "", dropped = ""] = lost;
      const many = count || dropped || "some";
      this.#lost += many === "some" ? Number.POSITIVE_INFINITY : Number(many);
      return this.#events.lost(this.#lastUs, `${many} events of CPU ${cpu} were lost`);
    }
    const entries = ENTRIES.exec(text);
    if (entries !== null) {
      const [, inBuffer, written, cpus = "1"] = entries;
      return this.#entries(Number(written) - Number(inBuffer), Number(cpus));
    }
    if (!OF_NO_EVENT.test(text)) this.#unusable("a line that is no event of a trace");
  }

  /** It may have been an access before something spoiled it. */
  #unusable(kind: string): void {
    this.#teller.unread(kind);
    this.#events.lost(this.#lastUs, kind);
  }

  /**
   * Each CPU has a buffer of its own, of which the oldest events were overwritten: where a CPU has not
   * been heard yet, it may have had accesses that are gone.
   */
  #entries(overwritten: number, cpus: number): void {
    if (overwritten <= 0) return;
    this.#unheard = cpus - this.#heard.size;
    this.#events.lost(this.#lastUs, `${overwritten} events were overwritten before it was read`);
  }

  /** A CPU is heard for the first time. Until all were, nothing can be told. */
  #hears(cpu: number, atUs: number): void {
    if (this.#heard.has(cpu)) return;
    this.#heard.add(cpu);
    this.#unheard--;
    if (this.#unheard === 0) this.#events.lost(atUs, "events before this one were overwritten");
  }
}

/** Whether a line looks like one of this format. */
export function isTracefs(line: string): boolean {
  return EVENT.test(line) || /^# tracer: /.test(line) || ENTRIES.test(line) || LOST.test(line);
}

/**
 * `ipmitool-98 [000] d..1. 7.722673: r: `; some columns can be left out or put in by options. A task's
 * name may hold anything, and is at most 16 characters long; saved names may be longer for kernel threads.
 */
const EVENT =
  /^ *.{1,40}?-(\d{1,10}) +(?:\( *[\d-]+\) +)?\[(\d{1,5})\] +(?:[\w.#!+*@]+ +)?(\d{1,10})\.(\d{1,9}): +([\w.-]{1,64}): +/;
const OVERWRITTEN = "an event before which those of another CPU may have been overwritten";
export const LOST = /^CPU:(\d{1,5}) \[(?:LOST(?: (\d+))? EVENTS|(?:(\d+) )?EVENTS DROPPED)\]/;
const ENTRIES = /^# entries-in-buffer\/entries-written: (\d{1,15})\/(\d{1,15})(?: +#P:(\d{1,5}))?/;
/** Headings, empty lines, and what belongs to the event before: a stack, a function's name. */
const OF_NO_EVENT = /^(?:#.*|\s*|\s+=> .*|cpus=\d+|version = .*|CPU \d+ is empty)$/;
