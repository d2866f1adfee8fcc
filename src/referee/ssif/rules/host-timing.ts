import { beginsRequest, SSIF_ADDRESS, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { givesUp } from "../../common/waiting.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, seconds, transferText } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { BusBlock } from "../bus-block.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** When the host asks, and how often. */
export const hostTiming: readonly SsifRule[] = [
  {
    id: "SSIF-01",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.1",
    sentence:
      "One request at a time: the next begins when the response was read, or the old one was given up after T6.",
    instead: "The host reads the response first, or waits for T6 before it gives the request up.",
    observable: true,
    automaton: (context) => new OneAtATime(context),
  },
  {
    id: "SSIF-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.17",
    sentence:
      "Between two tries the host waits for T3 when it reads, for T6 when it writes; fewer than C1 retries are a note.",
    instead:
      "The host waits for T3 before it reads again, for T6 before it writes again, and gives up " +
      "after C1 retries.",
    observable: true,
    automaton: (context) => new WaitsBetweenTries(context),
  },
];

/**
 * T3 and T6 are 60 ms at the least; less what a guest's clock may differ from the trace's, which
 * goes on in ticks. @see IPMI 2.0 §12.17
 */
const PAUSE_US = 48_000;
/** C1: so many times a request is written again. @see IPMI 2.0 §12.17 */
const RETRIES_MIN = 5;

class OneAtATime extends RuleAutomaton<SsifContext> {
  /** When a new driver, or a panic, came to the bus last. */
  comesUs = Number.NEGATIVE_INFINITY;
  changes = 0;

  transfer(transfer: Transfer): void {
    const leftBehind = transfer.startUs <= this.comesUs;
    const excused =
      leftBehind || this.faults.wireActive || this.faults.wireChanges !== this.changes;
    this.changes = this.faults.wireChanges;
    const us = transfer.endUs - transfer.sentUs;
    if (excused || !transfer.sent || !transfer.abandoned || us >= PAUSE_US) return;
    const what = transferText(transfer);
    this.report(`a request was begun ${seconds(us)} after ${what}, whose response was not read`);
  }

  // Who comes new knows nothing of what the one before him did.
  hostLife({ t }: On<"hostLife">): void {
    this.comesUs = t;
  }
}

class WaitsBetweenTries extends RuleAutomaton<SsifContext> {
  /** When a read, and a write, failed last; -1 when the last one did not. */
  readUs = -1;
  writeUs = -1;
  /** What the write that failed had sent. */
  words: readonly number[] = [];
  /** Our stack says when it begins with a request; of a guest only the bytes tell. */
  tells = false;
  /** When the alert line was pulled last. */
  alertUs = Number.NEGATIVE_INFINITY;
  /** The BMC itself said, when it was asked, that it pulls the line. */
  pulls = false;
  /** When the last block of this request ended, if no other master had the bus; by our stack's word. */
  blockUs = -1;
  /** When the read before this one began. */
  readStartUs = 0;
  tries = 0;
  counts = false;

  irq({ level, t }: On<"irq">): void {
    if (level === 1) this.alertUs = t;
  }

  alertResponse(value: number): void {
    if (value >> 1 === SSIF_ADDRESS) this.pulls = true;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "recovery") return;
    this.#anew();
    // A panic says of its requests neither when they begin nor when they end.
    if (what === "panic") this.tells = false;
  }

  send(): void {
    this.tells = true;
    this.writeUs = -1;
    this.blockUs = -1;
    this.tries = 0;
    this.counts = true;
  }

  hostBlock(block: BusBlock): void {
    if (block.command === SsifCommand.ReadStart) this.#asks(block);
    else if (!block.reads) this.#writes(block);
    else if (this.tells) this.readUs = block.end === "lost" ? -1 : block.endUs;
    this.blockUs = this.tells && block.end !== "lost" ? block.endUs : -1;
  }

  /** Our own stack waits behind a response that it cannot use, too, and whatever the wire does. */
  #asks({ startUs, endUs, end, disturbed }: BusBlock): void {
    // The alert says that there is something to read, even while the read before still runs.
    const alerted = this.pulls || this.alertUs >= this.readStartUs;
    this.pulls = false;
    if (this.#soon(this.readUs, startUs) && !alerted && (this.tells || !disturbed)) {
      this.report(`the response was asked for again after ${seconds(startUs - this.readUs)}`);
    }
    this.readStartUs = startUs;
    const failed = end === "refused" || (this.tells && end !== "lost");
    this.readUs = failed ? endUs : -1;
  }

  #writes(block: BusBlock): void {
    const { command, startUs, endUs } = block;
    const failed = block.end === "refused";
    const begins = command === -1 || beginsRequest(command);
    // A read that was refused by its address looks like a write.
    const sinceUs = command === -1 ? this.writeUs : Math.max(this.writeUs, this.blockUs);
    if (begins && this.#soon(sinceUs, startUs) && (this.tells || !block.disturbed)) {
      const again = this.tells || beginsAlike(this.words, wordsOf(block));
      const name = hex(Math.max(command, 0));
      if (again) this.report(`${name} was written again after ${seconds(startUs - sinceUs)}`);
    }
    this.writeUs = failed ? endUs : -1;
    if (failed) this.words = wordsOf(block);
    if (!failed) this.counts = false;
    if (begins) this.readUs = -1;
    if (failed) this.tries++;
  }

  answer(event: On<"answer">): void {
    const given = this.counts && givesUp(event);
    if (given && this.tries > 0 && this.tries <= RETRIES_MIN) {
      this.report(`the request was written ${this.tries} times, and given up`, "note");
    }
    this.counts = false;
  }

  #soon(sinceUs: number, nowUs: number): boolean {
    return sinceUs !== -1 && nowUs - sinceUs < PAUSE_US;
  }

  #anew(): void {
    this.readUs = -1;
    this.writeUs = -1;
    this.blockUs = -1;
    this.counts = false;
  }
}

/** Command, count and bytes, as far as they came. */
function wordsOf({ command, count, bytes }: BusBlock): readonly number[] {
  if (command === -1) return [];
  return count === -1 ? [command] : [command, count, ...bytes.copy()];
}

/** Whether what is known of both is the same, and something is known. */
function beginsAlike(a: readonly number[], b: readonly number[]): boolean {
  const length = Math.min(a.length, b.length);
  return length > 0 && a.slice(0, length).every((word, at) => word === b[at]);
}
