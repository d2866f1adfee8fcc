import { NetFn } from "../../ipmi/command-table.ts";
import { coldReset, warmReset } from "../../ipmi/commands/app/device.ts";
import { sendMessage } from "../../ipmi/commands/app/messaging.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { isStacks, OUR_OWN, OWN_USER, PRESENCE_USER, WATCHDOG_USER } from "../common/our-own.ts";
import { requestText } from "../common/waiting.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** What the stack owes to its users beside their answers. */
export const users: readonly CheckedRule[] = [
  {
    id: "STACK-26",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A user who goes away is answered all that he is owed as he goes, and nothing reaches him then.",
    instead:
      "The stack answers what the user is owed as he goes, and hands him nothing afterwards.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new LetsGo(context) : {}),
  },
  {
    id: "STACK-28",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "Requests of users go in the order in which they were accepted, the watchdog's before those that " +
      "wait, four at most in a row; none goes before the BMC is set up, none that was answered, and " +
      "none is given up in the queue within ten seconds.",
    instead:
      "The stack sends the requests in the order in which it accepted them, the watchdog's " +
      "first.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new GoesInOrder(context) : {}),
  },
  {
    id: "STACK-30",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A request is refused as one too many, or since the BMC is being reset, when that is so and not " +
      "otherwise.",
    instead:
      "The stack refuses a request while the limit is reached or the BMC is being reset, and " +
      "takes it otherwise.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new RefusesForAReason(context) : {}),
  },
];

/** He goes and is answered in one go: no bus comes between. */
const AS_HE_GOES_US = 10_000;

/** By what the seat tells of its users. */
class LetsGo extends RuleAutomaton {
  readonly open = new Few<On<"request">>();
  /** Who is gone, and since when. */
  readonly gone = new Map<string, number>();
  /** When the last of them went who may be owed an answer; -1 nobody is. */
  lastUs = -1;

  request(event: On<"request">): void {
    this.#judge(event.t);
    this.open.set(event.id, event);
    if (this.gone.has(event.user)) this.report(`${requestText(event)}, who is gone, was accepted`);
  }

  refused({ id }: On<"refused">): void {
    this.open.delete(id);
  }

  answer({ id, t }: On<"answer">): void {
    this.#judge(t);
    this.open.delete(id);
  }

  user({ user, what, t }: On<"user">): void {
    if (what !== "gone") return;
    this.gone.set(user, t);
    this.lastUs = t;
  }

  delivered({ user, what, t }: On<"delivered">): void {
    this.#judge(t);
    if (this.gone.has(user)) this.report(`${user} is gone, and was given ${what}`);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "panic") this.open.clear();
    this.#judge(t);
    // Users come and go with their driver.
    if (what === "start") this.gone.clear();
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    if (this.lastUs === -1) return;
    for (const request of [...this.open.values]) {
      const goneUs = this.gone.get(request.user) ?? nowUs;
      if (nowUs - goneUs <= AS_HE_GOES_US) continue;
      this.open.delete(request.id);
      const text = `${requestText(request)}, who is gone, is not answered`;
      this.report(text, undefined, goneUs);
    }
    if (nowUs - this.lastUs > AS_HE_GOES_US) this.lastUs = -1;
  }
}

/** Accepted and not yet sent, in that order. */
interface Queued {
  readonly request: On<"request">;
  /** How many of those that wait behind it, by its rank, went before it. */
  passed: number;
}

/** A few may be under way, or owed their turn, as the watchdog asks. */
const BEFORE_WATCHDOG_MAX = 10;

/** Less than any request may stand in the queue. */
const QUEUE_US = 10_000_000;
/** With nothing on the wire for so long nothing stands in the queue. */
const IDLE_US = 50_000;
/** So many that are more urgent, one after the other, go before those that wait. */
const URGENT_MAX = 4;

class GoesInOrder extends RuleAutomaton {
  readonly normal = new Few<On<"request">>();
  readonly high = new Few<Queued>();
  /** The BMC is not set up yet. */
  early = false;
  /** What a panic sends nobody asked for. */
  panics = false;
  /** When something went over the wire last, or ended. */
  wireUs = Number.POSITIVE_INFINITY;
  /** How many that are more urgent went in a row while others waited. */
  urgent = 0;

  request(event: On<"request">): void {
    if (isStacks(event.user)) return;
    if (isHeartbeat(event)) this.high.set(event.id, { request: event, passed: 0 });
    else if (event.user !== WATCHDOG_USER) this.normal.set(event.id, event);
  }

  refused({ id }: On<"refused">): void {
    this.#forget(id);
  }

  answer({ id, maker, t }: On<"answer">): void {
    this.wireUs = t;
    const waits = this.normal.get(id) ?? this.high.get(id)?.request;
    if (waits !== undefined && maker === "timer" && t - waits.t < QUEUE_US) {
      const us = seconds(t - waits.t);
      this.report(`${requestText(waits)} was never sent, and given up after ${us}`);
    }
    this.#forget(id);
  }

  received({ t }: On<"received">): void {
    this.wireUs = t;
  }

  send({ id, message, t }: On<"send">): void {
    const idleUs = t - this.wireUs;
    this.wireUs = t;
    const sent = this.normal.get(id);
    const user = this.requests.byId.get(id)?.request.user;
    this.#counts(user);
    // Of a bridged one the next try may stand in the queue as its response comes.
    const bridges = message[0] === NetFn.App << 2 && message[1] === sendMessage.cmd;
    const stood = bridges && idleUs < IDLE_US;
    if (user === undefined && !this.panics && !stood)
      this.report(`request ${id} is answered, and was sent`);
    const early = this.early && user !== undefined && !isStacks(user);
    if (early) this.report(`request ${id} of ${user} was sent before the BMC is set up`);
    this.#forget(id);
    if (sent === undefined) return;
    this.#passesOver(sent);
    for (const each of this.high.values) {
      each.passed++;
      if (each.passed !== BEFORE_WATCHDOG_MAX + 1) continue;
      this.report(`${requestText(each.request)} waits, and ${each.passed} of others were sent`);
    }
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.wireUs = t;
    if (what !== "recovery") this.urgent = 0;
    if (what === "start") this.early = true;
    if (what === "up") this.early = false;
    if (what !== "panic" && what !== "start") return;
    this.panics = what === "panic";
    this.normal.clear();
    this.high.clear();
  }

  /** Who waits is not kept from the wire by what is more urgent. */
  #counts(user: string | undefined): void {
    if (user === OWN_USER) return;
    const first = this.normal.values[0];
    const isUrgent = user === WATCHDOG_USER || user === PRESENCE_USER;
    this.urgent = first !== undefined && isUrgent ? this.urgent + 1 : 0;
    if (first === undefined || this.urgent !== URGENT_MAX + 1) return;
    this.report(`${requestText(first)} waits, and ${this.urgent} that are more urgent were sent`);
  }

  /** Of those that are passed over each is told of once. */
  #passesOver(sent: On<"request">): void {
    const { values } = this.normal;
    for (let first = values[0]; first !== undefined && first.id <= sent.id; first = values[0]) {
      this.report(`${requestText(sent)} was sent, and ${requestText(first)} came before it`);
      this.normal.delete(first.id);
    }
  }

  #forget(id: number): void {
    this.normal.delete(id);
    this.high.delete(id);
  }
}

function isHeartbeat({ user, netFn, cmd }: On<"request">): boolean {
  if (user !== WATCHDOG_USER || netFn !== NetFn.App) return false;
  return cmd === setWatchdogTimer.cmd || cmd === resetWatchdogTimer.cmd;
}

/** How many answers one user may be owed. */
const OUTSTANDING_MAX = 100;
/** IPMB has six bits for sequence numbers. @see IPMI 2.0 §7.3 */
const SEQUENCES = 64;
const QUIET_ENDS: ReadonlySet<string> = new Set(["quiet-end", "start", "shutdown", "panic"]);

class RefusesForAReason extends RuleAutomaton {
  readonly owed = new Map<string, number>();
  /** Users' resets of the BMC that are open. */
  readonly resets = new FewNumbers();
  quiet = false;

  request(event: On<"request">): void {
    const { id, user } = event;
    if (isStacks(user)) return;
    const owed = (this.owed.get(user) ?? 0) + 1;
    this.owed.set(user, owed);
    if (owed === OUTSTANDING_MAX + 1) this.report(`${user} is owed ${owed} answers`);
    if (this.quiet) this.report(`${requestText(event)} was accepted in the quiet time`);
    if (isReset(event)) this.resets.add(id);
  }

  answer({ id, maker }: On<"answer">): void {
    const resets = this.resets.has(id) && maker === HANDLER_MAKER;
    this.#ends(id);
    // Its user is gone, and the BMC resets all the same.
    if (resets) this.resets.add(id);
  }

  refused({ id, user, code }: On<"refused">): void {
    if (id !== 0) return this.#ends(id);
    const why = this.#reasonLacks(user, code);
    if (why !== "") this.report(`a request of ${user} was refused with ${code}, and ${why}`);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "quiet-end" || what === "start") this.resets.clear();
    if (what === "quiet") this.quiet = true;
    if (QUIET_ENDS.has(what)) this.quiet = false;
  }

  #reasonLacks(user: string, code: string): string {
    const owed = this.owed.get(user) ?? 0;
    if (code === "TOO_MANY_MESSAGES" && owed < OUTSTANDING_MAX) return `he is owed ${owed} answers`;
    const open = this.requests.byId.size;
    if (code === "SEQUENCE_TABLE_FULL" && open < SEQUENCES) return `${open} requests are open`;
    const resets = this.quiet || this.resets.size > 0;
    return code === "BUSY_MAINTENANCE" && !resets ? "nobody resets the BMC" : "";
  }

  #ends(id: number): void {
    const user = this.requests.byId.get(id)?.request.user;
    this.resets.delete(id);
    if (user !== undefined) this.owed.set(user, Math.max((this.owed.get(user) ?? 0) - 1, 0));
  }
}

/** Who answers for a user that leaves. */
const HANDLER_MAKER = "host-handler";

function isReset({ netFn, cmd }: On<"request">): boolean {
  return netFn === NetFn.App && (cmd === coldReset.cmd || cmd === warmReset.cmd);
}
