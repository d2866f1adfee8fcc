import { beginsRequest, SSIF_ADDRESS, SsifCommand } from "../../wire/ssif/protocol.ts";
import type { BusTransaction } from "../sighting.ts";

/** Tells whether a device on a bus is a BMC that speaks SSIF, by what is sent to it and comes back. */
export class SsifGuess {
  #asked = false;
  #answered = false;

  take({ address, messages, outcome }: BusTransaction): void {
    const [sent, came] = messages;
    if (outcome !== "done" || sent === undefined || sent.read) return;
    const [command = -1, count = 0] = sent.bytes;
    const isRequest =
      beginsRequest(command) &&
      // With or without a packet error code.
      (sent.bytes.length === count + 2 || sent.bytes.length === count + 3);
    if (isRequest) this.#asked = true;
    if (this.#asked && command === SsifCommand.ReadStart && came?.read === true) {
      this.#answered = true;
    }
    if (isRequest && address === SSIF_ADDRESS) this.#answered = true;
  }

  get kind(): "ssif" | undefined {
    return this.#asked && this.#answered ? "ssif" : undefined;
  }
}
