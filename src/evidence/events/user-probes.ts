import { byteIn, numberIn } from "../numbers.ts";
import type { Teller } from "../sighting.ts";
import { argument } from "./argument.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/** What a probe at the message handler shows of one message. */
interface Line {
  readonly name: string;
  readonly pid: number;
  readonly cpu: number;
  readonly atUs: number;
  readonly body: string;
}

/** A request that a user handed in and has no answer to. */
interface Open {
  /** 0: it is not told, since it is for a controller behind the BMC. */
  readonly id: number;
  /** The handler's own name for who asked, and the process that did. */
  readonly user: string;
  readonly process: string;
  readonly message: Message;
  /** Its user is gone, and is owed nothing. */
  gone: boolean;
}

/**
 * Probes on Linux's message handler, as the scripts of `baseboard capture` set them: what its users ask,
 * whether that was accepted, and what they get. An answer is its request's by the user and by the number that
 * the user gave it. One that fits no request is a hole: whether the answers to others can be told is not
 * known then, and all that is open is let go.
 */
export class UserProbes implements EventReader {
  readonly #teller: Teller;
  #open: Open[] = [];
  #lastId = 0;
  /** The calls that have not returned, by who calls: within one another, at most. */
  readonly #calls = new Map<string, Open[]>();
  /** Messages that were handed on, and have not come to their user's receiver: they are not answers again. */
  readonly #handedOn = new Set<string>();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  event({ pid, cpu, atUs, name, body }: KernelEvent): boolean {
    const word = body.startsWith("(") ? OURS.exec(name)?.[1] : undefined;
    if (word === undefined) return false;
    const line = { name, pid, cpu, atUs, body };
    if (word === "ask") this.#asks(line);
    if (word === "told") this.#isTold(line);
    if (word === "got" || word === "took") this.#gets(line, word);
    if (word === "gone") this.#goes(line);
    return true;
  }

  lost(): void {
    this.#open = [];
    this.#calls.clear();
    this.#handedOn.clear();
  }

  #asks(line: Line): void {
    const user = argument(line.body, "user");
    const message = messageOf(line.body);
    const type = numberIn(argument(line.body, "type"));
    if (user === "" || message === undefined || message.netFn > NET_FN_MAX || type === undefined) {
      return this.#unreadable(line.atUs, "a user's request that cannot be read");
    }
    const { atUs, pid } = line;
    const { netFn, cmd, data } = message;
    const isTold = type === SYSTEM_INTERFACE;
    const id = isTold ? ++this.#lastId : 0;
    const open = { id, user, process: `process ${pid}`, message, gone: false };
    if (this.#open.length >= OPEN_MAX) return this.#unreadable(atUs, "more requests than can be");
    this.#open.push(open);
    this.#calling(line, open);
    if (!isTold) return;
    const lun = (numberIn(argument(line.body, "to")) ?? 0) & LUN_BITS;
    const asked = { id, user: open.process, netFn, lun, cmd, data };
    this.#teller.sighting({ what: "request", atUs, ...asked });
  }

  #calling({ pid, cpu }: Line, open: Open): void {
    const who = whoOf(pid, cpu);
    const calls = this.#calls.get(who) ?? [];
    calls.push(open);
    if (this.#calls.size >= CALLERS_MAX) this.#calls.clear();
    this.#calls.set(who, calls.slice(-CALLS_MAX));
  }

  /** The call is over: whether what it asked was accepted. */
  #isTold({ pid, cpu, atUs, body }: Line): void {
    const who = whoOf(pid, cpu);
    const calls = this.#calls.get(who);
    const open = calls?.pop();
    if (calls?.length === 0) this.#calls.delete(who);
    const value = INTEGER.exec(argument(body, "val"))?.[0];
    if (value === undefined) return this.#unreadable(atUs, "a user's request that cannot be read");
    if (open === undefined || value === "0" || !this.#settle(open) || open.id === 0) return;
    this.#refused(atUs, open, ERRNO.get(value) ?? `errno ${value.replace("-", "")}`);
  }

  #gets(line: Line, word: "got" | "took"): void {
    const { atUs, body } = line;
    const pointer = argument(body, "msg");
    const again = this.#handedOn.delete(pointer);
    if (word === "took" && again) return;
    if (word === "got") {
      if (this.#handedOn.size >= HANDED_ON_MAX) this.#handedOn.clear();
      this.#handedOn.add(pointer);
    }
    const type = numberIn(argument(body, "type"));
    const user = argument(body, "user");
    // What the handler asks on its own account has no user; what is no response was not asked for.
    if (NOBODY.test(user) || (type !== undefined && type !== RESPONSE && type <= TYPE_MAX)) return;
    const message = messageOf(body);
    const open = message === undefined ? undefined : this.#requestOf(user, message);
    if (message === undefined || open === undefined) {
      return this.#unreadable(atUs, "an answer to no request that is known");
    }
    this.#settle(open);
    if (open.gone || open.id === 0) return;
    const cc = message.data[0] ?? 0;
    this.#teller.sighting({ what: "answer", atUs, id: open.id, cc, data: message.data.slice(1) });
  }

  #requestOf(user: string, { key, netFn, cmd, data }: Message): Open | undefined {
    if (data.length === 0) return undefined;
    return this.#open.find(
      (each) =>
        each.user === user &&
        each.message.key === key &&
        (each.message.netFn | 1) === netFn &&
        each.message.cmd === cmd,
    );
  }

  /** A user goes: what it asked may yet be answered, which reaches nobody. */
  #goes({ atUs, body }: Line): void {
    const user = argument(body, "user");
    for (const open of this.#open) {
      if (open.user !== user || open.gone) continue;
      open.gone = true;
      if (open.id !== 0) this.#refused(atUs, open, USER_GONE);
    }
  }

  #refused(atUs: number, { id, process, message: { netFn, cmd } }: Open, code: string): void {
    this.#teller.sighting({ what: "refused", atUs, id, user: process, netFn, cmd, code });
  }

  /** False: it was settled before. */
  #settle(open: Open): boolean {
    const at = this.#open.indexOf(open);
    if (at >= 0) this.#open.splice(at, 1);
    return at >= 0;
  }

  #unreadable(atUs: number, text: string): void {
    this.lost();
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

interface Message {
  /** The number that the user gave it. */
  readonly key: string;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

const OURS = /^(ask|told|got|took|gone)_/;
/** How Linux numbers the kinds of address, and of what reaches a user. */
const SYSTEM_INTERFACE = 0x0c;
const RESPONSE = 1;
const TYPE_MAX = 5;
const NOBODY = /^(?:0x0+|0)$/;
const INTEGER = /^-?\d{1,10}$/;
const NET_FN_MAX = 0x3f;
const LUN_BITS = 0x03;

const OPEN_MAX = 4_096;
const CALLERS_MAX = 4_096;
/** Interrupts within one another. */
const CALLS_MAX = 8;
const HANDED_ON_MAX = 1_024;

/** What settles the requests of a user that goes. */
const USER_GONE = "USER_GONE";
/** Linux's numbers for why a request may be refused. */
const ERRNO: ReadonlyMap<string, string> = new Map([
  ["-5", "EIO"],
  ["-11", "EAGAIN"],
  ["-12", "ENOMEM"],
  ["-16", "EBUSY"],
  ["-19", "ENODEV"],
  ["-22", "EINVAL"],
  ["-90", "EMSGSIZE"],
]);

/** Each CPU has an idle process of its own, all by the same number; an interrupt borrows whose it finds. */
function whoOf(pid: number, cpu: number): string {
  return pid === 0 ? `cpu ${cpu}` : `${pid}`;
}

/** The message of a line; undefined when the line has not all of it. */
function messageOf(body: string): Message | undefined {
  const netFn = byteIn(argument(body, "netfn"));
  const cmd = byteIn(argument(body, "cmd"));
  const length = numberIn(argument(body, "len"));
  const key = argument(body, "id");
  if (netFn === undefined || cmd === undefined || length === undefined || key === "")
    return undefined;
  const bytes: number[] = [];
  for (const part of DATA) {
    if (bytes.length >= length) break;
    for (const text of argument(body, part).replace(BRACES, "").split(",")) {
      const byte = byteIn(text);
      if (byte === undefined) return undefined;
      bytes.push(byte);
    }
  }
  if (bytes.length < length) return undefined;
  return { key, netFn, cmd, data: Uint8Array.from(bytes.slice(0, length)) };
}

const DATA = ["data", "data1", "data2", "data3", "data4"] as const;
const BRACES = /[{}]/g;
