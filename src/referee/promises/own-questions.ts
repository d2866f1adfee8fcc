import { commandName, NetFn } from "../../ipmi/command-table.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN, OWN_USERS, WATCHDOG_USER } from "../common/our-own.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, seconds } from "../text.ts";

/** What a stack does unasked grows with time, not with how slow the BMC is. */
export const ownQuestionsInTurn: CheckedRule = {
  id: "STACK-13",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "What the stack asks on its own account it asks again only when its last question of that " +
    "kind was answered, its watchdog's heartbeats, too: a slow BMC is not asked ever more.",
  instead: "The stack waits until its last question of that kind is answered, and then asks again.",
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new AsksInTurn(context) : {}),
};

const GIVES_UP: ReadonlySet<string> = new Set(["failed", "bring-up-failed", "quiet", "shutdown"]);

/** The stack's own questions that are open, by what they ask. */
class AsksInTurn extends RuleAutomaton {
  readonly open = new Map<string, On<"request">>();

  request(event: On<"request">): void {
    const heartbeat = isHeartbeat(event);
    if (!OWN_USERS.has(event.user) && !heartbeat) return;
    const question = heartbeat ? HEARTBEAT : questionOf(event);
    const before = this.open.get(question);
    if (before !== undefined) {
      const name = `${commandName(event.netFn, event.cmd)} by ${event.user}`;
      const ago = seconds(event.t - before.t);
      this.report(`${name} was asked again, though request ${before.id} of ${ago} ago is open`);
    }
    // A stop may be taken back before it got through: then the timer is set behind it.
    if (!heartbeat || event.cmd === resetWatchdogTimer.cmd) this.open.set(question, event);
  }

  refused({ id }: On<"refused">): void {
    this.#ended(id);
  }

  answer({ id }: On<"answer">): void {
    this.#ended(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    // A crashed host hears no answer; and who gives the BMC up answers all, as another promise says.
    if (what === "panic" || GIVES_UP.has(what)) this.open.clear();
  }

  #ended(id: number): void {
    if (this.open.size === 0) return;
    for (const [question, request] of this.open) {
      if (request.id === id) this.open.delete(question);
    }
  }
}

const HEARTBEAT = "heartbeat";

/** The watchdog's user asks for as many as he likes: those that come meanwhile become one. */
function isHeartbeat({ user, netFn, cmd }: On<"request">): boolean {
  if (user !== WATCHDOG_USER || netFn !== NetFn.App) return false;
  return cmd === resetWatchdogTimer.cmd || cmd === setWatchdogTimer.cmd;
}

function questionOf({ user, netFn, cmd, data }: On<"request">): string {
  return `${user} ${netFn} ${cmd} ${bytesText(data)}`;
}
