import { NetFn } from "../../ipmi/command-table.ts";
import { coldReset, getDeviceId, warmReset } from "../../ipmi/commands/app/device.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, isStacks, OUR_OWN, PRESENCE_USER } from "../common/our-own.ts";
import { requestText } from "../common/waiting.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, seconds } from "../text.ts";

/** Whether the BMC is there, and whether it is still the one that it was. */
export const knowing: readonly CheckedRule[] = [
  {
    id: "STACK-31",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "When a command was not answered the BMC is asked who it is, before those who wait have their turn; " +
      "one that does not answer that either is given up.",
    instead:
      "The stack sends Get Device ID next, and gives the BMC up only if that is not answered " +
      "either.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new AsksInDoubt(context) : {}),
  },
  {
    id: "STACK-33",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "Who uses the interface has the BMC asked who it is, unless that is known of the last ten " +
      "seconds; that its firmware is another is said.",
    instead:
      "The stack sends Get Device ID when its last answer is ten seconds old, and tells of " +
      "another firmware.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new KnowsIdentity(context) : {}),
  },
];

const IDENTITY = "identity";
/** The stack does not ask, or has nobody to ask. */
const NOBODY: ReadonlySet<string> = new Set([
  ...["start", "failed", "bring-up-failed", "quiet", "shutdown", "panic"],
]);
const SOMEBODY: ReadonlySet<string> = new Set(["start", "quiet-end", "up", "found"]);

const BEFORE_MAX = 2;

class AsksInDoubt extends RuleAutomaton {
  /** Users' requests that are open; true: its response has come. */
  readonly open = new Few<{ readonly request: On<"request">; received: boolean | undefined }>();
  live = false;
  presence = -1;
  /** Since when it is to be asked; -1 it is not. */
  dueUs = -1;
  /** Since when it is to be given up, since that was not answered either; -1 it is not. */
  goneUs = -1;
  /** It is asked, and was not sent yet. */
  unsent = false;
  /** So many requests of users went before it: who has waited for long goes first once. */
  before = 0;

  request(event: On<"request">): void {
    this.#judge(event.t);
    this.open.set(event.id, { request: event, received: undefined });
    if (event.user !== PRESENCE_USER) return;
    this.presence = event.id;
    this.unsent = true;
    this.before = 0;
    this.dueUs = -1;
  }

  refused({ id }: On<"refused">): void {
    this.open.delete(id);
  }

  send({ id, t }: On<"send">): void {
    this.#judge(t);
    if (id === this.presence) this.unsent = false;
    const each = this.open.get(id);
    if (each === undefined) return;
    const first = each.received === undefined && !isStacks(each.request.user);
    if (this.unsent && first && ++this.before > BEFORE_MAX) {
      this.report(
        `${requestText(each.request)} is sent before it is known whether the BMC is there`,
      );
      this.unsent = false;
    }
    each.received = false;
  }

  received({ id }: On<"received">): void {
    const each = this.open.get(id);
    if (each !== undefined) each.received = true;
  }

  answer({ id, cc, maker, t }: On<"answer">): void {
    this.#judge(t);
    const each = this.open.get(id);
    this.open.delete(id);
    if (id === this.presence) return this.#presence(maker === "timer" && cc === Cc.Timeout, t);
    const silent = maker === "timer" && cc === Cc.Timeout && each?.received === false;
    // Who resets owes no answer.
    if (!silent || !this.live || this.#isContended(t) || this.presence !== -1) return;
    if (each !== undefined && !isReset(each.request) && this.dueUs === -1) this.dueUs = t;
  }

  /** One that could not even be sent says nothing of the BMC. */
  #presence(unanswered: boolean, nowUs: number): void {
    this.presence = -1;
    if (unanswered && this.live && !this.unsent && !this.#isContended(nowUs)) this.goneUs = nowUs;
    this.unsent = false;
  }

  /** Others may have had the bus of SSIF: the host did not ask in vain to the end. */
  #isContended(nowUs: number): boolean {
    const { head, faults, host } = this;
    if (head.interface !== "ssif") return false;
    return faults.wireChanges > 0 || host.waitsUs(nowUs) < nowUs - host.transfer.sentUs;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (SOMEBODY.has(what)) this.live = true;
    if (!NOBODY.has(what)) return;
    this.live = what === "start";
    this.dueUs = -1;
    this.goneUs = -1;
    this.presence = -1;
    this.unsent = false;
    if (what === "panic") this.open.clear();
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    const { dueUs, goneUs } = this;
    if (goneUs !== -1 && nowUs - goneUs > AT_ONCE_US) {
      this.goneUs = -1;
      this.report(
        "who the BMC is was not answered either, and it is not given up",
        undefined,
        goneUs,
      );
    }
    if (dueUs === -1 || nowUs - dueUs <= AT_ONCE_US) return;
    this.dueUs = -1;
    this.report(
      "a command was not answered, and nobody asked whether the BMC is there",
      undefined,
      dueUs,
    );
  }
}

function isReset({ netFn, cmd }: On<"request">): boolean {
  return netFn === NetFn.App && (cmd === coldReset.cmd || cmd === warmReset.cmd);
}

/** What it says is taken for so long; less what the clocks differ. */
const KNOWN_US = 11_000_000;
/** A user who updates the BMC's firmware is not disturbed for so long. */
const MAINTENANCE_US = 31_000_000;
const DATA_MIN = 6;
const MAJOR_AT = 2;
const MINOR_AT = 3;
const AUXILIARY_AT = 11;

class KnowsIdentity extends RuleAutomaton {
  readonly asked = new FewNumbers();
  readonly users = new FewNumbers();
  firmware = "";
  /** Since when the host should have said that it is another; -1 it is not. */
  changedUs = -1;
  lastUs = Number.POSITIVE_INFINITY;
  /** Users were served since it was asked last. */
  served = false;
  /** Since when it is to be asked. */
  dueUs = -1;
  maintenanceUs = Number.NEGATIVE_INFINITY;

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    this.#judge(t);
    if (user === IDENTITY && netFn === NetFn.App && cmd === getDeviceId.cmd) {
      this.asked.add(id);
      this.lastUs = t;
      this.served = false;
      this.dueUs = -1;
    }
    if (isStacks(user)) return;
    this.users.add(id);
    if (netFn === NetFn.Firmware) this.maintenanceUs = t;
    const old = this.served && this.asked.size === 0 && t - this.lastUs > KNOWN_US;
    if (old && t - this.maintenanceUs > MAINTENANCE_US && this.dueUs === -1) this.dueUs = t;
  }

  send({ id }: On<"send">): void {
    if (this.users.has(id)) this.served = true;
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    this.#judge(t);
    this.users.delete(id);
    if (!this.asked.delete(id)) return;
    // A question may have waited for long before it went out, and its answer be a refusal.
    this.lastUs = t;
    if (cc !== Cc.Ok || maker !== "bmc" || data.length < DATA_MIN) return;
    const firmware = firmwareOf(data);
    if (this.firmware !== "" && firmware !== this.firmware) this.changedUs = t;
    this.firmware = firmware;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (what === "firmware-changed") this.changedUs = -1;
    if (!NOBODY.has(what)) return;
    this.dueUs = -1;
    this.changedUs = -1;
    this.served = false;
    if (what === "start") this.firmware = "";
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    if (this.changedUs !== -1 && nowUs - this.changedUs > AT_ONCE_US) {
      this.report(
        `the firmware is ${this.firmware} now, and nothing was said`,
        undefined,
        this.changedUs,
      );
      this.changedUs = -1;
    }
    if (this.dueUs === -1 || nowUs - this.dueUs <= AT_ONCE_US) return;
    const ago = seconds(this.dueUs - this.lastUs);
    this.report(`the BMC was asked who it is last ${ago} ago`, undefined, this.dueUs);
    this.dueUs = -1;
    this.lastUs = Number.POSITIVE_INFINITY;
  }
}

/** As far as it tells one firmware from another. @see IPMI 2.0 §20.1 */
function firmwareOf(data: Uint8Array): string {
  const major = (data[MAJOR_AT] ?? 0) & 0x7f;
  const auxiliary =
    data.length >= AUXILIARY_AT + 4 ? data.slice(AUXILIARY_AT, AUXILIARY_AT + 4) : [];
  return bytesText(Uint8Array.of(major, data[MINOR_AT] ?? 0, ...auxiliary));
}
