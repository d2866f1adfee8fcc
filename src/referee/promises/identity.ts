import { commandName } from "../../ipmi/command-table.ts";
import { Cc } from "../../ipmi/completion.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bothTexts, codeText, messageText, sameBytes } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** Whose answer an answer is. */
export const noForeignAnswer: CheckedRule = {
  id: "STACK-04",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "A request is answered with its own response, never with that to another request.",
  instead: "The stack matches a response with its request, and drops one that is nobody's.",
  shows: "an effect",
  presumes: "a right BMC",
  observable: true,
  automaton: (context) => new MatchesAnswers(context),
};

export const honestMaker: CheckedRule = {
  id: "STACK-09",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "An answer said to be the BMC's is what the BMC's response carried, and no response to the " +
    "request itself is called unusable.",
  instead:
    "The stack hands on the response that it read as the BMC's, and calls its own code its own.",
  trusts: "the transfer",
  shows: "an effect",
  presumes: "a right BMC",
  observable: true,
  automaton: (context) => (context.head.taps.host ? new MatchesResponses(context) : {}),
};

interface Sent {
  readonly netFn: number;
  readonly cmd: number;
  /** The BMC's tag of the response that came for it over the wire; 0 none. */
  presented: number;
}

/** What went over the wire for a request: a bridged one goes as a Send Message. */
class MatchesAnswers extends RuleAutomaton {
  readonly sent = new Few<Sent>();

  send({ id, message }: On<"send">): void {
    this.sent.set(id, { netFn: (message[0] ?? 0) >> 2, cmd: message[1] ?? 0, presented: 0 });
  }

  received({ id, tag, message }: On<"received">): void {
    const request = this.sent.get(id);
    if (request === undefined) return;
    const own = (message[0] ?? 0) >> 2 === (request.netFn | 1) && message[1] === request.cmd;
    // A response to another command is dropped, or made an error: the answer will show.
    request.presented = own ? tag : FOREIGN;
  }

  answer({ id, tag, maker }: On<"answer">): void {
    const request = this.sent.get(id);
    this.sent.delete(id);
    if (maker !== "bmc") return;
    if (request?.presented === FOREIGN) {
      this.report(`${answeredText(id, request)} another command`);
    } else if (tag !== 0 && tag !== id) {
      // What the BMC itself presents as the response the host cannot tell from the right one.
      const presented = request?.presented === tag;
      const text = `${answeredText(id, request)} request ${tag}`;
      this.report(
        presented ? `${text}, as the BMC presented it` : text,
        presented ? "note" : undefined,
      );
    }
  }
}

const FOREIGN = -1;

function answeredText(id: number, request: Sent | undefined): string {
  const name = request === undefined ? "" : ` (${commandName(request.netFn, request.cmd)})`;
  return `request ${id}${name} was answered with the response to`;
}

/** What went over the wire for a request that has no answer yet. */
interface Carried {
  asked: Uint8Array;
  /** When it was sent first; -1 nobody said so. */
  sentUs: number;
  /** What the stack says that it took for the response, if that is one to its request. */
  right: Uint8Array | undefined;
  response: Uint8Array | undefined;
}

const NONE = new Uint8Array(0);

/**
 * The response as the host read it off the wire, not as the BMC gave it: what a wire fault
 * changed the host cannot know.
 */
class MatchesResponses extends RuleAutomaton {
  readonly byId = new Few<Carried>();
  sending = -1;

  send({ id, message, t }: On<"send">): void {
    this.sending = id;
    const carried = this.#of(id);
    carried.asked = message;
    // What came for the try before counts no longer.
    carried.right = undefined;
    if (carried.sentUs === -1) carried.sentUs = t;
  }

  received({ id, message }: On<"received">): void {
    const carried = this.byId.get(id);
    if (carried === undefined || message.length < 3) return;
    const { asked } = carried;
    const own = message[0] === ((asked[0] ?? 0) | RESPONSE_BIT) && message[1] === (asked[1] ?? 0);
    if (own) carried.right = message;
  }

  /** A response has come when its bytes were read, whatever became of the transfer's end. */
  transfer(transfer: Transfer): void {
    if (this.sending === -1 || (!transfer.complete && !transfer.responded)) return;
    const carried = this.#of(transfer.tag || this.sending);
    if (transfer.complete) carried.response = transfer.response.copy();
    else carried.response ??= transfer.response.copy();
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    const carried = this.byId.get(id);
    this.byId.delete(id);
    const response = carried?.response ?? this.#beingRead(id);
    const startUs = carried === undefined || carried.sentUs === -1 ? t : carried.sentUs;
    // Of a guest only the answers are known, not which transfer they come from.
    if (this.sending === -1) return;
    if (maker === "host-handler") this.#discards(id, cc, carried?.right, startUs);
    if (maker !== "bmc") return;
    if (response === undefined) {
      const what = `request ${id} got ${codeText(cc)} as the BMC's, but no response had come for it`;
      this.report(what, undefined, undefined, { startUs });
      return;
    }
    if (response[2] === cc && sameBytes(data, response, 3)) return;
    // As the response would be that it was taken from.
    const whole = Uint8Array.of(response[0] ?? 0, response[1] ?? 0, cc, ...data);
    const [got, was] = bothTexts(whole, response);
    const what = `request ${id} got ${got}; on the wire it was ${was}`;
    this.report(what, undefined, undefined, { startUs });
  }

  /** The stack says that what came is none. */
  #discards(id: number, cc: number, right: Uint8Array | undefined, startUs: number): void {
    if (right === undefined || cc !== Cc.Unspecified) return;
    const what = `request ${id} got ${codeText(cc)} of the host's own, though its response came`;
    this.report(`${what}: ${messageText(right)}`, undefined, undefined, { startUs });
  }

  #of(id: number): Carried {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const carried = { asked: NONE, sentUs: -1, right: undefined, response: undefined };
    this.byId.set(id, carried);
    return carried;
  }

  /** What was read of the response to this request whose transfer has not come to its end. */
  #beingRead(id: number): Uint8Array | undefined {
    const { transfer } = this.host;
    const own = (transfer.tag || this.sending) === id;
    return own && transfer.responded ? transfer.response.copy() : undefined;
  }
}
