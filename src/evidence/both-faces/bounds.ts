import type { Bound, Bounds } from "./clocks.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import type { Pair } from "./pairs.ts";

/** What two faces show of one wire. */
export interface Faces {
  readonly host: readonly HostStep[];
  readonly bmc: readonly BmcStep[];
  readonly writes: readonly Byte[];
  readonly reads: readonly Byte[];
}

/**
 * What the pairs say of the clocks. The BMC took a byte after the host wrote it, and the host an
 * output byte after the BMC gave it; conditions that the host saw say nothing here, because a wire
 * may have garbled them.
 */
export function boundsOf(faces: Faces, pairs: readonly Pair[]): Bounds {
  const { host, bmc, writes, reads } = faces;
  const least: Bound[] = [];
  const most: Bound[] = [];
  let wholeBefore = false;
  for (const [at, { w, r, doubtful }] of pairs.entries()) {
    const write = writes[w];
    const read = reads[r];
    if (write === undefined || read === undefined) continue;
    if (!doubtful) least.push({ t: read.t, us: write.t - read.t });
    const next = pairs[at + 1];
    const inStep = next !== undefined && next.w === w + 1 && next.r === r + 1;
    const gave = bmc.slice(read.step + 1, reads[r + 1]?.step).filter(({ e }) => e === "bmc.write");
    const took = host.slice(write.step + 1, writes[w + 1]?.step).filter(isDataRead);
    const [out] = gave;
    const [seen] = took;
    const one = gave.length === 1 && took.length === 1;
    const known = inStep && !doubtful && wholeBefore && one;
    if (known && out?.e === "bmc.write" && seen?.e === "host.read" && out.value === seen.value) {
      most.push({ t: out.t, us: seen.t - out.t });
    }
    wholeBefore = gave.length === took.length;
  }
  return { least, most };
}

function isDataRead(step: HostStep): boolean {
  return step.e === "host.read" && step.reg === "data";
}
