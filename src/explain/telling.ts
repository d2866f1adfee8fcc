import type { EventTexts } from "./event-text.ts";
import type { Masked } from "./masking.ts";
import { Steps } from "./steps.ts";

/** So many events wait; of those that come besides the first are told, asked for or not. */
const WAITING_MAX = 1_000;

interface Waiting extends Masked {
  readonly apart: boolean;
}

/** Steps of events that are put into words when somebody asks: of most transfers nobody does. */
export class Telling {
  readonly #texts: EventTexts;
  readonly #steps = new Steps();
  #waiting: Waiting[] = [];

  constructor(texts: EventTexts) {
    this.#texts = texts;
  }

  add({ event, masked }: Masked, apart: boolean): void {
    this.#waiting.push({ event, masked, apart });
    if (this.#waiting.length > WAITING_MAX) this.#tell();
  }

  /** All by now. */
  get steps(): Steps {
    this.#tell();
    return this.#steps;
  }

  /** Only so many of the last are kept. */
  keepLast(count: number): void {
    if (this.#waiting.length > count && this.#steps.length === 0) {
      this.#waiting.splice(0, this.#waiting.length - count);
    } else this.steps.keepLast(count);
  }

  #tell(): void {
    for (const { event, masked, apart } of this.#waiting) {
      const { n, t } = event;
      this.#steps.add({ ...this.#texts.told(event), n, t, masked }, apart);
    }
    this.#waiting = [];
  }
}
