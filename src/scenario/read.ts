import type { z } from "zod";
import { BaseboardError } from "../errors.ts";
import { DocumentError, type PlainDocument, readDocument } from "./document.ts";
import { firstOf, issueText, placeText } from "./issues.ts";
import { otherFile } from "./other-files.ts";
import { whyNoPrograms } from "./programs.ts";
import { type Scenario, scenarioSchema } from "./schema.ts";
import { whyNoScript } from "./script.ts";
import { accessStep } from "./vocabulary/access.ts";
import { wordsOf } from "./vocabulary/choice.ts";
import { ACTIONS, type Fault, fault } from "./vocabulary/fault.ts";

/** A scenario that cannot be used; the message names file, line and what would be right. */
export class ScenarioError extends BaseboardError<"BAD_SCENARIO"> {
  constructor(message: string) {
    super(message, { code: "BAD_SCENARIO" });
  }
}

/** The longest of the catalogue is a fiftieth of that. */
const LENGTH_MAX = 256 * 1024;

/** Reads a scenario from YAML text; `file` is for messages only. */
export function readScenario(text: string, file: string): Scenario {
  const { scenario, document } = read(text, file);
  const messages = wanting(scenario).map(({ path, message }) => {
    return `${file}:${document.lineAt(path)}: ${placeText(path)}: ${message}`;
  });
  if (messages.length > 0) throw new ScenarioError(firstOf(messages));
  return scenario;
}

/** Reads what was played, as a trace or a run has it: shrinking may have left it without time. */
export function readPlayed(text: string, file: string): Scenario {
  return read(text, file).scenario;
}

interface Wanting {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a scenario that a user writes may not lack; what was played may. */
function wanting(scenario: Scenario): Wanting[] {
  const wrong: Wanting[] = [];
  if (scenario.until === 0) {
    wrong.push({ path: ["until"], message: "a match of no time: 1us is the least" });
  }
  for (const [index, { at }] of scenario.workload.entries()) {
    if (at === undefined || scenario.second !== undefined) continue;
    const message = "the scenario has no second interface: add `second: { interface: kcs }`";
    wrong.push({ path: ["workload", index, "at"], message });
  }
  wrong.push(...whyNoScript(scenario), ...whyNoPrograms(scenario));
  const users = scenario.workload.map(({ user }) => user);
  for (const { path, user } of usersNamed(scenario)) {
    if (users.includes(user)) continue;
    wrong.push({ path, message: `the workload has no user "${user}", but ${users.join(", ")}` });
  }
  return wrong;
}

function usersNamed({ faults = [], expect }: Scenario): { path: Wanting["path"]; user: string }[] {
  const closed = faults.flatMap(({ host }, index) => {
    if (host?.close === undefined) return [];
    return [{ path: ["faults", index, "host", "close"], user: host.close }];
  });
  const { on, ...everywhere } = expect ?? {};
  const expected = [
    ...answersNamed(everywhere, ["expect"]),
    ...Object.entries(on ?? {}).flatMap(([kind, here]) => {
      return answersNamed(here, ["expect", "on", kind]);
    }),
  ];
  return [...closed, ...expected];
}

/** The users in the answers that are expected, and in those of each seat. */
function answersNamed(
  expect: Omit<NonNullable<Scenario["expect"]>, "on">,
  path: Wanting["path"],
): { path: Wanting["path"]; user: string }[] {
  const { bmc: _bmc, host: _host, logged: _log, removed: _yes, answers = [], ...bySeat } = expect;
  const here = answers.map(({ user }, index) => ({
    path: [...path, "answers", index, "user"],
    user,
  }));
  const ofSeats = Object.entries(bySeat).flatMap(([seat, differs]) => {
    return differs === undefined ? [] : answersNamed(differs, [...path, seat]);
  });
  return [...here, ...ofSeats];
}

interface Read {
  readonly scenario: Scenario;
  readonly document: PlainDocument;
}

function read(text: string, file: string): Read {
  const other = otherFile(text, file);
  if (other !== undefined) throw new ScenarioError(`${file}: ${other}`);
  const document = documentOf(text, file);
  const parsed = scenarioSchema.safeParse(document.tree);
  if (parsed.success) return { scenario: fitting(parsed.data, document, file), document };
  const messages = parsed.error.issues.map((issue) => {
    const place = issue.path.length === 0 ? "" : `${placeText(issue.path)}: `;
    return `${file}:${lineOf(document, issue)}: ${place}${issueText(issue, scenarioSchema)}`;
  });
  throw new ScenarioError(firstOf(messages));
}

/** Reads one fault, given as a scenario has it: maps, lists, and text for all scalars. */
export function readFault(tree: object): Fault {
  const parsed = fault.schema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map((issue) => {
    return `${placeText(issue.path)}: ${issueText(issue, fault.schema)}`;
  });
  throw new ScenarioError(`a fault: ${messages.join("; ")}`);
}

function documentOf(text: string, file: string): PlainDocument {
  try {
    return readDocument(text, LENGTH_MAX);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new ScenarioError(`${file}:${error.line}: ${error.message}`);
  }
}

/** A scenario each part of which makes sense on its own interface. */
function fitting(scenario: Scenario, document: PlainDocument, file: string): Scenario {
  const kind = scenario.interface ?? "kcs";
  // Who says where he makes sense is not played elsewhere, and refused with his own words.
  if (scenario["only-on"]?.interfaces.includes(kind) === false) return scenario;
  const faults = (scenario.faults ?? []).flatMap((each, index) => {
    const message = fault.misfit?.(each, kind);
    if (message === undefined) return [];
    const path = ["faults", index, ...wordsOf(ACTIONS).filter((word) => each[word] !== undefined)];
    return [{ path, message }];
  });
  const steps = (scenario.host?.script ?? []).flatMap((step, index) => {
    const message = accessStep.misfit?.(step, kind);
    return message === undefined ? [] : [{ path: ["host", "script", index], message }];
  });
  const messages = [...faults, ...steps].map(({ path, message }) => {
    return `${file}:${document.lineAt(path)}: ${placeText(path)}: ${message}`;
  });
  if (messages.length > 0) throw new ScenarioError(firstOf(messages));
  return scenario;
}

/** An unknown field is shown where it stands, not where its parent begins. */
function lineOf(document: PlainDocument, issue: z.core.$ZodIssue): number {
  const [key] = issue.code === "unrecognized_keys" ? issue.keys : [];
  return key === undefined ? document.lineAt(issue.path) : document.lineOfKey(issue.path, key);
}
