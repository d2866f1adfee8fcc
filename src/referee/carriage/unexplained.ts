import { NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import { Cc } from "../../ipmi/completion.ts";
import { REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import { HAS_NO_TIME } from "../common/new-host.ts";
import { AT_ONCE_US, GIVEN_UP, OUR_OWN } from "../common/our-own.ts";
import { givesUp, requestText, type WaitingRequest } from "../common/waiting.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { hex, seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** When a request dies with nobody to blame, somebody is. */
export const unexplained: readonly CheckedRule[] = [
  {
    id: "STACK-16",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "With a BMC that breaks no rule and is there, no request ends with a code of the host's interface before the BMC had its time.",
    instead:
      "The stack waits for as long as the BMC may take, and gives the user the BMC's own answer.",
    shows: "an effect",
    presumes: "a right BMC",
    trusts: "the state",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.taps.host ? new HostHadTheTurn(context) : {}),
  },
  {
    id: "GEN-16",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, §10.11",
    sentence:
      "A right request is carried out: a BMC that is there does not break off each try with an error.",
    instead: "The BMC carries out the request and gives its response.",
    shows: "an effect",
    trusts: "the state",
    observable: true,
    automaton: (context) => (context.head.taps.host ? new BmcBrokeOff(context) : {}),
  },
  {
    id: "STACK-19",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A host that found something at the registers, and could not use it yet, looks again; our own " +
      "says that it gives the BMC up, and looks for it again, now and then.",
    instead:
      "The stack looks at the registers again after a time, or says that it gives the BMC up and " +
      "looks now and then.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.taps.host ? new LooksAgain(context) : {}),
  },
];

/** Codes that say that the interface failed: the stack's own, no answer, unspecified. */
const FAILURES: readonly number[] = [GIVEN_UP, Cc.Timeout, Cc.Unspecified];

/** What came of a request's transfers. */
class Tries {
  /** The count of what may be a reason, as the request was accepted. */
  readonly reasons: number;
  /** Its whole response came. */
  answered = 0;
  /** It was the host's turn, and it broke off. */
  hosts = 0;
  /** The BMC said that something is wrong, and nothing else was. */
  errors = 0;
  /** The BMC had the turn, or nobody knows. */
  others = 0;

  constructor(reasons: number) {
    this.reasons = reasons;
  }
}

/** Whose turn it was as each try of a request ended, while nothing else explains its end. */
abstract class Unexplained extends RuleAutomaton {
  readonly tries = new Few<Tries>();
  /** Counts what may be a reason: the life of both parties, faults of the wire. */
  life = 0;
  /** Something came between in this match, or a transfer did not come to its end. */
  upset = false;
  /** The BMC has said who it is. */
  known = false;
  up = false;

  request({ id }: On<"request">): void {
    this.tries.set(id, new Tries(this.#reasons));
  }

  refused({ id }: On<"refused">): void {
    this.tries.delete(id);
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (LIFE.has(what)) this.life++;
    if (UPSETS.has(what)) this.upset = true;
    if (what === "up" || what === "daemon-opened") this.up = true;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (HOST_LIFE.has(what)) this.life++;
    if (UPSETS.has(what)) this.upset = true;
  }

  bmcRefused(): void {
    this.life++;
  }

  transfer(transfer: Transfer): void {
    if (!transfer.complete) this.upset = true;
    if (transfer.succeeds(NetFn.App, getDeviceId.cmd)) this.known = true;
    const { owner } = this.requests;
    const tries = owner === undefined ? undefined : this.tries.get(owner.request.id);
    if (tries === undefined || transfer.again) return;
    if (transfer.complete) {
      if (isOwn(transfer)) tries.answered++;
      else tries.others++;
      return;
    }
    this.#count(tries, transfer, transfer.endUs);
  }

  answer({ id, maker, cc, t }: On<"answer">): void {
    const tries = this.tries.get(id);
    this.tries.delete(id);
    // A timer runs out over what was bridged, too, and over what a BMC says nothing to.
    const gaveUp = maker === "timer" && tries !== undefined && tries.hosts > 0;
    const fails = (maker === "host-interface" || gaveUp) && FAILURES.includes(cc);
    const waiting = fails ? this.requests.byId.get(id) : undefined;
    if (waiting === undefined || tries === undefined) return;
    // What is still open as the request dies was given up without a word.
    const { transfer, turn } = this.host;
    if (transfer.tag === id && turn !== "none") this.#count(tries, transfer, t);
    const { bmc, faults } = this;
    const disturbed = faults.wireActive || bmc.away || faults.orderedSince("bmc", waiting.sinceUs);
    const calm = tries.reasons === this.#reasons && !disturbed;
    if (calm && this.up) this.dies(waiting, tries, hex(cc));
  }

  /** The request died with this code, and no reason is in sight. */
  protected abstract dies(waiting: WaitingRequest, tries: Tries, code: string): void;

  get #reasons(): number {
    return this.life + this.faults.wireChanges;
  }

  /** A host that has waited for long may give up, whoever has the turn. */
  #count(tries: Tries, transfer: Transfer, nowUs: number): void {
    const { turn } = this.host;
    if (transfer.response.length > RESPONSE_BYTES_MAX) {
      tries.others++;
      return;
    }
    const waits = turn === "bmc" && this.head.interface !== "ssif";
    const patienceUs = this.head.interface === "smic" ? SMIC_WAIT_US : transfer.patienceUs;
    const short = nowUs - transfer.startUs < patienceUs;
    if (short && (turn === "host" || waits)) tries.hosts++;
    else if (turn === "error" && transfer.request.length <= REQUEST_BYTES_SUPPORTED) tries.errors++;
    else tries.others++;
  }
}

/** No response is longer: whoever is given more than this has nothing to wait for. */
const RESPONSE_BYTES_MAX = 255;
/** The specification of SMIC names no time, and a driver in wide use waits 2 s for each step. */
const SMIC_WAIT_US = 1_950_000;

/** What a request that is never sent may have its reason in. */
const UPSETS: ReadonlySet<string> = new Set([
  ...["reset", "away", "hang", "daemon-closed", "power"],
  ...["quiet", "removed", "shutdown", "down", "panic"],
]);
const LIFE: ReadonlySet<string> = new Set([
  ...["power-on", "reset", "away", "up", "hang", "daemon-opened", "daemon-closed", "power"],
]);
const HOST_LIFE: ReadonlySet<string> = new Set([
  ...["start", "quiet", "removed", "inserted", "shutdown", "down", "panic"],
]);

function isOwn(transfer: Transfer): boolean {
  const { request, response } = transfer;
  return (
    response.length >= 3 &&
    response.at(0) === (request.at(0) | 0x04) &&
    response.at(1) === request.at(1)
  );
}

/** Each interface takes so much in one go, and what brings it to another controller. */
const NEVER_TOO_LONG_BYTES = 20;

class HostHadTheTurn extends Unexplained {
  override answer(event: On<"answer">): void {
    const waiting = this.requests.byId.get(event.id);
    super.answer(event);
    const tooLong = event.maker === "host-interface" && event.cc === Cc.RequestLengthExceeded;
    if (!tooLong || waiting === undefined || this.breaches.bmc > 0) return;
    const { request, sinceUs } = waiting;
    const fits = request.data.length <= NEVER_TOO_LONG_BYTES;
    if (!fits || this.faults.wireSince(sinceUs).length > 0) return;
    const said = `${requestText(request)} was called too long, with ${request.data.length} bytes of data`;
    this.report(said, undefined, undefined, { startUs: sinceUs });
  }

  protected override dies(waiting: WaitingRequest, tries: Tries, code: string): void {
    if (this.breaches.bmc > 0) return;
    const why = this.#why(tries);
    if (why === "") return;
    const died = `${requestText(waiting.request)} ended with ${code} of the host's own`;
    this.report(`${died}${why}`, undefined, undefined, { startUs: waiting.sinceUs });
  }

  #why(tries: Tries): string {
    if (tries.answered > 0 && tries.hosts === 0) return ", though its response had come";
    if (tries.answered + tries.errors + tries.others > 0) return "";
    if (tries.hosts > 0) return ": it broke off by itself, and waited for nothing";
    if (this.host.barred === true) return "";
    const calm = this.known && !this.upset && this.faults.wireChanges === 0;
    return calm && this.head.host === OUR_OWN ? ", and was never sent to a BMC that answers" : "";
  }
}

class BmcBrokeOff extends Unexplained {
  protected override dies(waiting: WaitingRequest, tries: Tries, code: string): void {
    const { answered, hosts, errors, others } = tries;
    if (this.breaches.host > 0 || errors === 0 || answered + hosts + others > 0) return;
    const what = requestText(waiting.request);
    this.report(
      `${what} was broken off by the BMC each of ${errors} times, and ended with ${code}`,
    );
  }
}

/** As long as no host that looks again leaves the registers alone. */
const AGAIN_US = 60_000_000;

/** Our own looks each second, or each ten for a BMC that it never found. */
const LOOKS_AGAIN_US = 15_000_000;
/** Sooner it is no pause; what is asked twice in one look is no second one. */
const LOOKS_APART_US = 900_000;
const HASTY_MAX = 5;
const GIVES_UP: ReadonlySet<string> = new Set(["failed", "bring-up-failed"]);
/** The BMC is there again, or nobody looks for it on purpose. */
const BACK: ReadonlySet<string> = new Set([
  ...["start", "found", "up", "quiet", "quiet-end"],
  ...["removed", "inserted", "shutdown", "down", "panic", "taken-over"],
]);

/** Who leaves the BMC alone from there looks for it no more. */
const LEAVES: ReadonlySet<string> = new Set(["removed", "shutdown", "down", ...HAS_NO_TIME]);

/** What answers is there; and a host that has once been told who it is may leave it alone for ever. */
class LooksAgain extends RuleAutomaton {
  found = false;
  known = false;
  gone = false;
  /** When our own stack gave the BMC up last; -1 it has not, or has it again. */
  givenUpUs = -1;
  /** Since when an interface that failed should be said to have; -1 none did. */
  failedUs = -1;
  /** When the BMC was looked for last, and how often it was too soon. */
  lookedUs = Number.NEGATIVE_INFINITY;
  hasty = 0;

  transfer(transfer: Transfer): void {
    if (!transfer.complete) return;
    this.found = true;
    if (transfer.succeeds(NetFn.App, getDeviceId.cmd)) this.known = true;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (GIVES_UP.has(what) && this.head.host === OUR_OWN) this.#givesUp(t);
    else if (BACK.has(what)) this.#givesUp(-1);
    if (LEAVES.has(what)) this.gone = true;
    if (what === "start" || what === "inserted") this.gone = false;
  }

  guest({ what }: On<"guest">): void {
    if (what === "panic") this.gone = true;
  }

  request({ user, netFn, cmd, t }: On<"request">): void {
    this.#judge(t);
    if (user !== "identity" || netFn !== NetFn.App || cmd !== getDeviceId.cmd) return;
    const us = t - this.lookedUs;
    this.lookedUs = t;
    if (this.givenUpUs === -1 || us >= LOOKS_APART_US) return;
    this.hasty++;
    if (this.hasty === HASTY_MAX) this.report(`the BMC was looked for again after ${seconds(us)}`);
  }

  answer(answer: On<"answer">): void {
    const { t } = answer;
    this.#judge(t);
    const fails = givesUp(answer) && this.givenUpUs === -1;
    if (fails && !this.gone && this.head.host === OUR_OWN && this.failedUs === -1)
      this.failedUs = t;
  }

  end({ t, why }: On<"end">): void {
    this.#judge(t);
    const us = t - this.host.lastAccessUs;
    const over = why === "done" || why === "time";
    if (!over || !this.found || this.known || this.gone || this.bmc.away || us < AGAIN_US) return;
    const since = `${seconds(us)} ago, and no device ID was ever had`;
    this.report(`the host touched the wire last ${since}`, undefined, this.host.lastAccessUs);
  }

  #givesUp(us: number): void {
    this.givenUpUs = us;
    this.failedUs = -1;
    this.hasty = 0;
  }

  #judge(nowUs: number): void {
    if (this.failedUs !== -1 && nowUs - this.failedUs > AT_ONCE_US) {
      this.report("the interface failed, and the BMC is not looked for", undefined, this.failedUs);
      this.failedUs = -1;
    }
    const sinceUs = Math.max(this.givenUpUs, this.host.lastAccessUs);
    if (this.givenUpUs === -1 || nowUs - sinceUs < LOOKS_AGAIN_US) return;
    this.givenUpUs = -1;
    const ago = seconds(nowUs - sinceUs);
    this.report(`the BMC was given up, and for ${ago} nobody looked for it`, undefined, sinceUs);
  }
}
