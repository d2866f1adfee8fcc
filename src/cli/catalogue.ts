/**
 * From the words that a user gives to scenarios: names of the catalogue, files, names with stars.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  INTERFACES,
  type InterfaceKind,
  onInterface,
  readScenario,
  type Scenario,
  TRANSPORTS,
  type TransportKind,
} from "../lab/index.ts";
import { packagePath } from "../package-root.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";

const CATALOGUE = packagePath("scenarios");

/** What is no name of the catalogue by its looks. */
const FILE_NAME = /[/\\]|\.ya?ml$/;

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
  const named = join(CATALOGUE, `${nameOrFile}.yaml`);
  // A file of another kind, such as a trace, is opened too, so that its reader says what it is.
  const isFile = FILE_NAME.test(nameOrFile) || (!existsSync(named) && existsSync(nameOrFile));
  const file = isFile ? nameOrFile : named;
  if (!existsSync(file)) {
    const hint = isFile
      ? "give a scenario file that exists"
      : `\`baseboard scenarios\` lists those there are${closest(nameOrFile)}${asJson(nameOrFile)}`;
    throw new Failure(Exit.WrongCommand, `no scenario ${nameOrFile}: ${hint}`);
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw failureAt(`cannot read the scenario ${file}`, error);
  }
  return {
    scenario: readScenario(text, isFile ? file : `scenarios/${basename(file)}`),
    text,
    file,
  };
}

/** The same scenario, played on another interface. */
export function playedOn(loaded: Loaded, kind: TransportKind | undefined): Loaded {
  if (kind === undefined) return loaded;
  const text = onInterface(loaded.text, kind);
  return text === loaded.text
    ? loaded
    : { ...loaded, text, scenario: readScenario(text, loaded.file) };
}

/** An interface by its name, as an option gives it. */
export function interfaceNamed(name: string): InterfaceKind {
  return among(INTERFACES, name);
}

/** The same of all that a match can be played over. */
export function transportNamed(name: string): TransportKind {
  return among(TRANSPORTS, name);
}

function among<K extends string>(kinds: readonly K[], name: string): K {
  const kind = kinds.find((each) => each === name);
  if (kind !== undefined) return kind;
  const right = kinds.join(", ");
  throw new Failure(Exit.WrongCommand, `--interface ${name}: one of ${right} can be played`);
}

/**
 * The scenarios that a command was given, or the whole catalogue. A name with a star in it stands
 * for the files that it fits; `scenarios/**` is the catalogue wherever one is.
 */
export function chosenScenarios(names: readonly string[], all: boolean): readonly Loaded[] {
  if (all && names.length > 0) {
    throw new Failure(Exit.WrongCommand, "--all runs the whole catalogue: give no names with it");
  }
  if (!all && names.length === 0) {
    throw new Failure(Exit.WrongCommand, "which scenario? `baseboard scenarios` lists them");
  }
  return (all ? catalogueNames() : names.flatMap(expanded)).map(loadScenario);
}

function expanded(name: string): readonly string[] {
  if (!name.includes("*")) return [name];
  const base = /^[^*]*[/\\]/.exec(name)?.[0] ?? "./";
  const fits = (file: string) => matchesGlob(file, name);
  const found = existsSync(base)
    ? readdirSync(base, { recursive: true, encoding: "utf8" })
        .map((file) => `${base}${file}`)
        .filter((file) => /\.ya?ml$/.test(file) && fits(file))
        .sort()
    : catalogueNames().filter((file) => fits(`scenarios/${file}.yaml`));
  if (found.length > 0) return found;
  throw new Failure(Exit.WrongCommand, `no scenario fits ${name}: give files that end in .yaml`);
}

/** `**` stands for anything, `*` for anything but a slash. */
function matchesGlob(file: string, glob: string): boolean {
  const parts = glob.split(/(\*\*\/?|\*)/).map((part) => {
    if (part.startsWith("**")) return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`).test(file);
}

/** `--json` takes no word behind it for its file. */
function asJson(name: string): string {
  return name.endsWith(".json") ? `; a file is given by --json=${name}` : "";
}

function closest(name: string): string {
  const near = catalogueNames().filter((other) => other.includes(name) || name.includes(other));
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}
