import { NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getMessageFlags,
  MessageFlag,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, isStacks, OUR_OWN, OWN_USER } from "../common/our-own.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { messageText, sameBytes } from "../text.ts";

/** What nobody asked for reaches those whom it is for. */
export const deliversToUsers: CheckedRule = {
  id: "STACK-23",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "Each event that the host fetches reaches every user who listens, once, as it came and in its " +
    "turn, or is kept for the first who will; of the pre-timeout every user is told.",
  instead:
    "The stack gives the event to every user who listens, once and in turn, or keeps it for the " +
    "first who will.",
  presumes: "a right BMC",
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new Delivers(context) : {}),
};

/** How many events are kept while nobody listens. */
const KEPT_MAX = 25;
const OEM_FLAGS = MessageFlag.Oem0 | MessageFlag.Oem1 | MessageFlag.Oem2;
/** Their data are a record's. @see IPMI 2.0 §32.1 */
const RECORD_BYTES = 16;

const NOTHING = new Uint8Array(0);

type What = On<"delivered">["what"];

interface Due {
  readonly user: string;
  readonly what: What;
  readonly message: Uint8Array;
  readonly us: number;
  /** The user may be told, and need not: the BMC says it again. */
  readonly again: boolean;
}

/** By what the stack's own fetches were answered, and what its users were told by the seat to want. */
class Delivers extends RuleAutomaton {
  /** The seat tells what its users do besides asking. */
  told = false;
  /** The stack is there, and has not crashed. */
  live = false;
  /** The stack's own requests that are open, and their commands. */
  readonly asked = new Few<number>();
  readonly users = new Set<string>();
  readonly listeners = new Set<string>();
  due: Due[] = [];
  kept: Uint8Array[] = [];
  flags = 0;
  /** The stack's question that clears the pre-timeout's flag, and whether it did since the flags were read. */
  clears = -1;
  cleared = false;
  /** When it was asked: a fault of the wire since then may have kept attention from falling. */
  clearsUs = 0;

  request({ id, user, netFn, cmd, data, t }: On<"request">): void {
    this.#judge(t);
    if (user === OWN_USER && netFn === NetFn.App) this.asked.set(id, cmd);
    const clears = cmd === clearMessageFlags.cmd && data[0] === MessageFlag.WatchdogPretimeout;
    if (this.asked.has(id) && clears) {
      this.clears = id;
      this.clearsUs = t;
    }
    if (!isStacks(user)) this.users.add(user);
  }

  refused({ user }: On<"refused">): void {
    this.users.add(user);
  }

  user({ user, what, t }: On<"user">): void {
    this.#judge(t);
    this.told = true;
    this.users.add(user);
    if (what === "listens") this.#listens(user, t);
    if (what === "listens-no-more") this.listeners.delete(user);
    if (what !== "gone") return;
    this.users.delete(user);
    this.listeners.delete(user);
    this.due = this.due.filter((each) => each.user !== user);
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    this.#judge(t);
    const cmd = this.asked.get(id);
    this.asked.delete(id);
    if (cmd === undefined || !this.live) return;
    const ok = cc === Cc.Ok && maker === "bmc";
    if (id === this.clears) this.cleared = ok;
    if (cmd === getMessageFlags.cmd) this.#news(ok ? (data[0] ?? 0) : 0, t);
    const record = ok && data.length === RECORD_BYTES;
    if (cmd === readEventMessageBuffer.cmd && record) this.#event(data, t);
  }

  delivered({ user, what, message, t }: On<"delivered">): void {
    this.#judge(t);
    if (!this.live || what === "command") return;
    const at = this.due.findIndex((each) => {
      return each.user === user && each.what === what && sameBytes(each.message, message);
    });
    if (at >= 0) {
      const first = this.due.findIndex((each) => each.user === user && each.what === what);
      if (what === "event" && first < at) {
        this.report(
          `${user} was given ${messageText(message)} before one that was fetched before it`,
        );
      }
      this.due.splice(at, 1);
      return;
    }
    if (!this.told) return;
    const came = message.length === 0 ? "" : ` ${messageText(message)}`;
    this.report(`${user} was given ${what}${came}, which was not fetched for it, or was before`);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (what === "start") this.#begins();
    if (what === "shutdown" || what === "panic") this.#ends();
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #begins(): void {
    this.#ends();
    this.live = true;
    this.users.clear();
    this.listeners.clear();
    this.kept = [];
    this.flags = 0;
    this.clears = -1;
    this.cleared = false;
  }

  #ends(): void {
    this.live = false;
    this.due = [];
    this.asked.clear();
  }

  /** Who begins to listen gets what was kept. */
  #listens(user: string, us: number): void {
    this.listeners.add(user);
    for (const message of this.kept) this.#owe(user, "event", message, us);
    this.kept = [];
  }

  #event(message: Uint8Array, us: number): void {
    for (const user of this.listeners) this.#owe(user, "event", message, us);
    if (this.listeners.size === 0 && this.kept.length < KEPT_MAX) this.kept.push(message);
  }

  /** A cause without data is told when it appears; the stack may have seen attention fall between. */
  #news(flags: number, us: number): void {
    // With nothing else there attention fell as it was cleared.
    const alone = this.flags === MessageFlag.WatchdogPretimeout;
    const fell = this.cleared && alone && this.faults.wireSince(this.clearsUs).length === 0;
    const before = fell ? 0 : this.flags;
    this.flags = flags;
    this.cleared = false;
    const oem = flags & OEM_FLAGS;
    for (const user of this.users) {
      if ((flags & MessageFlag.WatchdogPretimeout) !== 0) {
        const again = (before & MessageFlag.WatchdogPretimeout) !== 0;
        this.#owe(user, "pretimeout", NOTHING, us, again);
      }
      const news = oem & ~before;
      if (news !== 0) this.#owe(user, "oem", Uint8Array.of(news), us);
      if (oem !== news) this.#owe(user, "oem", Uint8Array.of(oem), us, true);
    }
  }

  #owe(user: string, what: What, message: Uint8Array, us: number, again = false): void {
    this.due.push({ user, what, message, us, again });
  }

  #judge(nowUs: number): void {
    const [first] = this.due;
    if (first === undefined || nowUs - first.us <= AT_ONCE_US) return;
    const late = this.due.filter(({ us }) => nowUs - us > AT_ONCE_US);
    this.due = this.due.filter(({ us }) => nowUs - us <= AT_ONCE_US);
    if (!this.told || !this.live) return;
    for (const { user, what, message, us, again } of late) {
      if (again) continue;
      const came = message.length === 0 ? "" : ` ${messageText(message)}`;
      this.report(`${what}${came} was fetched, and ${user} was not given it`, undefined, us);
    }
  }
}
