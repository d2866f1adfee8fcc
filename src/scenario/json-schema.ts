import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

/** Names the format; nothing is fetched from there. */
const ID = "urn:baseboard:scenario";

/** The scenario format as a JSON Schema, for editors. It refuses what the reader refuses. */
export function scenarioJsonSchema(): object {
  const shared = new Map<string, object>();
  const { $schema, ...rest } = z.toJSONSchema(scenarioSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => publish(jsonSchema, shared),
  });
  const $defs = Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { $schema, $id: ID, title: "Baseboard scenario", ...rest, $defs };
}

/**
 * What a unit publishes of itself takes the place of what would be derived from its type: in its
 * place, or as what many places refer to by a name.
 */
function publish(schema: Record<string, unknown>, shared: Map<string, object>): void {
  const { published, called } = schema;
  delete schema["published"];
  delete schema["called"];
  if (typeof published !== "object" || published === null) return;
  for (const key of Object.keys(schema)) if (key !== "description") delete schema[key];
  if (typeof called !== "string") {
    Object.assign(schema, published);
    return;
  }
  shared.set(called, published);
  schema["$ref"] = `#/$defs/${called}`;
}
