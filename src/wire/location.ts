import { BaseboardError } from "../errors.ts";
import { INTERFACES, type InterfaceKind, type InterfaceOn, MEDIUM } from "./interface.ts";
import { REGISTER_LAYOUTS } from "./registers/layouts.ts";

/** How many bits of a register one access takes. */
export type AccessWidth = 8 | 16 | 32 | 64;

/** Registers at an address: in I/O space or in memory. */
export interface RegisterLocation {
  readonly at: "io" | "mem";
  readonly kind: InterfaceOn<"registers">;
  readonly base: number;
  /** How far apart two registers lie, in bytes. */
  readonly spacing: number;
  readonly width: AccessWidth;
}

/** Registers behind BAR 0 of a PCI function. @see IPMI 2.0 Appendix C2 */
export interface PciLocation {
  readonly at: "pci";
  readonly kind: InterfaceOn<"registers">;
  /** Domain, bus, device and function, as Linux writes them. */
  readonly slot: string;
}

/** A BMC on a bus that the operating system drives. */
export interface BusLocation {
  readonly at: "i2c";
  readonly kind: "ssif";
  readonly bus: number;
  /** Of 7 bits. */
  readonly address: number;
}

/** A BMC behind an SMBus controller of Intel's chip sets that nobody drives. */
export interface ControllerLocation {
  readonly at: "i801";
  readonly kind: "ssif";
  /** The I/O address of the controller's registers. */
  readonly base: number;
  /** Of 7 bits. */
  readonly address: number;
}

/** Where an interface is. */
export type Location =
  | RegisterLocation
  | PciLocation
  | BusLocation
  | ControllerLocation
  | { readonly at: "device"; readonly number: number }
  | { readonly at: "discovered" };
/** One that says where it is. */
export type Place = Exclude<Location, { readonly at: "discovered" }>;

/** A location that is written wrongly, in one sentence that says what would be right. */
export class LocationError extends BaseboardError<"WRONG_LOCATION"> {
  constructor(text: string, right: string) {
    super(`${shortened(text)}: ${right}`, { code: "WRONG_LOCATION" });
  }
}

/** I/O space of x86. */
export const IO_END = 0x1_0000;
/** No processor has more physical address bits. */
export const MEMORY_END = 2 ** 52;
/** More than any firmware is known to name; the specification has 1, 4 and 16. */
export const SPACING_MAX = 256;
/** Addresses of 7 bits outside are reserved by the bus. */
export const SMBUS_ADDRESSES = { least: 0x08, most: 0x77 } as const;
export const ACCESS_WIDTHS: readonly AccessWidth[] = [8, 16, 32, 64];
const NUMBER_OF_DEVICE_MAX = 255;
const BUS_MAX = 0xffff;
const TEXT_MAX = 60;

const FORMS =
  "kcs:io:0xca2, kcs:io:0xca8/4, kcs:mem:0xfeb00000/4:32, kcs:pci:0000:00:02.0, " +
  "ssif:i2c-1:0x10, ssif:i801:0x700:0x10, /dev/ipmi0 or discovered";
const SLOT = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/;

/** Reads how a location is written. Throws `LocationError`. */
export function parseLocation(text: string): Location {
  if (text === "discovered") return { at: "discovered" };
  if (text.startsWith("/dev/")) return device(text);
  const [kind, place = "", ...rest] = text.split(":");
  const known = INTERFACES.find((each) => each === kind);
  if (known === undefined) throw new LocationError(text, `an interface is written ${FORMS}`);
  if (onBus(known)) return onController(text, place, rest);
  switch (place) {
    case "io":
    case "mem":
      return registers(text, { at: place, kind: known }, rest);
    case "pci":
      return pci(text, known, rest.join(":"));
    default:
      throw new LocationError(text, `${known} is at io:, mem: or pci:, such as ${known}:io:0xca2`);
  }
}

/** How a location is written: `parseLocation` reads it back. */
export function locationText(location: Location): string {
  switch (location.at) {
    case "io":
    case "mem":
      return registersText(location);
    case "pci":
      return `${location.kind}:pci:${location.slot}`;
    case "i2c":
      return `ssif:i2c-${location.bus}:${hex(location.address)}`;
    case "i801":
      return `ssif:i801:${hex(location.base)}:${hex(location.address)}`;
    case "device":
      return `/dev/ipmi${location.number}`;
    case "discovered":
      return "discovered";
  }
}

/** Why registers cannot lie so, in one sentence; undefined when they can. */
export function misplaced(location: RegisterLocation): string | undefined {
  const { at, kind, base, spacing, width } = location;
  const end = at === "io" ? IO_END : MEMORY_END;
  if (!Number.isInteger(spacing) || spacing < 1 || spacing > SPACING_MAX) {
    return `a spacing is 1, 4 or 16 bytes, and ${SPACING_MAX} at most`;
  }
  if (spacing * 8 < width)
    return `registers of ${width} bits are at least ${width / 8} bytes apart`;
  if (at === "io" && width === 64) return "an access to I/O space has 8, 16 or 32 bits";
  if (base <= 0 || base + registersSpan(location) > end) {
    const bits = at === "io" ? "" : ", as an address has 52 bits";
    return `${kind}'s ${registerCount(kind)} registers lie above 0 and below ${hex(end)}${bits}`;
  }
  return undefined;
}

/** Why one access would reach two registers, in one sentence; undefined when none does. Linux does not ask. */
export function misaligned({ base, spacing, width }: RegisterLocation): string | undefined {
  const bytes = width / 8;
  if (base % bytes === 0 && spacing % bytes === 0) return undefined;
  return `registers of ${width} bits lie at multiples of ${bytes} bytes`;
}

/** Whether a text is a PCI function's place, as Linux writes it. */
export function isSlot(text: string): boolean {
  return SLOT.test(text);
}

/** How many bytes registers take, from the first one's first to the last one's last. */
export function registersSpan({ kind, spacing, width }: RegisterLocation): number {
  return (registerCount(kind) - 1) * spacing + width / 8;
}

function registerCount(kind: RegisterLocation["kind"]): number {
  const { read, written } = REGISTER_LAYOUTS[kind];
  return Math.max(...Object.values(read), ...Object.values(written)) + 1;
}

function registersText({ at, kind, base, spacing, width }: RegisterLocation): string {
  const apart = spacing === 1 ? "" : `/${spacing}`;
  return `${kind}:${at}:${hex(base)}${apart}${width === 8 ? "" : `:${width}`}`;
}

function registers(
  text: string,
  { at, kind }: Pick<RegisterLocation, "at" | "kind">,
  [place = "", bits, ...more]: readonly string[],
): RegisterLocation {
  const [address = "", apart, ...beyond] = place.split("/");
  const base = numberOf(address);
  const right = `${kind}:${at}:ADDRESS[/SPACING][:BITS], such as ${kind}:${at}:${at === "io" ? "0xca8/4" : "0xfeb00000/4:32"}`;
  if (base === undefined || more.length > 0 || beyond.length > 0)
    throw new LocationError(text, right);
  const width = bits === undefined ? 8 : ACCESS_WIDTHS.find((each) => String(each) === bits);
  if (width === undefined) throw new LocationError(text, "an access has 8, 16, 32 or 64 bits");
  // Registers that are wider than a byte lie side by side unless something else is said.
  const spacing = apart === undefined ? width / 8 : numberOf(apart);
  if (spacing === undefined) throw new LocationError(text, right);
  const location = { at, kind, base, spacing, width };
  const why = misplaced(location);
  if (why !== undefined) throw new LocationError(text, why);
  return location;
}

function pci(text: string, kind: PciLocation["kind"], slot: string): PciLocation {
  const whole = /^[0-9a-f]{2}:/i.test(slot) ? `0000:${slot}` : slot;
  const lower = whole.toLowerCase();
  if (isSlot(lower)) return { at: "pci", kind, slot: lower };
  throw new LocationError(
    text,
    `${kind}:pci:DOMAIN:BUS:DEVICE.FUNCTION, such as ${kind}:pci:0000:00:02.0`,
  );
}

function onController(
  text: string,
  place: string,
  rest: readonly string[],
): BusLocation | ControllerLocation {
  const address = numberOf(rest.at(-1) ?? "");
  const right = "ssif:i2c-BUS:ADDRESS or ssif:i801:BASE:ADDRESS, such as ssif:i2c-1:0x10";
  if (address === undefined || !/^i(2c-|801$)/.test(place)) throw new LocationError(text, right);
  if (address < SMBUS_ADDRESSES.least || address > SMBUS_ADDRESSES.most) {
    throw new LocationError(text, "a BMC's address on a bus has 7 bits, from 0x8 to 0x77");
  }
  const bus = /^i2c-(\d{1,5})$/.exec(place)?.[1];
  if (bus !== undefined && Number(bus) <= BUS_MAX && rest.length === 1) {
    return { at: "i2c", kind: "ssif", bus: Number(bus), address };
  }
  const base = place === "i801" && rest.length === 2 ? numberOf(rest[0] ?? "") : undefined;
  if (base === undefined) throw new LocationError(text, right);
  if (base === 0 || base >= IO_END) {
    throw new LocationError(text, `an SMBus controller is above 0 and below ${hex(IO_END)}`);
  }
  return { at: "i801", kind: "ssif", base, address };
}

function device(text: string): Location {
  const number = /^\/dev\/ipmi(0|[1-9]\d{0,2})$/.exec(text)?.[1];
  if (number !== undefined && Number(number) <= NUMBER_OF_DEVICE_MAX) {
    return { at: "device", number: Number(number) };
  }
  throw new LocationError(
    text,
    "a device of the kernel's driver is /dev/ipmi0, /dev/ipmi1 and so on",
  );
}

function onBus(kind: InterfaceKind): kind is InterfaceOn<"bus"> {
  return MEDIUM[kind] === "bus";
}

/** As C writes numbers, without octal ones: nobody means them. Above 2^53, which nothing here takes, it is near. */
function numberOf(text: string): number | undefined {
  return /^(0x[0-9a-f]{1,16}|0|[1-9]\d{0,15})$/i.test(text) ? Number(text) : undefined;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}...`;
}
