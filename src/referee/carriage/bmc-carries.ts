import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew, bothTexts, sameBytes, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { Remembered } from "./remembered.ts";

/** Whether the BMC's interface hands on what it was given, both ways. */
export const bmcCarries: readonly CommonRule[] = [
  {
    id: "GEN-14",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13",
    sentence:
      "The BMC carries out the request that came over the wire, whole and as it was, and no other.",
    instead:
      "The BMC's application gets each request as it came over the wire, byte for byte, and " +
      "nothing else.",
    shows: "an effect",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new CarriesOutWhatCame(context) : {}),
  },
  {
    id: "GEN-15",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13",
    sentence: "The BMC gives the host the response that its application made, whole and as it was.",
    instead: "The BMC puts on the wire what its application said, byte for byte.",
    shows: "an effect",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new GivesWhatItWasHanded(context) : {}),
  },
];

/** An application that is there reads each request: only without one the interface answers for it. */
class CarriesOutWhatCame extends RuleAutomaton {
  /** The trace tells by tags what the application reads. */
  tells = false;
  /** Since when the application is there; Infinity while it is not. */
  thereUs = Number.POSITIVE_INFINITY;

  bmcRequest({ tag, message }: On<"bmcRequest">): void {
    if (tag !== 0) this.tells = true;
    if (this.bmc.hasTaken(message) !== false) return;
    const [read, came] = bothTexts(message, this.bmc.exchange.request.copy());
    this.report(`it read ${read}; on the wire it was ${came}`);
  }

  exchange(exchange: Transfer): void {
    const { tag, response, startUs } = exchange;
    if (!exchange.answered || response.at(2) !== Cc.ResponseUnavailable) return;
    if (!this.tells || tag !== 0) return;
    const { faults } = this;
    // That an application aborts on purpose only the lab tells.
    if (this.head.witness !== undefined) return;
    const ended = startUs < this.thereUs || faults.orderedSince("bmc", startUs);
    if (ended || faults.wireSince(startUs).length > 0) return;
    this.report(
      `${transferText(exchange)} was answered with CEh, and its application never read it`,
    );
  }

  bmcLife({ what, t }: On<"bmcLife">): void {
    if (what === "daemon-opened") this.thereUs = t;
    else if (what === "daemon-closed" || beginsAnew(what)) this.thereUs = Number.POSITIVE_INFINITY;
  }
}

/** An interface that takes the whole response at once has given it before it says so. */
class GivesWhatItWasHanded extends RuleAutomaton {
  /** By tag, the last responses that the application handed in. */
  readonly handed = new Remembered<Uint8Array>();
  givenTag = 0;
  given: Uint8Array = new Uint8Array(0);
  /** By tag, the last requests; none where two came under it: whose response is whose nobody can tell. */
  readonly asked = new Remembered<Uint8Array | undefined>();

  bmcRequest({ tag, message }: On<"bmcRequest">): void {
    const before = this.asked.has(tag) ? this.asked.get(tag) : message;
    const same = before !== undefined && sameBytes(before, message);
    this.asked.set(tag, same ? message : undefined);
    this.handed.delete(tag);
    this.givenTag = 0;
  }

  bmcResponse({ tag, message }: On<"bmcResponse">): void {
    if (tag !== 0 && tag === this.givenTag) this.#compare(message, this.given);
    this.handed.set(tag, message);
  }

  exchange(exchange: Transfer): void {
    const mixed = this.asked.has(exchange.tag) && this.asked.get(exchange.tag) === undefined;
    if (exchange.tag === 0 || mixed || exchange.doubled) return;
    const handed = this.handed.get(exchange.tag);
    const given = exchange.response.copy();
    if (!exchange.complete) {
      // What was given up is right as far as it came.
      if (handed !== undefined) this.#compare(handed.subarray(0, given.length), given);
      return;
    }
    if (handed !== undefined) return this.#compare(handed, given, exchange);
    this.givenTag = exchange.tag;
    this.given = given;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (!beginsAnew(what)) return;
    this.handed.clear();
    this.asked.clear();
    this.givenTag = 0;
  }

  #compare(handed: Uint8Array, given: Uint8Array, exchange?: Transfer): void {
    if (sameBytes(handed, given)) return;
    const name = exchange === undefined ? "the request" : transferText(exchange);
    const [said, was] = bothTexts(handed, given);
    this.report(`${name} was answered with ${said}; on the wire it was ${was}`);
  }
}
