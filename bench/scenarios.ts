import { readdirSync, readFileSync } from "node:fs";

const CATALOGUE = new URL("../scenarios/", import.meta.url);

export function scenarioText(name: string): string {
  return readFileSync(new URL(`${name}.yaml`, CATALOGUE), "utf8");
}

export function scenarioNames(): readonly string[] {
  return readdirSync(CATALOGUE)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""));
}
