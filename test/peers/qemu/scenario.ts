import { readFileSync } from "node:fs";
import {
  type InterfaceKind,
  onInterface,
  readScenario,
  type Scenario,
} from "../../../src/lab/index.ts";

/** A scenario of the catalogue, on the interface that is asked for. */
export function scenario(name: string, kind: InterfaceKind = "kcs"): Scenario {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return readScenario(onInterface(readFileSync(file, "utf8"), kind), `${name}.yaml`);
}
