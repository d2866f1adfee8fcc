import type { InterfaceKind, RegisterSpacing } from "../../wire/interface.ts";
import {
  type ControllerLocation,
  type RegisterLocation,
  registersSpan,
} from "../../wire/location.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";

/** Where an executor of the lab has its BMC. */
export type LabPlace =
  | ControllerLocation
  | (RegisterLocation & { readonly spacing: RegisterSpacing });

const BASE = 0xca2;

/** Where an interface is as long as nobody says another place: byte-wide, in I/O space. */
export function usualPlace(kind: InterfaceKind, spacing: RegisterSpacing = 1): LabPlace {
  return kind === "ssif"
    ? { at: "i801", kind, base: BASE, address: SSIF_ADDRESS }
    : { at: "io", kind, base: BASE, spacing, width: 8 };
}

/** A controller's registers are one byte apart. */
export function spacingOf(place: LabPlace): RegisterSpacing {
  return place.at === "i801" ? 1 : place.spacing;
}

const CONTROLLER_BYTES = 16;

/** How many bytes there are from the first register's first to behind the last one's. */
export function bytesOf(place: LabPlace): number {
  return place.at === "i801" ? CONTROLLER_BYTES : registersSpan(place);
}
