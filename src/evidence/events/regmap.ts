import { ASPEED_KCS, IBT_OFFSET, Ibt, NUVOTON_KCS } from "../../wire/registers/chips.ts";
import type { BmcAccess, Teller } from "../sighting.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

type Place = Pick<BmcAccess, "kind" | "block" | "register">;

/**
 * The tracepoints of register maps on a BMC: its KCS and BT drivers reach their registers through the map
 * of the chip's LPC controller, which other drivers use, too.
 */
export class RegmapEvents implements EventReader {
  readonly #teller: Teller;
  /** By device and offset, as the line has them: what the register is. */
  readonly #places = new Map<string, Place | undefined>();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  event({ name, atUs, body }: KernelEvent): boolean {
    const what = name === "regmap_reg_read" ? "bmc-reads" : "bmc-writes";
    if (what === "bmc-writes" && name !== "regmap_reg_write") return false;
    const line = LINE.exec(body);
    if (line === null) {
      if (/lpc/.test(body)) this.#missing(atUs, "a line of a register map that cannot be read");
      return true;
    }
    const [, device = "", offset = "", value = ""] = line;
    const place = this.#place(device, offset);
    if (place === undefined) return true;
    // The map is 32 bits wide, the register a byte.
    const byte = Number.parseInt(value, 16) & 0xff;
    this.#teller.sighting({ what, atUs, ...place, value: byte });
    return true;
  }

  lost(): void {}

  #place(device: string, offset: string): Place | undefined {
    const key = `${device} ${offset}`;
    if (this.#places.has(key)) return this.#places.get(key);
    if (this.#places.size >= PLACES_MAX) this.#places.clear();
    const place = placeOf(device, Number.parseInt(offset, 16));
    this.#places.set(key, place);
    return place;
  }

  #missing(atUs: number, text: string): void {
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

const LINE = /^(\S{1,80}) reg=([0-9a-f]{1,8}) val=([0-9a-f]{1,8})\s*$/;
const PLACES_MAX = 4_096;

/** The register of a device: Nuvoton's module is for KCS alone, ASPEED's LPC controller for both. */
function placeOf(device: string, offset: number): Place | undefined {
  if (/^lpc_kcs\b|\.lpc_kcs$|npcm/.test(device)) return kcsPlace(device, offset, NUVOTON_KCS);
  if (!/lpc/.test(device)) return undefined;
  const block = `${device} iBT`;
  if (offset === IBT_OFFSET + Ibt.Control) return { kind: "bt", block, register: "control" };
  if (offset === IBT_OFFSET + Ibt.Fifo) return { kind: "bt", block, register: "fifo" };
  return kcsPlace(device, offset, ASPEED_KCS);
}

const KCS_REGISTERS = ["input", "output", "status"] as const;
type Channels = Readonly<Record<number, Readonly<Record<(typeof KCS_REGISTERS)[number], number>>>>;

function kcsPlace(device: string, offset: number, channels: Channels): Place | undefined {
  for (const [channel, registers] of Object.entries(channels)) {
    const register = KCS_REGISTERS.find((each) => registers[each] === offset);
    if (register === undefined) continue;
    return { kind: "kcs", block: `${device} channel ${channel}`, register };
  }
  return undefined;
}
