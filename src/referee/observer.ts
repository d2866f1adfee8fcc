import type { CommonTopics } from "./automaton.ts";
import type { Transfer } from "./transfer.ts";

/**
 * Who has to act next in the transfer at hand, by what the host saw last; `error`: the BMC has shown
 * that something is wrong, `none`: there is no transfer.
 */
export type Turn = "host" | "bmc" | "error" | "unknown" | "none";

/** What every interface's view of the host shows to the rules that hold for all interfaces. */
export interface HostFace {
  /** The transfer at hand, or the last one. */
  readonly transfer: Transfer;
  /** Accesses to the wire so far. */
  readonly accesses: number;
  readonly lastAccessUs: number;
  /** The number of reasons for which the host may not touch the wire now. */
  bars: number;
  /** Where the host is in its transfer, for a sentence: "in the read phase". */
  readonly place: string;
  readonly turn: Turn;
  /** The BMC is busy, or has not taken the last request: no other may be begun. */
  readonly barred?: boolean;
  /**
   * The host has sent its request, sees that there is nothing to take yet, and no wire fault hides
   * the BMC: how long it has waited, in µs. -1 when that is not so.
   */
  waitsUs(nowUs: number): number;
}

/** The same of the BMC. */
export interface BmcFace {
  /** The BMC is in a reset or not there: nothing can be asked of it. */
  away: boolean;
  /** The transfer at hand, or the last one, as the face shows it by which the BMC is judged. */
  readonly exchange: Transfer;
  /** The BMC has taken a whole request, and has given nothing of its response. */
  readonly silent: boolean;
  /** Whether that request was taken off the wire, whole, to be carried out; undefined: not known. */
  hasTaken(message: Uint8Array): boolean | undefined;
}

/** Follows one interface's protocol through the trace. */
export interface Observer {
  readonly host: HostFace;
  readonly bmc: BmcFace;
  /** Has itself told of the wire's events, each when the rules that asked for it have seen it. */
  follow(topics: CommonTopics): void;
  /** The application read a whole request, which carries `tag`. */
  requestRead(tag: number, message: Uint8Array): void;
  /** A new driver: it knows nothing of what the one before it did. */
  hostRestarts(): void;
  /** Nothing that was known of the BMC holds any longer. */
  bmcForgets(): void;
  /** A wire fault fired or ended: what became of the last write nobody can tell. */
  blur(): void;
}
