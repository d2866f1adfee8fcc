import { NetFn } from "../../ipmi/command-table.ts";
import { ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import {
  addSdr,
  clearSdrRepository,
  deleteSdr,
  getSdrRepositoryInfo,
  getSdrRepositoryTime,
  partialAddSdr,
  setSdrRepositoryTime,
} from "../../ipmi/commands/storage/sdr.ts";
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
import { seconds } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { loggedBy } from "./logged.ts";
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
    instead:
      "The BMC counts its time on by one for each second, and stamps what it logs with the time " +
      "of that moment.",
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

/** A time of the BMC's, and when it was so: a slow answer does not tell at which moment. */
interface Known {
  readonly s: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** What the BMC's clock showed lies between these. */
interface Span {
  readonly leastS: number;
  readonly mostS: number;
}

class TimeGoesOn extends HoldsState {
  sel: Known | undefined;
  sdr: Known | undefined;
  /** The log's last addition and last erase, in its time; undefined where it is not known. */
  added: Span | undefined;
  erased: Span | undefined;
  /** The same of the repository, in its own. */
  sdrAdded: Span | undefined;
  sdrErased: Span | undefined;
  /** When each record was added, in the log's time. */
  readonly times = new Map<number, Span>();

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    const logged = loggedBy(event);
    if (logged === undefined) return;
    this.added = this.#inLog(event.t, event.t);
    this.#adds(logged.id, this.added);
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
    this.#repositoryChanges(dialogue);
    this.#read(dialogue);
    const info = dialogue.gives(getSelInfo);
    if (info === undefined) return;
    this.#compare("log's last addition", this.added, info.lastAddition);
    this.#compare("log's last erase", this.erased, info.lastErase);
  }

  protected changes(): boolean {
    return true;
  }

  protected forget(): void {
    this.sel = undefined;
    this.sdr = undefined;
    this.added = undefined;
    this.erased = undefined;
    this.sdrAdded = undefined;
    this.sdrErased = undefined;
    this.times.clear();
  }

  #adds(id: number, span: Span | undefined): void {
    if (span === undefined) this.times.delete(id);
    else this.times.set(id, span);
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
    this.sel = sel === undefined ? undefined : known(sel, dialogue);
    this.sdr = sdr === undefined ? undefined : known(sdr, dialogue);
  }

  #changes(dialogue: Dialogue): void {
    if (dialogue.cc !== Cc.Ok) return;
    const now = this.#inLog(dialogue.startUs, dialogue.endUs);
    const whole = dialogue.asks(partialAddSelEntry)?.progress === LAST_PIECE;
    if (dialogue.is(addSelEntry) || whole) {
      this.added = now;
      const added = dialogue.gives(addSelEntry) ?? dialogue.gives(partialAddSelEntry);
      if (added !== undefined) this.#adds(added.recordId, now);
    }
    const clears = dialogue.asks(clearSel)?.operation === ClearOperation.Initiate;
    if (clears) this.times.clear();
    if (dialogue.is(deleteSelEntry) || clears) this.erased = now;
  }

  #repositoryChanges(dialogue: Dialogue): void {
    const info = dialogue.gives(getSdrRepositoryInfo);
    if (info !== undefined) {
      this.#compare("repository's last addition", this.sdrAdded, info.lastAddition);
      this.#compare("repository's last erase", this.sdrErased, info.lastErase);
    }
    if (dialogue.cc !== Cc.Ok) return;
    const { startUs, endUs } = dialogue;
    const now = this.sdr === undefined ? undefined : spanOf(this.sdr, startUs, endUs);
    const whole = dialogue.asks(partialAddSdr)?.progress === LAST_PIECE;
    if (dialogue.is(addSdr) || whole) this.sdrAdded = now;
    const clears = dialogue.asks(clearSdrRepository)?.operation === ClearOperation.Initiate;
    if (dialogue.is(deleteSdr) || clears) this.sdrErased = now;
  }

  #inLog(fromUs: number, toUs: number): Span | undefined {
    return this.sel === undefined ? undefined : spanOf(this.sel, fromUs, toUs);
  }

  #goesOn(whose: string, before: Known | undefined, s: number, dialogue: Dialogue): Known {
    if (before !== undefined && before.s !== TIME_UNSPECIFIED) {
      const { startUs, endUs } = dialogue;
      if (!within(spanOf(before, startUs, endUs), s)) {
        const passed = seconds(endUs - before.toUs);
        this.report(`the time of the ${whose} was ${before.s}, and ${passed} later it is ${s}`);
      }
    }
    return known(s, dialogue);
  }

  #compare(what: string, span: Span | undefined, s: number): void {
    if (span === undefined || s === TIME_UNSPECIFIED || within(span, s)) return;
    const was = Math.floor(span.mostS);
    this.report(`the ${what} was at ${was}, and is said to have been at ${s}`);
  }
}

function known(s: number, { startUs, endUs }: Dialogue): Known {
  return { s, fromUs: startUs, toUs: endUs };
}

/** What a clock that was known then shows at a moment between the two. */
function spanOf(then: Known, fromUs: number, toUs: number): Span {
  const leastS = (fromUs - then.toUs) / SECOND_US;
  const mostS = (toUs - then.fromUs) / SECOND_US;
  return {
    leastS: then.s + leastS * (1 - CLOCK_TOLERANCE),
    mostS: then.s + mostS * (1 + CLOCK_TOLERANCE),
  };
}

function within({ leastS, mostS }: Span, s: number): boolean {
  return s >= leastS - SLACK_S && s <= mostS + SLACK_S;
}
