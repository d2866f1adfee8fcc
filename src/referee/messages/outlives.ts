import { ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Dialogue } from "../dialogue.ts";
import { id, JudgesRecords } from "./judges-records.ts";
import { countOf } from "./record-model.ts";

/** What is in a store that is not volatile is there yet when the BMC has begun anew. @see IPMI 2.0 §31 */
export class OutlivesReset extends JudgesRecords {
  /** Records that were there when the BMC began anew, and so many at least; -1 not known. */
  readonly ids = new Set<number>();
  least = -1;

  protected override begins(): void {
    const { model } = this;
    const known = model.complete ? model.order : [...model.read.keys(), ...model.added.keys()];
    for (const each of known) this.ids.add(each);
    if (model.count !== -1) this.least = model.count;
    model.forget();
  }

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    const clears = dialogue.asks(store.clear)?.operation === ClearOperation.Initiate;
    if (dialogue.is(store.erase) || clears) return this.#forgets();
    if (!dialogue.witnessed) return;
    const info = dialogue.gives(store.info);
    if (info !== undefined && countOf(info) < this.least) {
      this.report(
        `the ${store.name} had ${this.least} records before the BMC began anew, and has ${countOf(info)}`,
      );
      this.#forgets();
    }
    const asked = dialogue.asks(store.get);
    if (asked === undefined || asked.offset !== 0 || !this.ids.has(asked.recordId)) return;
    if (dialogue.cc !== Cc.NotPresent) return;
    this.report(`record ${id(asked.recordId)} was there before the BMC began anew, and is not now`);
    this.#forgets();
  }

  protected override forget(): void {
    super.forget();
    this.#forgets();
  }

  #forgets(): void {
    this.ids.clear();
    this.least = -1;
  }
}
