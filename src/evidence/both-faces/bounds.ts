import type { Bound, Bounds } from "./clocks.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import type { Pair } from "./pairs.ts";
import type { Faces } from "./wire.ts";

/** What a register block gives the host between two bytes that the BMC takes, on either face. */
export interface Outputs {
  /** What the BMC gives. */
  given(steps: readonly BmcStep[]): Output[];
  /** What the host gets. */
  got(steps: readonly HostStep[]): Output[];
}

type Output = Pick<Byte, "t" | "token">;

/** Where the BMC writes its output bytes and the host reads them in its data register. */
export const DATA_BYTES: Outputs = {
  given: (steps) =>
    steps.flatMap((each) => (each.e === "bmc.write" ? [{ t: each.t, token: each.value }] : [])),
  got: (steps) =>
    steps.flatMap((each) => {
      const isData = each.e === "host.read" && each.reg === "data";
      return isData ? [{ t: each.t, token: each.value }] : [];
    }),
};

/**
 * What the pairs say of the clocks. The BMC took a byte after the host wrote it, and the host an
 * output byte after the BMC gave it; conditions that the host saw say nothing here, because a wire
 * may have garbled them.
 */
export function boundsOf(faces: Faces, pairs: readonly Pair[], outputs: Outputs): Bounds {
  const { host, bmc } = faces;
  const least: Bound[] = [];
  const most: Bound[] = [];
  let wholeBefore = false;
  for (const [at, { w, r, doubtful }] of pairs.entries()) {
    const write = host.bytes[w];
    const read = bmc.bytes[r];
    if (write === undefined || read === undefined) continue;
    if (!doubtful) least.push({ t: read.t, us: write.t - read.t });
    const next = pairs[at + 1];
    const inStep = next !== undefined && next.w === w + 1 && next.r === r + 1;
    const given = outputs.given(bmc.steps.slice(read.step + 1, bmc.bytes[r + 1]?.step));
    const got = outputs.got(host.steps.slice(write.step + 1, host.bytes[w + 1]?.step));
    const same = given.length === got.length;
    if (inStep && !doubtful && wholeBefore && same && given.every(isIn(got))) {
      for (const [n, out] of given.entries()) {
        most.push({ t: out.t, us: (got[n]?.t ?? out.t) - out.t });
      }
    }
    wholeBefore = same;
  }
  return { least, most };
}

/**
 * The same of a BMC that may give its next byte before it takes the one which that answers, as Linux's KCS driver
 * does: what the host got after it wrote a byte was given since the BMC took the byte before.
 */
export function earlyBoundsOf(faces: Faces, pairs: readonly Pair[], outputs: Outputs): Bounds {
  const { host, bmc } = faces;
  const least: Bound[] = [];
  const most: Bound[] = [];
  for (const [at, { w, r, doubtful }] of pairs.entries()) {
    const write = host.bytes[w];
    const read = bmc.bytes[r];
    if (write === undefined || read === undefined || doubtful) continue;
    least.push({ t: read.t, us: write.t - read.t });
    const around = [pairs[at - 1], pairs[at + 1]];
    const inStep = [-1, 1].every((by, n) => around[n]?.w === w + by && around[n]?.r === r + by);
    const [before, after] = [w - 1, w + 1].map((byte) => host.bytes[byte]?.step);
    if (!inStep || before === undefined) continue;
    const [taken, next] = [r - 1, r + 1].map((byte) => bmc.bytes[byte]?.step);
    const given = outputs.given(bmc.steps.slice((taken ?? 0) + 1, next));
    const got = outputs.got(host.steps.slice(before + 1, after));
    const last = outputs.got(host.steps.slice(write.step + 1, after))[0];
    const [first] = given;
    if (first === undefined || last === undefined || given.length !== got.length) continue;
    most.push({ t: first.t, us: last.t - first.t });
  }
  return { least, most };
}

function isIn(got: readonly Output[]) {
  return ({ token }: Output, n: number) => token === got[n]?.token;
}
