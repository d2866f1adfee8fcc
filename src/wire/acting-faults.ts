/** A fault of a wire that acts now. */
export interface ActiveFault<F = unknown> {
  readonly fault: F;
  /** It changed something; always so for what lasts and is not counted. */
  readonly acted: boolean;
  /** Ends it; harmless when it has ended. */
  end(): void;
}

/** One fault in the list of those that act. */
export class Acting<F extends object> implements ActiveFault<F> {
  readonly fault: F;
  acted: boolean;
  /** Accesses that pass before it acts. */
  private _skip: number;
  /** Accesses left for counted faults. */
  private _left: number;
  private readonly _list: Acting<F>[];
  private readonly _ended: () => void;

  constructor(fault: F, list: Acting<F>[], ended: () => void) {
    this.fault = fault;
    this._skip = "skip" in fault && typeof fault.skip === "number" ? fault.skip : 0;
    this.acted = !("count" in fault);
    this._left =
      "count" in fault && typeof fault.count === "number" ? fault.count : Number.POSITIVE_INFINITY;
    this._list = list;
    this._ended = ended;
    list.push(this);
  }

  /** Uses up one access; true when it acts on this one. With the last of them it ends. */
  take(): boolean {
    const acts = this.spend();
    if (this.spent) this.end();
    return acts;
  }

  /** The same for a fault that is still at work when its last access is over: it is ended later. */
  spend(): boolean {
    if (this._skip > 0) {
      this._skip--;
      return false;
    }
    if (this.spent) return false;
    this._left--;
    this.acted = true;
    return true;
  }

  /** No access is left for it. */
  get spent(): boolean {
    return this._left <= 0;
  }

  end(): void {
    const at = this._list.indexOf(this);
    if (at < 0) return;
    this._list.splice(at, 1);
    this._ended();
  }
}

/**
 * The faults of one wire that act now. A fault with a `count` acts on so many accesses, after
 * `skip` that it lets pass.
 */
export class ActingFaults<F extends object> {
  private readonly _list: Acting<F>[] = [];

  /** No fault acts: everything passes. */
  get none(): boolean {
    return this._list.length === 0;
  }

  /** Lets a fault act until it is ended or its count is used up (then `ended`). */
  add(fault: F, ended: () => void): ActiveFault<F> {
    return new Acting(fault, this._list, ended);
  }

  /** Those that act as this is called, in the order in which they were added. */
  all(): readonly Acting<F>[] {
    return [...this._list];
  }
}

/** The host's end of an interrupt line, behind the faults of the line. */
export class FaultyLine {
  /** True while changes of the line do not reach the host. */
  cut: () => boolean = () => false;
  private _level = false;
  private _seen = false;
  private _changed: (level: boolean) => void = () => {};

  onLine(changed: (level: boolean) => void): void {
    this._changed = changed;
  }

  /** The line at the register block changed. */
  set(level: boolean): void {
    this._level = level;
    if (!this.cut()) this.#show(level);
  }

  /** The line is seen high, without cause, until `settle`. */
  raise(): void {
    this.#show(true);
  }

  /** The line is seen as it is. */
  settle(): void {
    this.#show(this._level);
  }

  #show(level: boolean): void {
    if (level === this._seen) return;
    this._seen = level;
    this._changed(level);
  }
}
