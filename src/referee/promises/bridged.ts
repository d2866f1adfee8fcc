import { NetFn } from "../../ipmi/command-table.ts";
import { ChannelMedium, getChannelInfo } from "../../ipmi/commands/app/channel.ts";
import { getMessage, sendMessage } from "../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import {
  decodeIpmb,
  decodeQueuedIpmb,
  encodeIpmb,
  type IpmbFrame,
  ipmbResponse,
} from "../../ipmi/ipmb.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, HANDLER, OUR_OWN, OWN_USER } from "../common/our-own.ts";
import { decoded } from "../decoded.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, codeText, sameBytes, seconds } from "../text.ts";

/** Requests to controllers behind the BMC, and what those send. */
export const bridged: readonly CheckedRule[] = [
  {
    id: "STACK-24",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "What the host fetches out of the receive queue goes where it belongs: a response to the " +
      "request that it answers, as it came, and a command for nobody back to its sender, with C1h.",
    instead:
      "The stack gives a response to the request that it answers, and sends a command that is " +
      "for nobody back with C1h.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new TakesFromQueue(context) : {}),
  },
  {
    id: "STACK-25",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A request to a controller behind the BMC is given up only after its five tries, each with its " +
      "two seconds, and no try goes before the time of the one before it is over.",
    instead:
      "The stack sends the request five times, two seconds apart, and only then gives it up.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new TriesAgain(context) : {}),
  },
];

/** Which channels are an IPMB, by what the stack found out of them. */
class KnownChannels {
  readonly asked = new Few<number>();
  readonly ipmb = new Set<number>();
  /** All of them were asked for, and their answers came. */
  known = false;

  request({ id, netFn, cmd, data }: On<"request">): void {
    if (netFn === NetFn.App && cmd === getChannelInfo.cmd) this.asked.set(id, data[0] ?? 0);
  }

  answer({ id, cc, maker, data }: On<"answer">): void {
    const channel = this.asked.get(id);
    this.asked.delete(id);
    if (channel === undefined || maker !== "bmc") return;
    // Where the wire cut the answer short before the protocol, nothing is known of the channel.
    const [, medium = 0, protocol] = data;
    const told = cc === Cc.Ok && protocol !== undefined;
    if (told && (medium & 0x7f) === ChannelMedium.Ipmb) this.ipmb.add(channel);
    if (channel === CHANNEL_LAST) this.known = true;
  }

  forget(): void {
    this.asked.clear();
    this.ipmb.clear();
    this.known = false;
  }
}

const CHANNEL_LAST = 0x0f;

/** What is to come of a message, at once. */
interface Owed {
  readonly us: number;
  /** Of a response: the request that it answers, its code and its data. */
  readonly id: number;
  readonly data: Uint8Array;
  /** Of a command: what is to be sent to refuse it. */
  readonly refusal: Uint8Array | undefined;
}

interface Sent {
  readonly id: number;
  readonly frame: IpmbFrame;
  readonly channel: number;
}

class TakesFromQueue extends RuleAutomaton {
  readonly channels = new KnownChannels();
  /** The stack's own fetches that are open. */
  readonly fetches = new FewNumbers();
  /** What users themselves ask by Send Message is their affair. */
  readonly usersOwn = new FewNumbers();
  readonly open = new FewNumbers();
  /** By the request's id, as it was sent. */
  readonly sent = new Few<Sent>();
  owed: Owed[] = [];
  /** Refusals that are on their way: of more the stack keeps none. */
  readonly refusing = new FewNumbers();
  live = false;

  request(event: On<"request">): void {
    this.#judge(event.t);
    const { id, user, netFn, cmd, data } = event;
    this.channels.request(event);
    this.open.add(id);
    const isApp = netFn === NetFn.App;
    if (isApp && cmd === getMessage.cmd && user === OWN_USER) this.fetches.add(id);
    if (!isApp || cmd !== sendMessage.cmd) return;
    this.usersOwn.add(id);
    if (user !== HANDLER) return;
    this.refusing.add(id);
    const at = this.owed.findIndex((each) => each.refusal && sameBytes(each.refusal, data));
    if (at >= 0) this.owed.splice(at, 1);
    else if (this.channels.known) {
      this.report(`${bytesText(data)} was sent, and no command came that it refuses`);
    }
  }

  send({ id, message }: On<"send">): void {
    if (message[0] !== NetFn.App << 2 || message[1] !== sendMessage.cmd) return;
    if (!this.open.has(id) || this.usersOwn.has(id) || this.sent.has(id)) return;
    // A broadcast has an address of its own before the message.
    const from = message[3] === 0 ? 4 : 3;
    const frame = decoded(() => decodeIpmb(message.subarray(from)));
    if (frame !== undefined) this.sent.set(id, { id, frame, channel: (message[2] ?? 0) & 0x0f });
  }

  answer(event: On<"answer">): void {
    this.#judge(event.t);
    const { id, cc, maker, data, t } = event;
    this.channels.answer(event);
    this.open.delete(id);
    this.sent.delete(id);
    this.usersOwn.delete(id);
    this.refusing.delete(id);
    if (this.fetches.delete(id) && cc === Cc.Ok && maker === "bmc" && this.live) {
      this.#fetched(data, t);
    }
    const at = this.owed.findIndex((each) => each.id === id && each.refusal === undefined);
    const [owed] = at < 0 ? [] : this.owed.splice(at, 1);
    if (maker !== "remote" || !this.channels.known) return;
    const got = Uint8Array.of(cc, ...data);
    if (owed !== undefined && sameBytes(owed.data, got)) return;
    const came = owed === undefined ? "nothing was fetched for it" : `${bytesText(owed.data)} came`;
    this.report(
      `request ${id} was answered with ${bytesText(got)} from behind the BMC, and ${came}`,
    );
  }

  delivered({ what, t }: On<"delivered">): void {
    this.#judge(t);
    // A user receives such commands.
    if (what === "command") this.owed = this.owed.filter(({ refusal }) => refusal === undefined);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (what === "start") this.live = true;
    if (what === "start" || what === "firmware-changed") this.channels.forget();
    if (what === "shutdown" || what === "panic") this.live = false;
    if (ENDS.has(what)) this.owed = [];
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  /** The data of Get Message: the channel, and a message as it came from there. */
  #fetched(data: Uint8Array, us: number): void {
    const channel = (data[0] ?? 0) & 0x0f;
    if (!this.channels.known || !this.channels.ipmb.has(channel)) return;
    const frame = decoded(() => decodeQueuedIpmb(data.subarray(1)));
    if (frame === undefined) return;
    if (frame.netFn % 2 === 0) {
      if (this.refusing.size < REFUSALS_MAX) this.#refuses(channel, frame, us);
      return;
    }
    for (const sent of this.sent.values) {
      if (sent.channel !== channel || !answers(sent.frame, frame)) continue;
      this.owed.push({ us, id: sent.id, data: frame.data, refusal: undefined });
    }
  }

  #refuses(channel: number, frame: IpmbFrame, us: number): void {
    const response = encodeIpmb(ipmbResponse(frame, Uint8Array.of(Cc.InvalidCommand)));
    const refusal = Uint8Array.of(channel, ...response);
    this.owed.push({ us, id: 0, data: frame.data, refusal });
  }

  #judge(nowUs: number): void {
    const [first] = this.owed;
    if (first === undefined || nowUs - first.us <= AT_ONCE_US) return;
    const late = this.owed.filter(({ us }) => nowUs - us > AT_ONCE_US);
    this.owed = this.owed.filter(({ us }) => nowUs - us <= AT_ONCE_US);
    for (const { id, data, refusal, us } of late) {
      const what =
        refusal === undefined
          ? `the response ${bytesText(data)} to request ${id} was fetched, which has no answer`
          : `a command was fetched that nobody receives, and ${bytesText(refusal)} was not sent`;
      this.report(what, undefined, us);
    }
  }
}

/** So many refusals may wait to be sent. */
const REFUSALS_MAX = 16;
const ENDS: ReadonlySet<string> = new Set(["shutdown", "panic", "quiet", "failed"]);

function answers(request: IpmbFrame, response: IpmbFrame): boolean {
  return (
    response.from === request.to &&
    response.fromLun === request.toLun &&
    response.netFn === (request.netFn | 1) &&
    response.cmd === request.cmd &&
    response.sequence === request.sequence &&
    response.data.length > 0
  );
}

/** Codes of Send Message after which the message may get through yet. @see IPMI 2.0 §22.7 */
const WORTH_ANOTHER_TRY: readonly number[] = [
  Cc.NodeBusy,
  SpecificCc.LostArbitration,
  SpecificCc.BusError,
  SpecificCc.NakOnWrite,
];
const TRIES_MAX = 5;
/** Less what a host's clock may differ. */
const TRY_US = 1_950_000;
/** What waits for so long is not on its way: it stands in the host's queue. */
const QUEUED_US = 10_000_000;

/** The tries of one request. */
interface Tries {
  count: number;
  readonly message: Uint8Array;
  /** When the BMC took the last one; -1 it has not said. */
  takenUs: number;
}

class TriesAgain extends RuleAutomaton {
  readonly usersOwn = new FewNumbers();
  readonly tries = new Few<Tries>();

  request({ id, netFn, cmd }: On<"request">): void {
    if (netFn === NetFn.App && cmd === sendMessage.cmd) this.usersOwn.add(id);
  }

  send({ id, message, t }: On<"send">): void {
    const bridges = message[0] === NetFn.App << 2 && message[1] === sendMessage.cmd;
    if (!bridges || this.usersOwn.has(id)) return;
    const tries = this.tries.get(id) ?? { count: 0, message, takenUs: -1 };
    const { takenUs } = tries;
    this.tries.set(id, tries);
    tries.count++;
    tries.takenUs = -1;
    const again = `request ${id} was sent a ${tries.count}. time`;
    if (!sameBytes(tries.message, message)) this.report(`${again}, and not as before`);
    const all = triesOf(message);
    if (tries.count > all) this.report(`${again}, and ${all} is the most`);
    else if (takenUs !== -1 && t - takenUs < TRY_US) {
      this.report(`${again}, ${seconds(t - takenUs)} after the BMC took it`);
    }
  }

  received({ id, message, t }: On<"received">): void {
    const tries = this.tries.get(id);
    if (tries === undefined || message[1] !== sendMessage.cmd) return;
    const cc = message[2] ?? 0xff;
    if (cc === Cc.Ok || WORTH_ANOTHER_TRY.includes(cc)) tries.takenUs = t;
  }

  answer({ id, cc, maker, t }: On<"answer">): void {
    const tries = this.tries.get(id);
    this.tries.delete(id);
    this.usersOwn.delete(id);
    if (tries === undefined || tries.takenUs === -1) return;
    const gaveUp = maker === "timer" || (maker === "bmc" && WORTH_ANOTHER_TRY.includes(cc));
    const us = t - tries.takenUs;
    if (!gaveUp || us >= QUEUED_US) return;
    const ended = `request ${id} ended with ${codeText(cc)} after ${tries.count} tries`;
    const all = triesOf(tries.message);
    if (tries.count < all) this.report(`${ended}, and ${all} are its due`);
    else if (us < TRY_US) this.report(`${ended}, ${seconds(us)} after the BMC took the last`);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "panic" || what === "start") this.tries.clear();
  }
}

/** A broadcast is not repeated: who heard it may have acted on it. */
function triesOf(message: Uint8Array): number {
  return message[3] === 0 ? 1 : TRIES_MAX;
}
