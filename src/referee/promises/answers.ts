import type { On } from "../automaton.ts";
import { requestText, WaitingAutomaton, waitText } from "../common/waiting.ts";
import type { CheckedRule } from "../rule.ts";
import { seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** Exactly one answer. */
export const answersOnce: CheckedRule = {
  id: "STACK-01",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "Each accepted request is answered exactly once, whatever the BMC does.",
  observable: true,
  automaton: (context) => new AnswersOnce(context),
};

class AnswersOnce extends WaitingAutomaton {
  readonly answered = new Set<number>();

  request(event: On<"request">): void {
    this.waiting.accept(event, event.t);
  }

  transfer(transfer: Transfer): void {
    this.waiting.transferred(transfer);
  }

  hostLife({ what }: On<"hostLife">): void {
    // A crashed host owes nobody anything.
    if (what === "panic") this.waiting.byId.clear();
  }

  override refused(event: On<"refused">): void {
    if (this.waiting.byId.delete(event.id)) this.answered.add(event.id);
  }

  answer(event: On<"answer">): void {
    if (this.waiting.byId.delete(event.id)) this.answered.add(event.id);
    else if (this.answered.has(event.id)) this.report(`request ${event.id} was answered again`);
    else this.report(`an answer was given to request ${event.id}, which was never accepted`);
  }

  end(event: On<"end">): void {
    const final = event.why === "done" || event.why === "guest-ended";
    for (const each of this.waiting.byId.values()) {
      if (!final && event.t - each.sinceUs <= this.head.promises.answerBoundUs) continue;
      this.report(`${waitText(each, event.t)}; ${this.waiting.meanwhile(each)}`);
    }
  }
}

export const answersInTime: CheckedRule = {
  id: "STACK-02",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "Each accepted request is answered within the bound that the stack states.",
  observable: true,
  automaton: (context) => new AnswersInTime(context),
};

class AnswersInTime extends WaitingAutomaton {
  request(event: On<"request">): void {
    this.waiting.accept(event, event.t);
  }

  transfer(transfer: Transfer): void {
    this.waiting.transferred(transfer);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "panic") this.waiting.byId.clear();
  }

  answer(event: On<"answer">): void {
    const each = this.waiting.byId.get(event.id);
    this.waiting.byId.delete(event.id);
    const { answerBoundUs: boundUs } = this.head.promises;
    if (each === undefined || event.t - each.sinceUs <= boundUs) return;
    const waited = `answered after ${seconds(event.t - each.sinceUs)}`;
    const bound = `the bound is ${seconds(boundUs)}`;
    const meanwhile = this.waiting.meanwhile(each);
    this.report(`${requestText(each.request)} ${waited}; ${bound}; ${meanwhile}`);
  }
}
