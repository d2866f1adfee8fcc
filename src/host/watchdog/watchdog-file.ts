import { Refused } from "../messages/codes.ts";
import type { WatchdogOutcome } from "./watchdog-options.ts";

type Done = (outcome: WatchdogOutcome) => void;

/** Written at last before the close, it says that the close is meant. */
const MAGIC = "V".charCodeAt(0);

/** What an open watchdog acts on. */
export interface WatchdogFileParts {
  readonly nowayout: boolean;
  keepAlive(done: Done): void;
  stop(done: Done): void;
  closed(meant: boolean): void;
}

/** The watchdog as whoever has it open sees it: as Linux's /dev/watchdog. */
export class WatchdogFile {
  readonly #parts: WatchdogFileParts;
  #open = true;
  #magic = false;

  constructor(parts: WatchdogFileParts) {
    this.#parts = parts;
  }

  /** Any byte is a heartbeat; a `V` among them allows a close that stops. Throws `Refused`. */
  write(bytes: Uint8Array, done: Done = () => {}): void {
    if (!this.#open) throw new Refused("WATCHDOG_NOT_OPEN");
    if (bytes.length === 0) {
      done({ ok: true });
      return;
    }
    this.#magic = bytes.includes(MAGIC) && !this.#parts.nowayout;
    this.#parts.keepAlive(done);
  }

  /** Stops the timer if that was announced; else it gets one more heartbeat, and goes on. */
  close(done: Done = () => {}): void {
    if (!this.#open) throw new Refused("WATCHDOG_NOT_OPEN");
    this.#open = false;
    this.#parts.closed(this.#magic);
    if (this.#magic) this.#parts.stop(done);
    else this.#parts.keepAlive(done);
  }
}
