import { NetFn } from "../../ipmi/command-table.ts";
import { ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import { getSdrRepositoryTime, setSdrRepositoryTime } from "../../ipmi/commands/storage/sdr.ts";
import {
  addSelEntry,
  clearSel,
  deleteSelEntry,
  getSelEntry,
  getSelInfo,
  getSelTime,
  partialAddSelEntry,
  setSelTime,
} from "../../ipmi/commands/storage/sel.ts";
import {
  SEL_RECORD_BYTES,
  selRecordHasTime,
  TIME_UNSPECIFIED,
} from "../../ipmi/commands/storage/sel-record.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Command } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { HoldsState } from "./holds.ts";
import { LOGGED } from "./judges-records.ts";
import { LAST_PIECE } from "./record-model.ts";

/** The BMC's clock. */
export const timeRules: readonly CommonRule[] = [
  {
    id: "SEL-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.10, §31.11, §37",
    sentence:
      "The BMC's time goes on by seconds from what was set or read, and what it logs bears it.",
    observable: true,
    automaton: (context) => new TimeGoesOn(context),
  },
];

const TYPE_AT = 2;
const TIME_AT = 3;
const SECOND_US = 1_000_000;
/** A time has whole seconds, and a clock is off by so much of the time. */
const SLACK_S = 2;
const CLOCK_TOLERANCE = 0.02;

/** A time that was known then. */
interface Known {
  readonly s: number;
  readonly us: number;
}

class TimeGoesOn extends HoldsState {
  sel: Known | undefined;
  sdr: Known | undefined;
  /** The log's last addition and last erase, in its time; undefined where it is not known. */
  addedS: number | undefined;
  erasedS: number | undefined;
  /** When each record was added, in the log's time. */
  readonly times = new Map<number, number>();

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what === "sel" && event.text.startsWith("record ")) {
      const [, id] = LOGGED.exec(event.text) ?? [];
      if (id === undefined) return;
      this.addedS = this.#selAt(event.t);
      this.#added(Number(id), this.addedS);
    }
  }

  protected override about({ netFn }: Command): boolean {
    return netFn === NetFn.Storage;
  }

  protected said(dialogue: Dialogue): void {
    if (!dialogue.witnessed) return;
    const sel = dialogue.gives(getSelTime)?.time;
    if (sel !== undefined) this.sel = this.#goesOn("log", this.sel, sel, dialogue);
    const sdr = dialogue.gives(getSdrRepositoryTime)?.time;
    if (sdr !== undefined) this.sdr = this.#goesOn("repository", this.sdr, sdr, dialogue);
    this.#sets(dialogue);
    this.#changes(dialogue);
    this.#read(dialogue);
    const info = dialogue.gives(getSelInfo);
    if (info === undefined) return;
    this.#compare("last addition", this.addedS, info.lastAddition);
    this.#compare("last erase", this.erasedS, info.lastErase);
  }

  protected changes(): boolean {
    return true;
  }

  protected forget(): void {
    this.sel = undefined;
    this.sdr = undefined;
    this.addedS = undefined;
    this.erasedS = undefined;
    this.times.clear();
  }

  #added(id: number, nowS: number | undefined): void {
    if (nowS === undefined) this.times.delete(id);
    else this.times.set(id, nowS);
  }

  /** A record that was read bears the time at which it was added. */
  #read(dialogue: Dialogue): void {
    const data = dialogue.gives(getSelEntry)?.data;
    if (data?.length !== SEL_RECORD_BYTES || dialogue.asks(getSelEntry)?.offset !== 0) return;
    const view = new DataView(data.buffer, data.byteOffset);
    const id = view.getUint16(0, true);
    if (!selRecordHasTime(view.getUint8(TYPE_AT))) return;
    this.#compare(`record ${id}`, this.times.get(id), view.getUint32(TIME_AT, true));
  }

  /** The two may have one clock, or one each. */
  #sets(dialogue: Dialogue): void {
    const sel = dialogue.asks(setSelTime)?.time;
    const sdr = dialogue.asks(setSdrRepositoryTime)?.time;
    if (sel === undefined && sdr === undefined) return;
    if (dialogue.cc !== Cc.Ok) {
      if (!this.leftAlone(dialogue)) this.forget();
      return;
    }
    const us = dialogue.endUs;
    this.sel = sel === undefined ? undefined : { s: sel, us };
    this.sdr = sdr === undefined ? undefined : { s: sdr, us };
  }

  #changes(dialogue: Dialogue): void {
    if (dialogue.cc !== Cc.Ok) return;
    const nowS = this.#selAt(dialogue.endUs);
    const whole = dialogue.asks(partialAddSelEntry)?.progress === LAST_PIECE;
    if (dialogue.is(addSelEntry) || whole) {
      this.addedS = nowS;
      const added = dialogue.gives(addSelEntry) ?? dialogue.gives(partialAddSelEntry);
      if (added !== undefined) this.#added(added.recordId, nowS);
    }
    const clears = dialogue.asks(clearSel)?.operation === ClearOperation.Initiate;
    if (clears) this.times.clear();
    if (dialogue.is(deleteSelEntry) || clears) this.erasedS = nowS;
  }

  #selAt(us: number): number | undefined {
    return this.sel === undefined ? undefined : this.sel.s + (us - this.sel.us) / SECOND_US;
  }

  #goesOn(whose: string, known: Known | undefined, s: number, { endUs }: Dialogue): Known {
    if (known !== undefined && known.s !== TIME_UNSPECIFIED) {
      const passedS = (endUs - known.us) / SECOND_US;
      if (Math.abs(known.s + passedS - s) > SLACK_S + CLOCK_TOLERANCE * passedS) {
        const was = `the time of the ${whose} was ${known.s}`;
        this.report(`${was}, and ${passedS.toFixed(1)} s later it is ${s}`);
      }
    }
    return { s, us: endUs };
  }

  #compare(what: string, known: number | undefined, s: number): void {
    if (known === undefined || s === TIME_UNSPECIFIED || Math.abs(known - s) <= SLACK_S) return;
    this.report(`the ${what} was at ${Math.floor(known)}, and is said to have been at ${s}`);
  }
}
