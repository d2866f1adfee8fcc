import { keep, requestText, WaitingRequests, waitText } from "../common/waiting.ts";
import type { CheckedRule } from "../rule.ts";
import { seconds } from "../text.ts";

/** Exactly one answer. */
export const answersOnce: CheckedRule = {
  id: "STACK-01",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "Each accepted request is answered exactly once, whatever the BMC does.",
  observable: true,
  automaton: ({ head, report }) => {
    const waiting = new WaitingRequests();
    const answered = new Set<number>();
    return {
      ...keep(waiting),
      request: (event) => waiting.accept(event, event.t),
      transfer: (transfer) => {
        waiting.transferred(transfer);
      },
      hostLife: ({ what }) => {
        // A crashed host owes nobody anything.
        if (what === "panic") waiting.byId.clear();
      },
      refused: (event) => {
        if (waiting.byId.delete(event.id)) answered.add(event.id);
      },
      answer: (event) => {
        if (waiting.byId.delete(event.id)) answered.add(event.id);
        else if (answered.has(event.id)) report(`request ${event.id} was answered again`);
        else report(`an answer was given to request ${event.id}, which was never accepted`);
      },
      end: (event) => {
        const final = event.why === "done" || event.why === "guest-ended";
        for (const each of waiting.byId.values()) {
          if (!final && event.t - each.sinceUs <= head.promises.answerBoundUs) continue;
          report(`${waitText(each, event.t)}; ${waiting.meanwhile(each)}`);
        }
      },
    };
  },
};

export const answersInTime: CheckedRule = {
  id: "STACK-02",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "Each accepted request is answered within the bound that the stack states.",
  observable: true,
  automaton: ({ head, report }) => {
    const waiting = new WaitingRequests();
    const boundUs = head.promises.answerBoundUs;
    return {
      ...keep(waiting),
      request: (event) => waiting.accept(event, event.t),
      transfer: (transfer) => {
        waiting.transferred(transfer);
      },
      hostLife: ({ what }) => {
        if (what === "panic") waiting.byId.clear();
      },
      answer: (event) => {
        const each = waiting.byId.get(event.id);
        waiting.byId.delete(event.id);
        if (each === undefined || event.t - each.sinceUs <= boundUs) return;
        const waited = `answered after ${seconds(event.t - each.sinceUs)}`;
        const bound = `the bound is ${seconds(boundUs)}`;
        const meanwhile = waiting.meanwhile(each);
        report(`${requestText(each.request)} ${waited}; ${bound}; ${meanwhile}`);
      },
    };
  },
};
