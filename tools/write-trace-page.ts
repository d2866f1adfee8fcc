/** Fills the tables of docs/trace.md from the one list of events. */
import { EVENT_GROUPS } from "../src/trace/event-shapes.ts";
import type { Field } from "../src/trace/fields.ts";
import { fillTables, table } from "./tables.ts";

interface Shape {
  readonly what: string;
  readonly fields: Readonly<Record<string, Pick<Field<unknown>, "brief"> & Meanings>>;
}
interface Meanings {
  readonly meanings?: Readonly<Record<string, string>>;
}

const tables = new Map<string, string>();
for (const [name, shapes] of Object.entries(EVENT_GROUPS)) {
  tables.set(name, eventTable(shapes));
  for (const [event, { fields }] of Object.entries<Shape>(shapes)) wordTables(event, fields);
}

fillTables("docs/trace.md", tables, "npm run trace-page");

function eventTable(shapes: Readonly<Record<string, Shape>>): string {
  const rows = Object.entries(shapes).map(([name, { what, fields }]) => {
    const named = Object.entries(fields).map(([field, { brief }]) => {
      return brief === "" ? `\`${field}\`` : `\`${field}\`: ${brief}`;
    });
    return [`\`${name}\``, named.join("; "), what];
  });
  return table(["`e`", "fields", "what happened"], rows);
}

/** A table for each field whose words the list explains, by the field's own name and its event's. */
function wordTables(event: string, fields: Shape["fields"]): void {
  for (const [field, { meanings }] of Object.entries(fields)) {
    if (meanings === undefined) continue;
    const rows = Object.entries(meanings).map(([word, meaning]) => [`\`${word}\``, meaning]);
    tables.set(`${event}.${field}`, table([`\`${field}\``, "meaning"], rows));
  }
}
