import type { z } from "zod";
import { choice, goesWith, struct, type Values } from "./choice.ts";
import { bytes, type Field, firmware, oneOf, optional, required, time, times } from "./unit.ts";

/** What the host sees of a BMC that is not there. */
export const look = oneOf("hold", "error", "storm", "refuse", "all-ones", "zeros");
export type Look = z.output<typeof look.schema>;
export const LOOK_ABOUT =
  "What the host sees meanwhile. hold: IBF stays set; error: ERROR state and IBF stays set; " +
  "storm: every byte met with ERROR; refuse: requests end in ERROR; all-ones, zeros: all reads";

export const whenClosed = oneOf("refuse", "storm", "hold");

/** What can happen in a BMC's life, by the scenario's word for it. */
export const BMC = {
  reset: optional(
    struct({
      kind: optional(oneOf("cold", "warm"), "cold when left out"),
      away: required(time, "Until it serves again"),
      look: optional(
        { ...look, form: "LOOK" },
        "What the host sees meanwhile; error when left out",
      ),
    }),
    "It is reset, and is away for a while",
  ),
  hang: optional(oneOf("chip", "daemon"), "It stops for ever, or for `for`"),
  daemon: optional(
    oneOf("gone", "restart", "second-opener", "abort"),
    "What its daemon does, once",
  ),
  "when-closed": optional(whenClosed, "The daemon is gone, and the channel behaves so"),
  slow: optional(time, "Added to each command's latency"),
  sticky: optional(
    oneOf("event-buffer", "receive-queue"),
    "What the host fetches from there stays there",
  ),
  event: optional(bytes, "The BMC logs this 16-byte event record"),
  message: optional(bytes, "Into the receive queue: channel, then the message"),
  firmware: optional(firmware, "Other firmware, from now on"),
  power: optional(oneOf("reset", "off", "on"), "The host system's power"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;
export type BmcValues = Values<typeof BMC>;

const REPEATED = ["event", "message"] as const;

/** Something that happens in a BMC's life. */
export const bmcAction = choice({
  words: BMC,
  also: {
    times: goesWith(REPEATED, optional(times, "How many")),
    every: goesWith(REPEATED, optional(time, "How far apart")),
  },
});
export type BmcAction = z.output<typeof bmcAction.schema>;
