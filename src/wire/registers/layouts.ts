import { BT_LAYOUT } from "../bt/protocol.ts";
import type { InterfaceOn } from "../interface.ts";
import { KCS_LAYOUT } from "../kcs/protocol.ts";
import { SMIC_LAYOUT } from "../smic/protocol.ts";
import type { RegisterLayout } from "./layout.ts";

/** The register block of each interface that has one. */
export const REGISTER_LAYOUTS: Readonly<Record<InterfaceOn<"registers">, RegisterLayout>> = {
  kcs: KCS_LAYOUT,
  smic: SMIC_LAYOUT,
  bt: BT_LAYOUT,
};
