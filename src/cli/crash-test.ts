import { readFileSync } from "node:fs";
import { UnfitImage } from "../crash/bz-image.ts";
import { type DescribedImage, describedIn } from "../crash/description.ts";
import { CRASH_BMCS, type CrashBmcName, isCrashBmc } from "../lab/crash/bmcs.ts";
import { type CrashTest, crashTest } from "../lab/crash/guest/crash-test.ts";
import { DEVICE_MEMORY, hasRegistersAt } from "../lab/crash/guest/parts.ts";
import {
  findKernel,
  type Kernel,
  kernelTitle,
  listKernels,
  stopAll,
} from "../seats/linux/index.ts";
import { locationText } from "../wire/location.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";
import { hearing } from "./interruptible.ts";
import { withJson } from "./json-output.ts";
import { labSpacing } from "./lab-spacing.ts";
import {
  crashMisses,
  crashTestedJson,
  crashTestedText,
  type Tested,
} from "./report/crash-tested.ts";
import { sayError } from "./say.ts";
import { TraceFile } from "./trace-file.ts";

export interface CrashTestOptions {
  readonly bmc: string;
  readonly host?: string;
  readonly fileLoad: boolean;
  readonly trace?: string;
  readonly json?: string;
}

const US_PER_MS = 1_000;
const HOST = /^linux:(.+)$/;

/** Crashes a kernel with the image loaded, in QEMU. Ends with 1 unless all came as it was to come. */
export async function crashTestCommand(path: string, options: CrashTestOptions): Promise<void> {
  const { json } = options;
  const bmc = bmcNamed(options.bmc);
  const image = imageIn(path);
  const described = describedOf(path, image);
  const { commands, budgetMs } = described;
  const place = placeIn(path, described);
  const kernel = kernelOf(options.host);
  await withJson(json, async (output) => {
    const file = options.trace === undefined ? undefined : new TraceFile(options.trace);
    try {
      const how = options.fileLoad ? "-s" : "-c";
      const linux = kernelTitle(kernel);
      if (!output.alone) sayError(`Linux ${linux} boots, loads it and crashes, within minutes`);
      const came = await interruptibly({
        ...{ kernel, image, how, place, clock: clockFor(bmc), commands },
        ...{ budgetUs: budgetMs * US_PER_MS, scenario: CRASH_BMCS[bmc].scenario },
        sink: file?.begin.bind(file),
      });
      file?.finish();
      const tested: Tested = { path, linux, how, bmc, described, came };
      process.exitCode = crashMisses(tested).length > 0 ? Exit.NotAsExpected : Exit.AsExpected;
      output.put(
        () => crashTestedJson(tested),
        () => crashTestedText(tested),
      );
    } finally {
      file?.discard();
    }
  });
}

async function interruptibly(test: CrashTest): ReturnType<typeof crashTest> {
  let status: number | undefined;
  const heard = (by: number) => {
    status = by;
    void stopAll();
  };
  return hearing(heard, async () => {
    try {
      return await crashTest(test);
    } catch (error) {
      if (status === undefined) throw error;
      throw new Failure(status, "interrupted; nothing is left running");
    }
  });
}

/**
 * The budget is in ticks, so it is used up by a clock; which a BMC that answers does not need, so that the
 * machine's load does not count. A BMC that does not is waited for in the machine's own time.
 */
function clockFor(bmc: CrashBmcName): CrashTest["clock"] {
  return CRASH_BMCS[bmc].answers ? "guest" : "real";
}

function bmcNamed(name: string): CrashBmcName {
  if (isCrashBmc(name)) return name;
  const right = Object.keys(CRASH_BMCS).join(", ");
  throw new Failure(Exit.WrongCommand, `--bmc ${name}: ${right} are right`);
}

function imageIn(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failureAt(`${path}: cannot be read`, error);
  }
}

function describedOf(path: string, image: Uint8Array): DescribedImage {
  try {
    return describedIn(image);
  } catch (error) {
    if (!(error instanceof UnfitImage)) throw error;
    throw new Failure(Exit.WrongCommand, `${path} ${error.message}`);
  }
}

/** Where the guest is to have its registers. */
function placeIn(path: string, { location }: DescribedImage): CrashTest["place"] {
  if (location.at !== "i801" && hasRegistersAt(location)) {
    return { ...location, spacing: labSpacing(location) };
  }
  const { first, end } = DEVICE_MEMORY;
  const range = `0x${first.toString(16)} to 0x${(end - 1).toString(16)}`;
  throw new Failure(
    Exit.WrongCommand,
    `${path} is for ${locationText(location)}; a guest has registers in I/O space, or in memory from ${range}`,
  );
}

/** The kernel that crashes: the one that is named, else the newest. */
function kernelOf(host: string | undefined): Kernel {
  if (host === undefined) {
    const newest = listKernels().at(-1);
    if (newest !== undefined) return newest;
    const remedy = "`baseboard kernels add debian:6.1` gets one";
    throw new Failure(Exit.Missing, `there is no kernel here to crash; ${remedy}`);
  }
  const [, version] = HOST.exec(host) ?? [];
  if (version === undefined) {
    throw new Failure(Exit.WrongCommand, `--host ${host}: linux:VERSION is right, linux:6.1`);
  }
  const kernel = findKernel(version);
  if (kernel !== undefined) return kernel;
  const remedy = `\`baseboard kernels add debian:${version}\` gets it`;
  throw new Failure(Exit.Missing, `linux:${version} is not here; ${remedy}`);
}
