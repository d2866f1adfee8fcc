import type { Body } from "../../trace/events.ts";
import { Recorder, Tracer } from "../../trace/tracer.ts";

/**
 * The trace that both faces become. What one face shows and the other does not is the wire's, or one of the files
 * lacks a line there without saying so, and then what each party did before may look like a breach of its own. So
 * there is a gap around each difference: from the request on that the faces still agreed to begin, to where they
 * agree again. What is told waits for as long.
 */
export class Telling {
  /** The time of what is told, which never falls back. */
  nowUs = 0;
  /** How often the faces were found to differ. */
  differences = 0;
  /** How often it could not be told whose doing something was. */
  unclear = 0;
  readonly #recorder = new Recorder();
  readonly #tracer = new Tracer(() => this.#dateUs);
  #dateUs = 0;
  /** What was told since the last request began. */
  #waiting: { readonly body: Body; readonly t: number }[] = [];
  #differs = false;

  constructor() {
    this.#tracer.attach(this.#recorder);
  }

  /** The faces were found to differ, and have not agreed since. */
  get differs(): boolean {
    return this.#differs;
  }

  tell(body: Body, t = this.nowUs): void {
    this.nowUs = Math.max(this.nowUs, t);
    this.#waiting.push({ body, t: this.nowUs });
  }

  /** A request began with what was told last, and the faces agreed up to there. */
  began(): void {
    if (!this.#differs) this.#writeDown();
  }

  /** Here they differ. */
  garbled(text: string): void {
    if (this.#differs) return;
    this.#differs = true;
    this.differences++;
    this.#waiting.unshift({ body: gap(text), t: this.#waiting[0]?.t ?? this.nowUs });
    this.#fault("fires", text);
  }

  /** They agree again. */
  settled(text: string): void {
    this.#differs = false;
    this.#fault("ends", text);
    this.tell(gap(text));
  }

  /** All that was told. */
  events(): Recorder["events"] {
    this.#writeDown();
    return this.#recorder.events;
  }

  #fault(what: "fires" | "ends", text: string): void {
    this.tell({ e: "fault", name: NAME, what, on: "wire", text });
  }

  #writeDown(): void {
    for (const { body, t } of this.#waiting) {
      this.#dateUs = t;
      this.#tracer.emit(body);
    }
    this.#waiting = [];
  }
}

function gap(text: string): Body {
  return { e: "gap", text };
}

const NAME = "between the faces";
