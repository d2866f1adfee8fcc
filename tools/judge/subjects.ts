import { readdirSync, readFileSync } from "node:fs";
import { plainPlan, runPlan } from "../../src/lab/explore/index.ts";
import {
  HOSTS,
  type InterfaceKind,
  onInterface,
  readScenario,
  whyNotFor,
} from "../../src/lab/index.ts";

const CATALOGUE = new URL("../../scenarios/", import.meta.url);

/** A scenario as it is played on an interface. */
export interface Subject {
  readonly name: string;
  readonly text: string;
}

/** The catalogue's scenarios that make sense on an interface, the shortest match first. */
export function subjectsOn(
  kind: InterfaceKind,
  chosen: (name: string) => boolean = () => true,
): readonly Subject[] {
  const files = readdirSync(CATALOGUE).filter((file) => file.endsWith(".yaml"));
  const subjects = files.flatMap((file) => {
    const text = onInterface(readFileSync(new URL(file, CATALOGUE), "utf8"), kind);
    const scenario = readScenario(text, file);
    const { name } = scenario;
    if (whyNotFor(scenario, HOSTS.stack) !== undefined || !chosen(name)) return [];
    return [{ name, text, events: runPlan(plainPlan(text, 0)).events }];
  });
  return subjects.toSorted((a, b) => a.events - b.events);
}
