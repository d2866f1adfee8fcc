import type { RegisterPort } from "../../../wire/registers/port.ts";

/** A guest that makes so many register accesses and lets no time pass is locked up. */
const WITHOUT_TIME_MAX = 400_000;
/** What a guest reads when its match is over. */
const GONE = 0xff;

/** Whose match the guest plays in. */
interface Match {
  /** Asked before each access: it goes on, and the access counts. */
  goesOn(): boolean;
  /** The guest accesses registers for ever, and its time stands still. */
  lockedUp(text: string): void;
}

/** A guest's register accesses, counted. */
export class CountedAccesses {
  /** How many there were. */
  all = 0;
  readonly #match: Match;
  #sinceTick = 0;

  constructor(match: Match) {
    this.#match = match;
  }

  /** Time passes for the guest. */
  ticked(): void {
    this.#sinceTick = 0;
  }

  /** The registers as the guest reaches them: they are gone when its match is over. */
  port(port: RegisterPort): RegisterPort {
    return {
      read: (offset) => (this.#counts() ? port.read(offset) : GONE),
      write: (offset, value) => {
        if (this.#counts()) port.write(offset, value);
      },
    };
  }

  #counts(): boolean {
    if (!this.#match.goesOn()) return false;
    this.all++;
    this.#sinceTick++;
    if (this.#sinceTick !== WITHOUT_TIME_MAX) return true;
    this.#match.lockedUp(`${this.#sinceTick} register accesses, and no time passes`);
    return false;
  }
}
