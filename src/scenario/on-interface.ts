import { parseDocument } from "yaml";
import type { InterfaceKind } from "../wire/interface.ts";
import { readScenario } from "./read.ts";
import type { Scenario } from "./schema.ts";

/** The interface that a scenario is played on. */
export function interfaceOf(scenario: Scenario): InterfaceKind {
  return scenario.interface ?? "kcs";
}

/**
 * A scenario's YAML as it reads when it is to be played on another interface. The text says so
 * itself, so that a trace or a run file that carries it can be played again. Text that says so
 * already stays as it is, byte for byte.
 */
export function onInterface(text: string, kind: InterfaceKind): string {
  if (interfaceOf(readScenario(text, "the scenario")) === kind) return text;
  const document = parseDocument(text, { schema: "failsafe" });
  document.set("interface", kind);
  return document.toString({ lineWidth: 0 });
}
