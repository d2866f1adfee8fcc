import type { z } from "zod";
import { choice, goesWith, struct, type Values } from "./choice.ts";
import {
  bytes,
  type Field,
  firmware,
  number,
  oneOf,
  onlyOn,
  optional,
  required,
  skipped,
  time,
  times,
  yes,
} from "./unit.ts";

/** Of a response of 255 bytes there are fewer blocks, and FFh is the last one's number. */
const BLOCK_MAX = 200;

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
  "bytes-late": optional(
    onlyOn(["kcs", "smic", "ssif"], "bytes-late", time),
    "Each byte of a response comes so much later: OBF, RX_DATA_RDY after BUSY; SSIF's clock is held",
  ),
  "ready-late": optional(
    onlyOn(["smic"], "ready-late", time),
    "On SMIC TX_DATA_RDY comes so long after BUSY has fallen",
  ),
  "state-late": optional(
    onlyOn(["kcs"], "state-late", time),
    "On KCS the state bits change so long after the byte that they belong to",
  ),
  "own-timeout": optional(
    time,
    "After so long it answers CEh by itself, and hands the true response in when that comes",
  ),
  watchdog: optional(
    oneOf("another-action", "settings-lost"),
    "At expiry it does something else; use, pre-timeout and logging of a setting are not kept",
  ),
  "blocks-from": optional(
    onlyOn(["ssif"], "blocks-from", number(1, BLOCK_MAX)),
    "On SSIF the blocks of a long response are numbered from there, not from 0",
  ),
  "address-refused": optional(
    onlyOn(["ssif"], "address-refused", yes),
    "On SSIF it does not acknowledge its own address",
  ),
  "response-kept": optional(
    onlyOn(["ssif"], "response-kept", yes),
    "On SSIF a response can be read until there is another, whatever was asked meanwhile",
  ),
  "requests-merged": optional(
    onlyOn(["ssif"], "requests-merged", yes),
    "On SSIF the parts of a request that was given up stay, and the next one is put behind them",
  ),
  "opal-returns": optional(
    onlyOn(
      ["opal"],
      "opal-returns",
      struct({
        call: required(oneOf("send", "recv"), "Which of the firmware's calls"),
        code: required(oneOf("busy", "hardware", "parameter", "resource", "empty")),
        skip: optional(skipped, "So many calls pass first"),
        count: required(times),
      }),
    ),
    "On OPAL a call of the firmware's does nothing, and returns that",
  ),
  "opal-gives": optional(
    onlyOn(
      ["opal"],
      "opal-gives",
      struct({
        what: required(
          oneOf("short", "oversize", "another-command", "another-version"),
          "short: no completion code; oversize: said to be longer than the room",
        ),
        skip: optional(skipped, "So many responses pass first"),
        count: required(times),
      }),
    ),
    "On OPAL the firmware spoils a response",
  ),
  event: optional(bytes, "The BMC logs this 16-byte event record"),
  message: optional(bytes, "Into the receive queue: channel, then the message"),
  firmware: optional(firmware, "Other firmware, from now on"),
  power: optional(oneOf("reset", "off", "on"), "The host system's power"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;
export type BmcValues = Values<typeof BMC>;

/** What comes to the BMC from elsewhere, as often as it likes. */
const NEWS = ["event", "message"] as const;

/** Something that happens in a BMC's life. */
export const bmcAction = choice({
  words: BMC,
  also: {
    times: goesWith(NEWS, optional(times, "How many")),
    every: goesWith(NEWS, optional(time, "How far apart")),
  },
});
export type BmcAction = z.output<typeof bmcAction.schema>;

/** Whether it is what comes to any BMC, and no misdeed of this one's. */
export function bringsNews(action: BmcAction): boolean {
  return NEWS.some((word) => action[word] !== undefined);
}
