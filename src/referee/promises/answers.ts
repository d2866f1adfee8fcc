import type { On } from "../automaton.ts";
import { Remembered } from "../carriage/remembered.ts";
import { AT_ONCE_US, isStacks, OUR_OWN } from "../common/our-own.ts";
import { isLate, isOwn, requestText, waitText } from "../common/waiting.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** Exactly one answer. */
export const answersOnce: CheckedRule = {
  id: "STACK-01",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "Each accepted request is answered exactly once, whatever the BMC does.",
  instead: "The stack answers each request that it accepted, and answers none of them again.",
  observable: true,
  automaton: (context) => new AnswersOnce(context),
};

class AnswersOnce extends RuleAutomaton {
  /** The requests that were answered last. */
  readonly answered = new Remembered<true>();

  refused({ id }: On<"refused">): void {
    if (this.requests.byId.has(id)) this.answered.set(id, true);
  }

  answer(event: On<"answer">): void {
    if (this.requests.byId.has(event.id)) this.answered.set(event.id, true);
    else if (this.answered.has(event.id)) this.report(`request ${event.id} was answered again`);
    else this.report(`an answer was given to request ${event.id}, which was never accepted`);
  }

  end(event: On<"end">): void {
    const final = event.why === "done" || event.why === "guest-ended";
    for (const each of this.requests.byId.values) {
      if (!final && !isLate(each, this.head.promises, event.t)) continue;
      this.report(`${waitText(each, event.t)}; ${this.requests.meanwhile(each)}`);
    }
  }
}

export const answersInTime: CheckedRule = {
  id: "STACK-02",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "Each accepted request is answered within the bound that the stack states, and what a slow BMC takes " +
    "for others meanwhile; at once when the stack gives the BMC up, as long as it has, and when it " +
    "leaves it alone.",
  instead: "The stack answers in time, at the latest with a completion code of its own.",
  observable: true,
  automaton: (context) =>
    context.head.host === OUR_OWN ? new AnswersAtOnce(context) : new AnswersInTime(context),
};

/** Then everybody who waits is told. */
const GIVES_UP: ReadonlySet<string> = new Set(["failed", "bring-up-failed", "quiet", "down"]);

const BACK: ReadonlySet<string> = new Set(["start", "found", "up", "panic", "shutdown"]);

class AnswersInTime extends RuleAutomaton {
  answer(event: On<"answer">): void {
    const each = this.requests.byId.get(event.id);
    if (each === undefined || !isLate(each, this.head.promises, event.t)) return;
    const waited = `answered after ${seconds(event.t - each.sinceUs)}`;
    const bound = `the bound is ${seconds(this.head.promises.answerBoundUs)}`;
    const meanwhile = this.requests.meanwhile(each);
    this.report(`${requestText(each.request)} ${waited}; ${bound}; ${meanwhile}`);
  }
}

/** Of our own stack it is known when it gives the BMC up. */
class AnswersAtOnce extends AnswersInTime {
  /** When the stack said so, and what it said; -1 nobody has to be told. */
  givenUpUs = -1;
  said = "";
  /** The BMC is given up; and the request that was accepted since, and has to be answered at once. */
  lost = false;
  atOnce: On<"request"> | undefined;

  request(event: On<"request">): void {
    this.#judge(event.t);
    if (this.lost && !isStacks(event.user)) this.atOnce ??= event;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (BACK.has(what)) this.lost = false;
    this.atOnce = undefined;
    if (!GIVES_UP.has(what)) return;
    this.lost = what === "failed";
    this.givenUpUs = t;
    this.said = what;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  override answer(event: On<"answer">): void {
    this.#judge(event.t);
    if (this.atOnce?.id === event.id) this.atOnce = undefined;
    super.answer(event);
  }

  #judge(nowUs: number): void {
    const { givenUpUs, atOnce } = this;
    if (atOnce !== undefined && nowUs - atOnce.t > AT_ONCE_US) {
      this.atOnce = undefined;
      const text = `${requestText(atOnce)} was accepted with the BMC given up, and left waiting`;
      this.report(text, undefined, atOnce.t);
    }
    if (givenUpUs === -1 || nowUs - givenUpUs <= AT_ONCE_US) return;
    this.givenUpUs = -1;
    for (const each of this.requests.byId.values) {
      // What the interface asks for itself, and is on the wire, ends with its transfer.
      if (each.sinceUs >= givenUpUs || isOwn(each.request)) continue;
      const left = `${requestText(each.request)} was left waiting as the stack said: ${this.said}`;
      this.report(left, undefined, givenUpUs);
    }
  }
}
