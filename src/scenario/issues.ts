import { z } from "zod";

/** Of more mistakes, or of more unknown fields, than this, the rest is only counted. */
const SHOWN_MAX = 20;
const KEYS_MAX = 8;

/** `faults[0].wire`. */
export function placeText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/** What is wrong, and what would be right; `schema` is what was read by. */
export function issueText(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown field ${keysText(issue.keys)}${knownAt(schema, issue.path)}`;
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

/** The first lines of many. */
export function firstOf(lines: readonly string[]): string {
  const more = lines.length - SHOWN_MAX;
  const shown = lines.slice(0, SHOWN_MAX);
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function keysText(keys: readonly string[]): string {
  const shown = keys.slice(0, KEYS_MAX).map((key) => `"${key}"`);
  const more = keys.length - KEYS_MAX;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** The fields that are known at a place, for a message. */
function knownAt(root: z.ZodType, path: readonly PropertyKey[]): string {
  let schema: unknown = root;
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
