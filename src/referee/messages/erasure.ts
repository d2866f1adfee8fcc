import { ClearOperation, ErasureProgress } from "../../ipmi/commands/storage/allocation.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { Context } from "../rule.ts";
import { HoldsState } from "./holds.ts";
import type { RecordStore } from "./record-model.ts";

/** An erasure that was over does not run again by itself. @see IPMI 2.0 §31.9, §33.16 */
export class ErasesOnce extends HoldsState {
  /** It said that the last erasure is complete, and none has begun since. */
  complete = false;
  private readonly _store: RecordStore;

  constructor(context: Context, store: RecordStore) {
    super(context);
    this._store = store;
  }

  protected override about(command: Command): boolean {
    return isOf([this._store.clear], command);
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(this._store.clear);
  }

  protected said(dialogue: Dialogue): void {
    const { name, clear } = this._store;
    const asked = dialogue.asks(clear);
    // Where the BMC's own messages are not told, somebody else may have begun another one.
    if (asked === undefined || !dialogue.witnessed || dialogue.ordered) return this.forget();
    const given = dialogue.gives(clear);
    if (given === undefined) {
      if (dialogue.cc === Cc.Ok || !this.leftAlone(dialogue)) this.forget();
      return;
    }
    const completed = given.progress === ErasureProgress.Completed;
    if (asked.operation === ClearOperation.Status && this.complete && !completed) {
      this.report(
        `the ${name} was said to be erased, and without a new erasure ${dialogue.name} says that one is in progress`,
      );
    }
    this.complete = completed;
  }

  protected forget(): void {
    this.complete = false;
  }
}
