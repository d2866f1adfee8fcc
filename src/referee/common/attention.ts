import type { Automaton } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { beginsAnew } from "../text.ts";

/** Message flags that every interface shows by SMS_ATN. @see IPMI 2.0 §22.4 */
export const MessageFlag = {
  ReceiveMessage: 0x01,
  EventBuffer: 0x02,
  Pretimeout: 0x08,
  Oem: 0xe0,
} as const;

/** The BMC may take so long to bring SMS_ATN in line with its flags. */
const SETTLE_US = 10_000;

/**
 * Watches a condition on the BMC's message flags and SMS_ATN that may hold for a moment only, by
 * the BMC's own face. `smsAtn`: the bit in the register whose changes the BMC's tap tells.
 */
export function settles(
  { bmc }: Context,
  smsAtn: number,
  wrong: (flags: number, attention: boolean) => boolean,
  tell: (flags: number, us: number) => void,
): Automaton {
  let flags = 0;
  let attention = false;
  let known = false;
  let sinceUs = -1;
  const look = (nowUs: number): void => {
    if (sinceUs === -1 || nowUs - sinceUs <= SETTLE_US) return;
    tell(flags, nowUs - sinceUs);
    sinceUs = Number.POSITIVE_INFINITY;
  };
  const update = (nowUs: number): void => {
    look(nowUs);
    if (!known || bmc.away || !wrong(flags, attention)) sinceUs = -1;
    else if (sinceUs === -1) sinceUs = nowUs;
  };
  return {
    bmcLife: (event) => {
      // Without its daemon the BMC has nobody who would set SMS_ATN.
      if (beginsAnew(event.what) || event.what === "daemon-closed") {
        known = false;
        attention = false;
        sinceUs = -1;
        return;
      }
      look(event.t);
      if (event.what !== "flags") return;
      known = true;
      flags = event.flags;
      update(event.t);
    },
    bmcStatus: ({ status, t }) => {
      const now = (status & smsAtn) !== 0;
      if (now === attention) return;
      look(t);
      attention = now;
      update(t);
    },
    bmcRead: ({ t }) => look(t),
    bmcResponse: ({ t }) => look(t),
    end: ({ t }) => look(t),
  };
}
