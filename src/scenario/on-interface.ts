import { parseDocument } from "yaml";
import { assert } from "../assert.ts";
import type { InterfaceKind, TransportKind } from "../wire/interface.ts";
import { readScenario } from "./read.ts";
import type { Scenario } from "./schema.ts";

/** The interface that a scenario is played on. */
export function interfaceOf(scenario: Scenario): TransportKind {
  return scenario.interface ?? "kcs";
}

/** The same for whoever has no place but at a system interface; `whyNotBetween` lets nobody else in. */
export function systemInterfaceOf(scenario: Scenario): InterfaceKind {
  const kind = interfaceOf(scenario);
  assert(kind !== "opal", "the seat is one that OPAL has a place for");
  return kind;
}

/**
 * A scenario's YAML as it reads when it is to be played on another interface. The text says so
 * itself, so that a trace or a run file that carries it can be played again. Text that says so
 * already stays as it is, byte for byte.
 */
export function onInterface(text: string, kind: TransportKind): string {
  if (interfaceOf(readScenario(text, "the scenario")) === kind) return text;
  const document = parseDocument(text, { schema: "failsafe" });
  document.set("interface", kind);
  return document.toString({ lineWidth: 0 });
}
