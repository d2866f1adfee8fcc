import type { Message } from "./message.ts";

/** Kernels on the BMC's side: `kcs_bmc`, `bt-bmc`, `ssif_bmc`. */
export const BMC_SIDE: readonly Message[] = [
  {
    pattern: /channel=# with too large data/,
    suspect: "bmc",
    meaning: "The BMC's daemon gave an answer that is longer than KCS carries.",
  },
  {
    pattern:
      /Failed to (add|remove|register) .*channel|Unsupported channel|lpc-io-reg|LPC device binding/,
    suspect: "bmc",
    meaning: "The BMC's kernel could not set a KCS channel up.",
  },
  {
    pattern: /irq #: nobody cared/,
    suspect: "bmc",
    meaning:
      "An interrupt that nobody handles is turned off; on a BMC that shares it with KCS, KCS is dead from then on.",
  },
  {
    pattern: /bt.bmc.*(Unable to request IRQ|No IRQ)/,
    suspect: "bmc",
    meaning: "The BMC's BT device has no interrupt, and is polled.",
  },
  {
    pattern: /ssif.bmc.*(timeout|busy|invalid|unexpected|abort)/i,
    suspect: "either",
    meaning:
      "The BMC's SSIF driver met a transfer out of order, or its daemon was slower than 500 ms.",
  },
];
