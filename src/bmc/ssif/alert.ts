import type { SmbusSlave } from "../../wire/smbus/port.ts";

/**
 * SMBALERT# and its causes: a response that waits, and attention. The host asks who pulls the line,
 * and it is let go then, whatever the cause was; if there were two, the second is told of when the
 * first has been dealt with. @see IPMI 2.0 §12, SMBus 2.0 Appendix A
 */
export class SsifAlert {
  readonly #slave: SmbusSlave;
  #response = false;
  #attention = false;
  /** The host was told of both at once, and looks for the response first. */
  #owed = false;

  constructor(slave: SmbusSlave) {
    this.#slave = slave;
  }

  setResponse(waits: boolean): void {
    if (!waits && this.#owed) {
      this.#attention = true;
      this.#owed = false;
    }
    this.#response = waits;
    this.#update();
  }

  setAttention(on: boolean): void {
    this.#attention = on;
    this.#owed = this.#owed && on;
    this.#update();
  }

  /** The host has asked, and the line was let go. */
  taken(): void {
    this.#owed = this.#response && this.#attention;
    this.#response = false;
    this.#attention = false;
  }

  reset(): void {
    this.taken();
    this.#owed = false;
    this.#update();
  }

  #update(): void {
    this.#slave.setAlert(this.#response || this.#attention);
  }
}
