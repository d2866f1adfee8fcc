import type { CommonTopics, On } from "./automaton.ts";
import { Dialogue, type OpenDialogues } from "./dialogue.ts";
import { type Command, isOf } from "./dispatch.ts";
import { Few } from "./few.ts";
import type { InjectedFaults } from "./injected-faults.ts";
import type { RefereeHead } from "./rule.ts";
import { beginsAnew } from "./text.ts";
import type { Transfer } from "./transfer.ts";

/** BT's requests are told apart by as many numbers. @see IPMI 2.0 §11.3 */
const OPEN_MAX = 256;
/** Nobody waits longer for a response. */
const OPEN_US = 60_000_000;
const NONE = new Uint8Array();

interface Open {
  readonly tag: number;
  readonly request: Uint8Array;
  readonly startUs: number;
  /** Another request was in hand at the same time: which was carried out first nobody can tell. */
  crossed: boolean;
}

/**
 * Pairs requests with responses: by the BMC's own messages as soon as the trace has any, and by what
 * the wire shows until then.
 */
export class Dialogues implements OpenDialogues {
  private readonly _topic: CommonTopics["dialogue"];
  private readonly _faults: InjectedFaults;
  /** More requests than one may be in the BMC's hands. */
  private readonly _several: boolean;
  private readonly _open = new Few<Open>();
  /** When the requests without a tag were read that no response has come for. */
  private _untagged: number[] = [];
  /** Messages of a wire that is not seen: who tells them may know nothing else of the BMC. */
  private readonly _alone: boolean;
  private _witnessed = false;
  private _wireChanges = 0;
  private _lastEndUs = 0;

  constructor(topics: CommonTopics, faults: InjectedFaults, head: RefereeHead) {
    this._topic = topics.dialogue;
    this._faults = faults;
    this._several = head.interface === "bt";
    this._alone = !head.taps.host && !head.taps.bmc;
    topics.bmcRequest.listen((event) => this.#requested(event));
    topics.bmcResponse.listen((event) => this.#responded(event));
    topics.exchange.listen((exchange) => this.#exchanged(exchange));
    topics.bmcRefused.listen(({ tag, t }) => {
      this.#drops(tag, t);
    });
    topics.bmcLife.listen(({ what, t }) => {
      // What was under way then may have been carried out, or not.
      if (beginsAnew(what) || what === "daemon-closed") {
        for (const tag of [...this._open.numbers]) this.#drops(tag, t);
      }
      if (beginsAnew(what)) this.#forget();
    });
  }

  inHand(commands: readonly Command[]): boolean {
    for (const { request } of this._open.values) {
      const [netFnLun = 0, cmd = -1] = request;
      if (isOf(commands, { netFn: netFnLun >> 2, cmd })) return true;
    }
    return false;
  }

  #requested({ tag, message, t }: On<"bmcRequest">): void {
    this._witnessed = true;
    for (const { tag: other, startUs } of [...this._open.values]) {
      if (!this._several || t - startUs > OPEN_US) this.#drops(other, t);
    }
    if (this._open.size >= OPEN_MAX) this.#forget();
    for (const open of this._open.values) open.crossed = true;
    const crossed = this._open.size > 0 || (tag === 0 && this.#owesOthers(t));
    this._open.set(tag, { tag, request: message, startUs: t, crossed });
  }

  /** Without tags the next response may be the one to a request before. */
  #owesOthers(nowUs: number): boolean {
    this._untagged = this._untagged.filter((startUs) => nowUs - startUs <= OPEN_US);
    this._untagged.push(nowUs);
    if (this._untagged.length > OPEN_MAX) this._untagged.shift();
    return this._untagged.length > 1;
  }

  #forget(): void {
    this._open.clear();
    this._untagged = [];
  }

  /** No response will be taken for this one's: it may have been carried out, and may yet be. */
  #drops(tag: number, endUs: number): void {
    const open = this._open.get(tag);
    if (open === undefined) return;
    this._open.delete(tag);
    const { request, startUs } = open;
    const witnessed = !this._alone;
    const said = { request, response: NONE, clear: false, witnessed, ordered: true };
    this._topic.tell(new Dialogue(said, startUs, endUs));
  }

  #responded({ tag, message, t }: On<"bmcResponse">): void {
    if (tag === 0) this._untagged.shift();
    const open = this._open.get(tag);
    if (open === undefined) return;
    this._open.delete(tag);
    const { request, startUs, crossed } = open;
    const ordered = this._faults.orderedSince("bmc", startUs);
    const witnessed = !this._alone;
    const said = { request, response: message, clear: !crossed, witnessed, ordered };
    this._topic.tell(new Dialogue(said, startUs, t));
  }

  #exchanged(exchange: Transfer): void {
    if (this._witnessed || exchange.again) return;
    const { complete, startUs, endUs } = exchange;
    const spoilt = this._faults.wireActive || this._faults.wireChanges !== this._wireChanges;
    this._wireChanges = this._faults.wireChanges;
    const clear = complete && !spoilt && startUs >= this._lastEndUs;
    this._lastEndUs = endUs;
    if (exchange.request.length === 0) return;
    const request = exchange.request.copy();
    const response = exchange.response.copy();
    const ordered = this._faults.orderedSince("bmc", startUs);
    const said = { request, response, clear, witnessed: false, ordered };
    this._topic.tell(new Dialogue(said, startUs, endUs));
  }
}
