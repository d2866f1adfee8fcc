import type { Origin } from "./origin.ts";

/**
 * The one door by which requests come in, whoever brings them: the daemon of a system interface, QEMU,
 * a LAN session. There is no way in without an origin.
 */
export interface Front {
  /**
   * Carries out one whole request, which has a NetFn and a command at least, and answers with the
   * whole response, or with undefined when the command sends none. What the origin may not have
   * carried out is answered with D4h. What the command does to the BMC's or the host's life waits
   * for `responded`.
   */
  execute(message: Uint8Array, origin: Origin): Uint8Array | undefined;
  /** The response to the last request has gone out, or there was none. */
  responded(): void;
}
