import { getMessage, getMessageFlags } from "../../ipmi/commands/app/messaging.ts";
import { SpecificCc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew } from "../text.ts";

/** Message flags that every interface shows by SMS_ATN. @see IPMI 2.0 §22.4 */
export const MessageFlag = {
  ReceiveMessage: 0x01,
  EventBuffer: 0x02,
  Pretimeout: 0x08,
  Oem: 0xe0,
} as const;

const STANDARD = MessageFlag.ReceiveMessage | MessageFlag.EventBuffer | MessageFlag.Pretimeout;
/** The BMC may take so long to bring SMS_ATN in line with its flags. */
const SETTLE_US = 10_000;

/**
 * Watches a condition on the BMC's message flags and SMS_ATN that may hold for a moment only, by
 * the BMC's own face.
 */
export abstract class Settles<C extends Context> extends RuleAutomaton<C> {
  flags = 0;
  attention = false;
  known = false;
  /** Whether SMS_ATN is known, too: who comes in the middle of things has to see it first. */
  shown = this.head.witness?.middle !== true;
  /** When the flags were told last. */
  toldUs = -1;
  sinceUs = -1;
  /** The BMC has somebody who sets SMS_ATN. */
  served = true;

  /** The bit of SMS_ATN in the register whose changes the BMC's tap tells. */
  protected abstract readonly smsAtn: number;
  protected abstract wrong(flags: number, attention: boolean): boolean;
  /** It was wrong for too long. */
  protected abstract tell(flags: number, us: number): void;

  bmcLife(event: On<"bmcLife">): void {
    if (beginsAnew(event.what)) {
      this.known = false;
      this.attention = false;
      this.sinceUs = -1;
      return;
    }
    this.#look(event.t);
    // What one daemon leaves behind is the next one's to put right.
    if (event.what === "daemon-closed") this.served = false;
    if (event.what === "daemon-opened") this.served = true;
    if (event.what === "daemon-closed" || event.what === "daemon-opened") this.#update(event.t);
    // What lies in the queue has its flag, and whether that is told, too, is another matter.
    if (event.what === "message" && this.known) this.flags |= MessageFlag.ReceiveMessage;
    else if (event.what !== "flags") return;
    else this.flags = event.flags;
    this.toldUs = event.t;
    this.known = true;
    this.#update(event.t);
  }

  /** What the flags were said to be, where nobody has told that they changed. */
  dialogue(dialogue: Dialogue): void {
    if (!dialogue.clear || !dialogue.witnessed || dialogue.startUs <= this.toldUs) return;
    const empty = dialogue.is(getMessage) && dialogue.cc === SpecificCc.MessageQueueEmpty;
    const shown = dialogue.succeeds(getMessageFlags) ? (dialogue.data[0] ?? STANDARD) : STANDARD;
    const fallen = STANDARD & ~shown;
    this.flags &= ~(empty ? fallen | MessageFlag.ReceiveMessage : fallen);
    this.#update(dialogue.endUs);
  }

  bmcStatus({ status, t }: On<"bmcStatus">): void {
    const now = (status & this.smsAtn) !== 0;
    const first = !this.shown;
    this.shown = true;
    if (now === this.attention && !first) return;
    this.#look(t);
    this.attention = now;
    this.#update(t);
  }

  bmcRead({ t }: On<"bmcRead">): void {
    this.#look(t);
  }

  bmcResponse({ t }: On<"bmcResponse">): void {
    this.#look(t);
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  #look(nowUs: number): void {
    if (this.sinceUs === -1 || nowUs - this.sinceUs <= SETTLE_US) return;
    this.tell(this.flags, nowUs - this.sinceUs);
    this.sinceUs = Number.POSITIVE_INFINITY;
  }

  #update(nowUs: number): void {
    this.#look(nowUs);
    const known = this.known && this.shown && this.served;
    const rests = !known || this.bmc.away || !this.wrong(this.flags, this.attention);
    if (rests) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = nowUs;
  }
}
