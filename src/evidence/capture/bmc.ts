import type { Witnessed } from "./frame.ts";

/** The drivers reach their registers through a map that they share with others of the same chip. */
export const bmcKcs = registerMap({
  what: "each access of the BMC's drivers (kcs_bmc_aspeed, kcs_bmc_npcm7xx) to the registers of its KCS channels",
  modules: ["kcs_bmc", "kcs_bmc_aspeed", "kcs_bmc_npcm7xx"],
  resources: /kcs|lpc/,
});

export const bmcBt = registerMap({
  what: "each access of the BMC's driver (bt-bmc) to the registers of its BT interface",
  modules: ["bt_bmc"],
  resources: /bt-host|bt-bmc|lpc/,
  note: "from 5.15 on the driver of BT reaches its registers without regmap; when nothing of it is here, capture the host's side",
});

/** The BMC as the bus's target: each byte, and whether it was acknowledged. */
export const bmcSsif: Witnessed = {
  what: "each byte that the BMC's driver (ssif_bmc) sends and takes on its bus",
  notRun: true,
  modules: ["ssif_bmc"],
  events: ["i2c_slave"],
  resources: /i2c/,
  functions: tracepoints(
    "i2c_slave",
    "this kernel has no i2c_slave tracepoints (from 5.18 on, CONFIG_I2C_SLAVE); capture the host's side, or put a logic analyser on the bus",
  ),
};

function registerMap({
  note,
  ...own
}: Pick<Witnessed, "what" | "modules" | "resources"> & { readonly note?: string }): Witnessed {
  return {
    ...own,
    notRun: true,
    events: ["regmap/regmap_reg_read", "regmap/regmap_reg_write"],
    functions: tracepoints(
      "regmap",
      "this kernel has no regmap tracepoints (CONFIG_REGMAP, CONFIG_TRACING); capture the host's side instead",
      note,
    ),
  };
}

function tracepoints(folder: string, lacks: string, note?: string): string {
  const more = note === undefined ? "" : `\n  say "note: ${note}"`;
  return `
look() {
  [ -d "$tracefs/events/${folder}" ] || missing "${lacks}"
}

arm() {
  say "note: what other drivers of this chip do in the same way is here, too"${more}
}`;
}
