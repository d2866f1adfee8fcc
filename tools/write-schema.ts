/** Publishes the scenario format as a JSON Schema, for editors. */
import { writeFileSync } from "node:fs";
import { scenarioJsonSchema } from "../src/lab/index.ts";

const file = new URL("../schema/scenario.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`);
