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
  private readonly _parts: WatchdogFileParts;
  private _open = true;
  private _magic = false;

  constructor(parts: WatchdogFileParts) {
    this._parts = parts;
  }

  /** Any byte is a heartbeat; a `V` among them allows a close that stops. Throws `Refused`. */
  write(bytes: Uint8Array, done: Done = () => {}): void {
    if (!this._open) throw new Refused("WATCHDOG_NOT_OPEN");
    if (bytes.length === 0) {
      done({ ok: true });
      return;
    }
    this._magic = bytes.includes(MAGIC) && !this._parts.nowayout;
    this._parts.keepAlive(done);
  }

  /** Stops the timer if that was announced; else it gets one more heartbeat, and goes on. */
  close(done: Done = () => {}): void {
    if (!this._open) throw new Refused("WATCHDOG_NOT_OPEN");
    this._open = false;
    this._parts.closed(this._magic);
    if (this._magic) this._parts.stop(done);
    else this._parts.keepAlive(done);
  }
}
