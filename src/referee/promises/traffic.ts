import type { HostLife } from "../../trace/events.ts";
import type { Automaton } from "../automaton.ts";
import { isFetch, isOwn, keep, WaitingRequests, waitText } from "../common/waiting.ts";
import type { CheckedRule, Context } from "../rule.ts";
import { transferText } from "../text.ts";

/** What the BMC has to say comes first, but not for ever. */
export const noStarvation: CheckedRule = {
  id: "STACK-03",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "What the BMC has to say does not keep an accepted request from the wire.",
  observable: true,
  automaton: ({ head, host, report }) => {
    const waiting = new WaitingRequests();
    const max = head.promises.internalTransfersMax;
    return {
      ...keep(waiting),
      request: (event) => {
        if (!isOwn(event)) waiting.accept(event, event.t);
      },
      answer: (event) => {
        waiting.byId.delete(event.id);
      },
      transfer: (transfer) => {
        const owner = waiting.transferred(transfer);
        if (owner !== undefined || !isFetch(transfer.netFn, transfer.cmd)) return;
        for (const each of waiting.byId.values()) {
          if (each.sent > 0) continue;
          each.fetches++;
          if (each.fetches !== max + 1) continue;
          const passed = `${each.fetches} fetches went before it`;
          report(`${waitText(each, host.lastAccessUs)}, not sent yet; ${passed}`);
        }
      },
    };
  },
};

export const boundedWork: CheckedRule = {
  id: "STACK-05",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "The interface code gives the processor back after a bounded number of accesses.",
  observable: true,
  automaton: ({ head, host, report }) => {
    let from = -1;
    const judge = (): void => {
      const accesses = host.accesses - from;
      if (from !== -1 && accesses > head.promises.runAccessesMax) {
        report(`${accesses} register accesses in one run`);
      }
      from = -1;
    };
    return {
      run: (event) => {
        if (event.on) from = host.accesses;
        else judge();
      },
      hostLife: ({ what }) => {
        // A panic takes over within a run, and has a bound of its own.
        if (what === "panic") judge();
      },
      end: judge,
    };
  },
};

export const quietAfterReset: CheckedRule = {
  id: "STACK-06",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "After a reset of the BMC the host leaves the registers alone for the quiet time.",
  observable: true,
  automaton: (context) =>
    barred(context, {
      from: ["quiet"],
      // A host that crashes has no time to wait.
      until: ["quiet-end", "down", "removed", "start", "inserted", "panic"],
      where: "in the quiet time",
    }),
};

export const silentWhenDown: CheckedRule = {
  id: "STACK-07",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "A stack that is down touches no register any more.",
  observable: true,
  automaton: (context) =>
    barred(context, {
      from: ["down"],
      until: ["start", "inserted"],
      where: "after the stack was down",
    }),
};

interface Bar {
  readonly from: readonly HostLife["what"][];
  readonly until: readonly HostLife["what"][];
  readonly where: string;
}

/** Reports each access in the time between two events of the host's life. */
export function barred({ host, report }: Context, bar: Bar): Automaton {
  let active = false;
  return {
    hostLife: ({ what }) => {
      const now = bar.from.includes(what) || (active && !bar.until.includes(what));
      if (now !== active) host.bars += now ? 1 : -1;
      active = now;
    },
    trespass: () => {
      if (!active) return;
      const last = host.transfer.serial === 0 ? "none" : transferText(host.transfer);
      report(`a register was touched ${bar.where}; the transfer at hand: ${last}`);
    },
  };
}
