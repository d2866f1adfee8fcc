import { parseDocument } from "yaml";
import type { PlayedInterface } from "../wires/index.ts";
import { readScenario } from "./read.ts";

/**
 * A scenario's YAML as it reads when it is to be played on another interface. The text says so
 * itself, so that a trace or a run file that carries it can be played again. Text that says so
 * already stays as it is, byte for byte.
 */
export function onInterface(text: string, kind: PlayedInterface): string {
  if ((readScenario(text, "the scenario").interface ?? "kcs") === kind) return text;
  const document = parseDocument(text, { schema: "failsafe" });
  document.set("interface", kind);
  return document.toString({ lineWidth: 0 });
}
