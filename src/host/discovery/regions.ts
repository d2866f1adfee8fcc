import { type RegisterLocation, registersSpan } from "../../wire/location.ts";

/** A range of `/proc/ioports` or `/proc/iomem`, and who has it: outermost first. */
export interface Region {
  readonly at: "io" | "mem";
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

/** Ranges of a machine; undefined where the kernel does not show their addresses. */
export type Regions = Readonly<Record<"io" | "mem", readonly Region[] | undefined>>;

const LINES_MAX = 20_000;
const DEPTH_MAX = 16;
const LINE = /^( *)([0-9a-f]{1,16})-([0-9a-f]{1,16}) : (.*)$/;
/** Bridges have all that is behind them: that says nothing. */
const BRIDGE = /^PCI Bus /;

/** Reads `/proc/ioports` or `/proc/iomem`. Who is not root sees zeros there in place of addresses. */
export function readRegions(
  text: string | undefined,
  at: "io" | "mem",
): readonly Region[] | undefined {
  if (text === undefined) return undefined;
  const regions: Region[] = [];
  const open: string[] = [];
  for (const line of text.split("\n", LINES_MAX)) {
    const [, indent, start, end, name] = LINE.exec(line) ?? [];
    if (indent === undefined || start === undefined || end === undefined || name === undefined)
      continue;
    const depth = Math.min(indent.length >> 1, open.length, DEPTH_MAX);
    open.length = depth;
    open.push(name);
    const names = open.filter((each) => !BRIDGE.test(each));
    regions.push({ at, start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), names });
  }
  return regions.some(({ end }) => end > 0) ? regions : undefined;
}

/** Who has registers now, outermost first; undefined when the kernel does not show it. */
export function holdersOf(
  location: Pick<RegisterLocation, "at" | "base"> & { readonly length: number },
  regions: Regions,
): readonly string[] | undefined {
  const { at, base, length } = location;
  const touching = regions[at]?.filter(({ start, end }) => start < base + length && base <= end);
  return touching && [...new Set(touching.flatMap(({ names }) => names))];
}

/** The same for where a finding's registers lie. */
export function holdersOfRegisters(location: RegisterLocation, regions: Regions) {
  return holdersOf({ ...location, length: registersSpan(location) }, regions);
}
