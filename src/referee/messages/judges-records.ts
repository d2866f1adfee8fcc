import { RecordId } from "../../ipmi/commands/storage/allocation.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { Context } from "../rule.ts";
import { HoldsState } from "./holds.ts";
import { loggedBy } from "./logged.ts";
import { commandsOf, RecordModel, type RecordStore } from "./record-model.ts";

/** Judges one of the record stores by what was said to it and by it. */
export abstract class JudgesRecords extends HoldsState {
  readonly model = new RecordModel();
  /** When the BMC logged something itself last. */
  loggedUs = -1;
  private readonly _store: RecordStore;

  constructor(context: Context, store: RecordStore) {
    super(context);
    this._store = store;
  }

  protected get store(): RecordStore {
    return this._store;
  }

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what !== "sel" || !this.store.logsEvents) return;
    this.loggedUs = event.t;
    const logged = loggedBy(event);
    if (logged === undefined) return this.refusedEvent();
    this.loggedEvent();
    this.model.adds(logged.id, logged.bytes);
  }

  protected override about(command: Command): boolean {
    return isOf(commandsOf(this.store), command);
  }

  protected said(dialogue: Dialogue): void {
    // Such an answer may be of the store as it was before, or as it is since.
    if (this.loggedUs >= dialogue.startUs) {
      if (this.changes(dialogue)) this.forget();
      return;
    }
    this.judge(dialogue);
    if (this.changes(dialogue) && dialogue.cc !== Cc.Ok && !this.leftAlone(dialogue)) this.forget();
    else this.model.take(dialogue, this.store);
  }

  protected changes(dialogue: Dialogue): boolean {
    const { add, partialAdd, erase, clear } = this.store;
    return dialogue.is(add) || dialogue.is(partialAdd) || dialogue.is(erase) || dialogue.is(clear);
  }

  protected forget(): void {
    this.model.forget();
  }

  /** What is known is what was known before this was said. */
  protected abstract judge(dialogue: Dialogue): void;

  /** An event of the BMC's own was logged, or found no room. */
  protected loggedEvent(): void {}
  protected refusedEvent(): void {}
}

/** These ids mean the first and the last record, and are no record's. */
export function isNoId(recordId: number): boolean {
  return recordId === RecordId.First || recordId === RecordId.Last;
}

/** A record's or a reservation's id, for a sentence. */
export function id(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(4, "0")}h`;
}
