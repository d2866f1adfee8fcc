import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { BaseboardError } from "../errors.ts";
import { type Fault, faultSchema, type Scenario, scenarioSchema } from "./schema.ts";
import { misfits } from "./wire-words.ts";

/** A scenario that cannot be used; the message names file, line and what would be right. */
export class ScenarioError extends BaseboardError<"BAD_SCENARIO"> {
  constructor(message: string) {
    super(message, { code: "BAD_SCENARIO" });
  }
}

/** Reads a scenario from YAML text; `file` is for messages only. */
export function readScenario(text: string, file: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const at = lines.linePos(broken.pos[0]).line;
    throw new ScenarioError(`${file}:${at}: not YAML: ${broken.message.split("\n")[0] ?? ""}`);
  }
  const parsed = scenarioSchema.safeParse(document.toJS());
  if (parsed.success) return fitting(parsed.data, document, lines, file);
  const messages = parsed.error.issues.map((issue) => {
    const line = lineOf(document, lines, issue);
    const place = issue.path.length === 0 ? "" : `${placeText(issue.path)}: `;
    return `${file}:${line}: ${place}${issueText(issue)}`;
  });
  throw new ScenarioError(messages.join("\n"));
}

/** A scenario each part of which makes sense on its own interface. */
function fitting(
  scenario: Scenario,
  document: Document,
  lines: LineCounter,
  file: string,
): Scenario {
  const messages = misfits(scenario).map(({ fault, message }) => {
    const path = ["faults", fault, "wire"];
    return `${file}:${lineAt(document, lines, path)}: ${placeText(path)}: ${message}`;
  });
  if (messages.length > 0) throw new ScenarioError(messages.join("\n"));
  return scenario;
}

/** Reads one fault, given as a scenario has it: maps, lists, and text for all scalars. */
export function readFault(tree: object): Fault {
  const parsed = faultSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map((issue) => {
    return `${placeText(issue.path)}: ${issueText(issue)}`;
  });
  throw new ScenarioError(`a fault: ${messages.join("; ")}`);
}

/** The scenario format as a JSON Schema, for editors. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // An editor's YAML parser reads unquoted digits as a number and true as a boolean.
      if (jsonSchema["alsoNumber"] === true)
        Object.assign(jsonSchema, withType("number", jsonSchema));
      if (jsonSchema["alsoBoolean"] === true)
        Object.assign(jsonSchema, withType("boolean", jsonSchema));
      delete jsonSchema["alsoNumber"];
      delete jsonSchema["alsoBoolean"];
    },
  });
  return { title: "Baseboard scenario", ...schema };
}

function withType(type: "number" | "boolean", schema: { enum?: unknown[] }): object {
  const values = schema.enum;
  if (values === undefined) return { type: ["string", type] };
  const parsed = values.map((value) => JSON.parse(String(value)) as unknown);
  return { type: ["string", type], enum: [...values, ...parsed] };
}

function lineOf(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): number {
  const path = [...issue.path];
  // An unknown field is shown where it stands, not where its parent begins.
  if (issue.code === "unrecognized_keys") {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    const key = issue.keys[0];
    for (const { key: node } of isMap(parent) ? parent.items : []) {
      if (!isScalar(node) || node.value !== key || !node.range) continue;
      return lines.linePos(node.range[0]).line;
    }
  }
  return lineAt(document, lines, path);
}

/** Where that is, or else what it is in. */
function lineAt(document: Document, lines: LineCounter, place: readonly PropertyKey[]): number {
  for (const path = [...place]; path.length > 0; path.pop()) {
    const node = document.getIn(path, true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function placeText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function issueText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown field ${issue.keys.map((key) => `"${key}"`).join(", ")}${knownAt(issue.path)}`;
    case "invalid_type":
      return issue.input === undefined
        ? `missing: ${issue.expected} is needed`
        : `expected ${issue.expected}`;
    case "invalid_value":
      return `expected one of ${issue.values.map(String).join(", ")}`;
    default:
      return issue.message;
  }
}

/** The fields that are known at a place, for a message. */
function knownAt(path: readonly PropertyKey[]): string {
  let schema: unknown = scenarioSchema;
  for (const part of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(part)];
    else return "";
  }
  schema = unwrap(schema);
  return schema instanceof z.ZodObject ? `; known are ${Object.keys(schema.shape).join(", ")}` : "";
}

function unwrap(schema: unknown): unknown {
  for (let depth = 0; depth < 4 && schema instanceof z.ZodOptional; depth++)
    schema = schema.unwrap();
  return schema;
}
