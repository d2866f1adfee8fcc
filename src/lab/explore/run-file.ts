import { stringify } from "yaml";
import { z } from "zod";
import { BaseboardError } from "../../errors.ts";
import { DocumentError, readDocument } from "../../scenario/document.ts";
import { RUN_FORMAT } from "../../scenario/other-files.ts";
import { ScenarioError } from "../../scenario/read.ts";
import { count } from "../../scenario/units.ts";
import { DEED_NAMES } from "./driver/deeds.ts";
import { JUDGES, type RunPlan } from "./plan.ts";
import { type Breach, scenarioOf, type TracedOutcome } from "./run.ts";
import { type Tree, type TreeMap, textOf, treeOf } from "./tree.ts";

export { RUN_FORMAT };
export const RUN_VERSION = "1";
/** A scenario, and what was added to it. */
const LENGTH_MAX = 4 * 1024 * 1024;
/** Whose run it is when the file does not say. */
const STACK = "stack";

/** A run as a file: what to do, and what must come of it. */
export interface RunFile {
  /** The host's seat: `stack`, `linux:6.1.192`. */
  readonly host: string;
  /** The BMC's seat, where it is not the model: `linux:6.12.95`. The host is then a bare one. */
  readonly bmc?: string | undefined;
  readonly plan: RunPlan;
  /** What those break who are judged, in the verdict's order. */
  readonly breaches: readonly Breach[];
  /** The number of its events, and their SHA-256. */
  readonly events: number;
  readonly trace: string;
}

/** A run file that cannot be used; the message says what is wrong, and what would be right. */
export class RunFileError extends BaseboardError<"BAD_RUN_FILE"> {
  constructor(message: string) {
    super(message, { code: "BAD_RUN_FILE" });
  }
}

/** The file that repeats a run. */
export function runFileOf(
  plan: RunPlan,
  outcome: TracedOutcome,
  { host = STACK, bmc }: { readonly host?: string; readonly bmc?: string | undefined } = {},
): RunFile {
  const { breaches, events, trace } = outcome;
  return { host, bmc, plan, breaches, events, trace };
}

/** Writes a run file; `remark` is a comment at its head. */
export function writeRunFile(file: RunFile, remark: string): string {
  const { host, bmc, plan, breaches, events, trace } = file;
  const document = {
    format: RUN_FORMAT,
    version: RUN_VERSION,
    ...(host === STACK ? {} : { host }),
    ...(bmc === undefined ? {} : { bmc }),
    plan: {
      seed: plan.seed,
      inject: plan.inject,
      delays: plan.delays,
      ...(plan.judge === undefined ? {} : { judge: plan.judge }),
      ...(plan.stop === undefined ? {} : { stop: plan.stop }),
    },
    expected: { violations: breaches, events, trace },
    scenario: treeOf(plan.scenario),
  };
  const comment = remark.replace(/^/gm, "# ");
  return `${comment}\n${stringify(document, { lineWidth: 100 })}`;
}

/** Reads a run file; `file` is for messages only. Throws `RunFileError`. */
export function readRunFile(text: string, file: string): RunFile {
  const json = treeIn(text, file);
  const marks = markSchema.safeParse(json);
  if (!marks.success || marks.data.format !== RUN_FORMAT) {
    throw new RunFileError(`${file}: not a run file: it has no "format: ${RUN_FORMAT}"`);
  }
  if (marks.data.version !== RUN_VERSION) {
    const { version } = marks.data;
    throw new RunFileError(
      `${file}: a run file of version ${version}; this program reads version ${RUN_VERSION}`,
    );
  }
  const parsed = runFileSchema.safeParse(json);
  if (!parsed.success) throw new RunFileError(`${file}: ${issuesText(parsed.error)}`);
  const { host = STACK, bmc, plan, expected, scenario } = parsed.data;
  const { judge, stop, ...planned } = plan;
  const run = {
    host,
    ...(bmc === undefined ? {} : { bmc }),
    plan: {
      scenario: textOf(scenario),
      ...planned,
      ...(judge === undefined ? {} : { judge }),
      ...(stop === undefined ? {} : { stop }),
    },
    breaches: expected.violations,
    events: expected.events,
    trace: expected.trace,
  };
  refuseUnusable(run.plan, file);
  return run;
}

/** The scenario and the faults are looked at before anything runs. */
function refuseUnusable(plan: RunPlan, file: string): void {
  try {
    scenarioOf(plan);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new RunFileError(`${file}: ${error.message.replaceAll("\n", "; ")}`);
  }
}

const NUMBER_MAX = 1_000_000_000;
const whole = count(0, NUMBER_MAX);
const tree: z.ZodType<Tree> = z.lazy(() => z.union([z.string(), z.array(tree), treeMap]));
const treeMap: z.ZodType<TreeMap> = z.record(z.string(), tree);

const markSchema = z.object({ format: z.string(), version: z.string() });

const runFileSchema = z.strictObject({
  format: z.literal(RUN_FORMAT),
  version: z.literal(RUN_VERSION),
  host: z.string().optional(),
  bmc: z.string().optional(),
  plan: z.strictObject({
    seed: count(0, 0xffff_ffff),
    inject: z.array(
      z
        .strictObject({ at: whole, after: z.string().optional(), fault: treeMap })
        .transform(({ at, after, fault }) => {
          return { at, ...(after === undefined ? {} : { after }), fault };
        }),
    ),
    delays: z.array(z.strictObject({ from: whole, count: count(1, NUMBER_MAX) })),
    judge: z.enum(JUDGES).optional(),
    stop: z.strictObject({ at: whole, deed: z.enum(DEED_NAMES) }).optional(),
  }),
  expected: z.strictObject({
    violations: z.array(z.strictObject({ rule: z.string(), n: whole, detail: z.string() })),
    events: whole,
    trace: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 hexadecimal digits"),
  }),
  scenario: treeMap,
});

function issuesText(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.map(String).join(".") || "the file"}: ${message}`)
    .join("; ");
}

function treeIn(text: string, file: string): unknown {
  try {
    return readDocument(text, LENGTH_MAX).tree;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new RunFileError(`${file}:${error.line}: ${error.message}`);
  }
}
