import { byteAt } from "../../ipmi/bytes.ts";

/** What a resource template names that has to do with an interface. */
export interface Resources {
  readonly ranges: readonly {
    readonly at: "io" | "mem";
    readonly start: number;
    readonly length: number;
  }[];
  readonly busAddress: number | undefined;
  readonly interrupt: number | undefined;
}

type Range = Resources["ranges"][number];

const RESOURCES_MAX = 64;
const END = 0x79;

/** Reads a resource template as firmware encodes it, as far as it is one. */
export function resourcesOf(template: Uint8Array): Resources {
  const ranges: Range[] = [];
  let busAddress: number | undefined;
  let interrupt: number | undefined;
  let at = 0;
  for (let count = 0; count < RESOURCES_MAX && at + 1 < template.length; count += 1) {
    const tag = byteAt(template, at);
    if (tag === END) break;
    const large = (tag & 0x80) !== 0;
    if (large && at + 3 > template.length) break;
    const head = large ? 3 : 1;
    const length = large ? byteAt(template, at + 1) | (byteAt(template, at + 2) << 8) : tag & 7;
    const end = at + head + length;
    if (end > template.length) break;
    const body = new DataView(template.buffer, template.byteOffset + at + head, length);
    const range = rangeOf(tag, body);
    if (range !== undefined) ranges.push(range);
    busAddress ??= busAddressOf(tag, body);
    interrupt ??= interruptOf(tag, body);
    at = end;
  }
  return { ranges, busAddress, interrupt };
}

/** The descriptors that have ranges, by tag: the least that each has, and how it is read. */
const RANGES: Readonly<Record<number, readonly [number, (body: DataView) => Range]>> = {
  71: [7, (body) => ({ at: "io", start: body.getUint16(1, true), length: body.getUint8(6) })],
  75: [
    3,
    (body) => ({ at: "io", start: body.getUint16(0, true) & 0x3ff, length: body.getUint8(2) }),
  ],
  133: [17, (body) => memory(body.getUint32(1, true), body.getUint32(13, true))],
  134: [9, (body) => memory(body.getUint32(1, true), body.getUint32(5, true))],
  135: [23, (body) => space(body, body.getUint32(7, true), body.getUint32(19, true))],
  136: [13, (body) => space(body, body.getUint16(5, true), body.getUint16(11, true))],
  138: [43, (body) => space(body, wide(body, 11), wide(body, 35))],
};

function rangeOf(tag: number, body: DataView): Range | undefined {
  const form = RANGES[tag];
  return form === undefined || body.byteLength < form[0] ? undefined : form[1](body);
}

function memory(start: number, length: number): Range {
  return { at: "mem", start, length };
}

/** An address space's descriptor says itself whether it is memory (0) or I/O (1). */
function space(body: DataView, start: number, length: number): Range {
  return { at: body.getUint8(0) === 1 ? "io" : "mem", start, length };
}

function wide(body: DataView, at: number): number {
  return Number(body.getBigUint64(at, true));
}

/** Of a serial bus of type 1, I2C. */
function busAddressOf(tag: number, body: DataView): number | undefined {
  return tag === 0x8e && body.byteLength >= 15 && body.getUint8(2) === 1
    ? body.getUint16(13, true)
    : undefined;
}

function interruptOf(tag: number, body: DataView): number | undefined {
  if (tag === 0x89 && body.byteLength >= 6 && body.getUint8(1) > 0) return body.getUint32(2, true);
  if ((tag !== 0x22 && tag !== 0x23) || body.byteLength < 2) return undefined;
  const mask = body.getUint16(0, true);
  return mask === 0 ? undefined : 31 - Math.clz32(mask & -mask);
}
