import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readScenario, type Scenario } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";

const CATALOGUE = fileURLToPath(new URL("../../scenarios/", import.meta.url));

export interface Loaded {
  readonly scenario: Scenario;
  /** The YAML text, as a trace carries it. */
  readonly text: string;
  readonly file: string;
}

/** The names of the catalogue's scenarios, in order. */
export function catalogueNames(): string[] {
  return readdirSync(CATALOGUE)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();
}

/** A scenario by its name in the catalogue, or by its file. */
export function loadScenario(nameOrFile: string): Loaded {
  const isFile = /[/\\]|\.ya?ml$/.test(nameOrFile);
  const file = isFile ? nameOrFile : join(CATALOGUE, `${nameOrFile}.yaml`);
  if (!existsSync(file)) {
    const hint = isFile
      ? "give a scenario file that exists"
      : `\`baseboard scenarios\` lists those there are${closest(nameOrFile)}`;
    throw new Failure(Exit.WrongCommand, `no scenario ${nameOrFile}: ${hint}`);
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(Exit.WrongCommand, `cannot read the scenario ${file}: ${why}`);
  }
  return {
    scenario: readScenario(text, isFile ? file : `scenarios/${basename(file)}`),
    text,
    file,
  };
}

/** The scenarios that a command was given, or the whole catalogue. */
export function chosenScenarios(names: readonly string[], all: boolean): readonly Loaded[] {
  if (all && names.length > 0) {
    throw new Failure(Exit.WrongCommand, "--all runs the whole catalogue: give no names with it");
  }
  if (!all && names.length === 0) {
    throw new Failure(Exit.WrongCommand, "which scenario? `baseboard scenarios` lists them");
  }
  return (all ? catalogueNames() : names).map(loadScenario);
}

function closest(name: string): string {
  const near = catalogueNames().filter((other) => other.includes(name) || name.includes(other));
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}
