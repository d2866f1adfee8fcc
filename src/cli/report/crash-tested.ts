import type { DescribedImage } from "../../crash/description.ts";
import { allDone } from "../../crash/results.ts";
import { byteAt } from "../../ipmi/bytes.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { hex } from "../../ipmi/message.ts";
import { CRASH_BMCS, type CrashBmcName } from "../../lab/crash/bmcs.ts";
import type { CrashTested } from "../../lab/crash/guest/crash-test.ts";
import { breachesBy } from "../../referee/index.ts";
import { locationText } from "../../wire/location.ts";
import { crashReportJson, crashReportText } from "./crash-results.ts";

/** A crash in QEMU, and what came of it. */
export interface Tested {
  readonly path: string;
  /** The kernel that crashed. */
  readonly linux: string;
  readonly how: "-c" | "-s";
  readonly bmc: CrashBmcName;
  readonly described: DescribedImage;
  readonly came: CrashTested;
}

/** Of the end of a console so many lines tell why. */
const LINES_SHOWN = 12;

/** What did not come as it was to come, a sentence each. */
export function crashMisses({ bmc, described, came }: Tested): readonly string[] {
  if (!came.loaded) return ["kexec did not take the image"];
  if (!came.crashed) return ["the kernel did not come as far as its crash"];
  const blamed = breachesBy("host", came.verdict);
  return [
    ...(described.hasKernel ? secondMisses(came) : []),
    ...(CRASH_BMCS[bmc].answers ? deliveryMisses(described, came) : []),
    ...blamed.map(({ rule, detail }) => `the host breaks ${rule}: ${detail}`),
  ];
}

function secondMisses({ second, results }: CrashTested): readonly string[] {
  if (second === undefined) return ["no second kernel came up"];
  return [
    ...(second.endsWith("vmcore there")
      ? []
      : ["the second kernel does not see the first's memory"]),
    ...(results === undefined ? ["the executor noted nothing"] : []),
  ];
}

/** Without a kernel behind it nobody shows notes: the BMC has what it has. */
function deliveryMisses(
  { hasKernel, commands }: DescribedImage,
  { results, requests }: CrashTested,
): readonly string[] {
  const got = new Set(requests.map(hex));
  const lacking = commands.filter(({ bytes }) => !got.has(hex(bytes)));
  const untold = hasKernel && results !== undefined && !allDone(results);
  return [
    ...lacking.map(({ bytes }) => `the BMC did not get ${nameOf(bytes)}`),
    ...(untold ? ["by the notes the BMC did not do all that it was told"] : []),
  ];
}

export function crashTestedText(tested: Tested): string {
  const { path, linux, how, bmc, described, came } = tested;
  const misses = crashMisses(tested);
  const { about } = CRASH_BMCS[bmc];
  const place = locationText(described.location);
  return [
    `${path}: Linux ${linux} crashed in QEMU with it loaded by kexec ${how}; ${place}, BMC ${bmc}: ${about}`,
    "",
    ...gotLines(came),
    ...secondLines(tested),
    "",
    ...(misses.length === 0 ? ["all came as it was to come"] : misses),
    ...(misses.length === 0 ? [] : ["", "the end of the console:", ...consoleEnd(came)]),
  ].join("\n");
}

function gotLines({ requests }: CrashTested): readonly string[] {
  if (requests.length === 0) return ["after the crash the BMC got nothing"];
  return [
    "after the crash the BMC got",
    ...requests.map((bytes) => `  ${nameOf(bytes)} (${hex(bytes)})`),
  ];
}

function secondLines({ described, came }: Tested): readonly string[] {
  const { second, results, tookS, exit } = came;
  const notes = results === undefined ? [] : [crashReportText(results)];
  if (!described.hasKernel) return [`no kernel follows; QEMU ended with status ${exit}`];
  if (second === undefined || tookS === undefined) return ["no second kernel came up"];
  return [
    ...notes,
    `the second kernel was up ${tookS} s after the crash, by the guest's clock: ${second}`,
  ];
}

function consoleEnd({ console }: CrashTested): readonly string[] {
  return console.filter((line) => line !== "").slice(-LINES_SHOWN);
}

/** The same for a program. */
export function crashTestedJson(tested: Tested): object {
  const { path, linux, how, bmc, described, came } = tested;
  const { loaded, crashed, second, results, before, requests, tookS, verdict } = came;
  const misses = crashMisses(tested);
  return {
    format: "baseboard crash test",
    ...{ image: path, linux, kexec: how, bmc, at: locationText(described.location) },
    ...{ asExpected: misses.length === 0, misses, loaded, crashed, second, tookS },
    ...{ requestsBefore: before.length, requests: requests.map(hex) },
    ...(results === undefined ? {} : { notes: crashReportJson(results) }),
    verdict,
  };
}

function nameOf(bytes: Uint8Array): string {
  return commandName(byteAt(bytes, 0) >> 2, byteAt(bytes, 1));
}
